package dev.heddle.bench;

import java.io.PrintStream;
import java.util.List;

/** The run as it goes, on the terminal. */
final class TerminalTable {
  private TerminalTable() {}

  static void machine(Machine machine, PrintStream out) {
    out.printf("cpu     %s, %d processors%n", machine.cpu(), machine.processors());
    out.println(Text.format("load    %.1f before the run", machine.load()));
    out.println(
        Text.format(
            "limit   %.0f GF/s of fused multiply-adds, threads: %d",
            machine.fmaGflops(), machine.threads()));
    out.printf("java    %s, on %s%n", machine.java(), machine.system());
    out.printf("kernels %s%n", machine.kernels());
    machine.engines().forEach((name, version) -> out.printf("%-11s %s%n", name, version));
  }

  static void row(Row row, PrintStream out) {
    out.println();
    out.printf("%s: %s%n", row.label(), row.description());
    out.flush();
  }

  static void results(Row row, List<Result> all, PrintStream out) {
    out.println("  engine         best ms   median ms   FMA limit   calls   apart");
    List<Result> results = all.stream().filter(result -> result.row() == row).toList();
    for (Result result : results) {
      out.println(
          Text.format(
              "  %-11s %10s  %10s  %10s  %6d   %.0e",
              result.engine(),
              Text.millis(result.bestMs()),
              Text.millis(result.medianMs()),
              Text.percent(result.fmaShare()),
              result.calls(),
              result.difference()));
    }
    Standing.of(row, results).ifPresent(standing -> out.println("  " + standing.sentence()));
    out.flush();
  }
}
