package dev.heddle.bench;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The results as a Markdown page: a table with one line per row and one column per engine. */
final class MarkdownReport {
  private MarkdownReport() {}

  static String of(BenchmarkResults findings) {
    Machine machine = findings.machine();
    StringBuilder page = new StringBuilder("# Heddle and its peers\n\n");
    page.append(
        Text.format(
            "%s, %d of %d processors, load %.1f before the run, %.0f GF/s at the limit of fused"
                + " multiply-adds. %s, on %s. Kernels %s. %s, %.3g seconds a row.\n\nBest and median of many calls in milliseconds, and the share of"
                + " that limit that the best one reaches; all engines in one run, in turn, with"
                + " outputs that agree.\n\n",
            machine.cpu(),
            machine.threads(),
            machine.processors(),
            machine.load(),
            machine.fmaGflops(),
            machine.java(),
            machine.system(),
            machine.kernels(),
            findings.dtype(),
            findings.seconds()));
    table(page, findings);
    heddle(page, findings);
    machine
        .engines()
        .forEach((name, version) -> page.append("- `%s`: %s\n".formatted(name, version)));
    findings.results().stream()
        .filter(result -> !result.form().isEmpty())
        .forEach(result ->
            page.append(
                "- `%s` in %s: %s\n"
                    .formatted(result.engine(), result.row().label(), result.form())));
    findings.leftOut().forEach(one -> page.append("- ").append(one.line()).append('\n'));
    return page.toString();
  }

  private static void table(StringBuilder page, BenchmarkResults findings) {
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
          Ranking.of(row, findings.results()).map(found -> Text.ratio(found.ratio())).orElse("-");
      page.append(
          "| %s | %s | %s | %s |\n".formatted(row.label(), row.description(), cells, standing));
    }
    page.append('\n');
  }

  /** The table of Heddle's share of the limit and of its memory. */
  private static void heddle(StringBuilder page, BenchmarkResults findings) {
    List<Result> ours =
        findings.results().stream().filter(result -> result.memory() != null).toList();
    if (ours.isEmpty()) {
      return;
    }
    page.append("| row | ms at the limit | Heddle's share | a call allocates | its output |");
    page.append(" extra heap | collections |\n|---|---|---|---|---|---|---|\n");
    for (Result result : ours) {
      Memory memory = Objects.requireNonNull(result.memory());
      page.append(
          "| %s | %s | %s | %s | %s | %s | %d |\n"
              .formatted(
                  result.row().label(),
                  Text.millis(result.limitMs()),
                  Text.percent(result.fmaShare()),
                  Text.bytes(memory.allocatedBytes()),
                  Text.bytes(memory.outputBytes()),
                  Text.bytes(memory.extraHeapBytes()),
                  memory.collections()));
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
