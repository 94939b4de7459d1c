package dev.heddle.bench;

import java.util.List;
import java.util.stream.Collectors;

/** The findings as a Markdown page: a table with a line a row, a column an engine. */
final class MarkdownReport {
  private MarkdownReport() {}

  static String of(Findings findings) {
    Machine machine = findings.machine();
    StringBuilder page = new StringBuilder("# Heddle and its peers\n\n");
    page.append(
        Text.format(
            "%s, %d of %d processors, load %.1f before the run, %.0f GF/s at the limit of fused multiply-adds. %s, on %s."
                + " Kernels %s.\n\nBest and median of many calls in milliseconds, and the share of"
                + " that limit that the best one reaches; all engines in one run, in turn, with"
                + " outputs that agree.\n\n",
            machine.cpu(),
            machine.threads(),
            machine.processors(),
            machine.load(),
            machine.fmaGflops(),
            machine.java(),
            machine.system(),
            machine.kernels()));
    table(page, findings);
    machine
        .engines()
        .forEach((name, version) -> page.append("- `%s`: %s\n".formatted(name, version)));
    findings.leftOut().forEach(one -> page.append("- ").append(one.line()).append('\n'));
    return page.toString();
  }

  private static void table(StringBuilder page, Findings findings) {
    List<String> engines = findings.results().stream().map(Result::engine).distinct().toList();
    page.append("| row | | ").append(String.join(" | ", engines));
    page.append(" | fastest peer / Heddle |\n|---|---|").append("---|".repeat(engines.size()));
    page.append("---|\n");
    for (Row row : findings.rows()) {
      String cells =
          engines.stream()
              .map(engine -> cell(findings.of(row), engine))
              .collect(Collectors.joining(" | "));
      String standing =
          Standing.of(row, findings.results())
              .map(found -> Text.format("%.2f", found.ratio()))
              .orElse("-");
      page.append(
          "| %s | %s | %s | %s |\n".formatted(row.label(), row.description(), cells, standing));
    }
    page.append('\n');
  }

  private static String cell(List<Result> results, String engine) {
    return results.stream()
        .filter(result -> result.engine().equals(engine))
        .map(result ->
            "%s (%s), %s"
                .formatted(
                    Text.millis(result.bestMs()),
                    Text.millis(result.medianMs()),
                    Text.percent(result.fmaShare())))
        .findFirst()
        .orElse("-");
  }
}
