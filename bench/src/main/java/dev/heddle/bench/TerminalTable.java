package dev.heddle.bench;

import dev.heddle.cli.BenchRequest;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints the progress and the results of a run to the terminal. */
final class TerminalTable {
  private TerminalTable() {}

  static void machine(Machine machine, BenchRequest request, PrintStream out) {
    out.printf("cpu     %s, %d processors%n", machine.cpu(), machine.processors());
    out.printf("place   %s%n", machine.placement());
    out.println(Text.format("load    %.1f before the run", machine.load()));
    out.println(
        Text.format(
            "limit   %.0f GF/s of fused multiply-adds, threads: %d",
            machine.fmaGflops(), machine.threads()));
    out.printf("java    %s, on %s%n", machine.java(), machine.system());
    if (!machine.javaOptions().isEmpty()) {
      out.printf("options %s%n", String.join(" ", machine.javaOptions()));
    }
    out.printf("kernels %s%n", machine.kernels());
    out.println(Text.format("setting %s, %.3g seconds a row", request.dtype(), request.seconds()));
    machine.engines().forEach((name, version) -> out.printf("%-11s %s%n", name, version));
  }

  static void row(Row row, double limitMs, PrintStream out) {
    out.println();
    out.printf("%s: %s%n", row.label(), row.description());
    out.println(
        Text.format(
            "  %.3g GF of arithmetic: %s ms at the limit",
            row.flops() / 1e9, Text.millis(limitMs)));
    out.flush();
  }

  static void results(Row row, List<Result> all, PrintStream out) {
    List<Result> results = all.stream().filter(result -> result.row() == row).toList();
    if (results.isEmpty()) {
      return;
    }
    out.println("  engine         best ms   median ms   FMA limit   calls   apart   to Heddle");
    for (Result result : results) {
      out.println(
          Text.format(
              "  %-11s %10s  %10s  %10s  %6d   %.0e   %9s",
              result.engine(),
              Text.millis(result.bestMs()),
              Text.millis(result.medianMs()),
              Text.percent(result.fmaShare()),
              result.calls(),
              result.difference(),
              Ranking.ratio(result, results).map(Text::ratio).orElse("-")));
    }
    results.stream()
        .filter(result -> !result.form().isEmpty())
        .forEach(result -> out.printf("  %s computes with %s%n", result.engine(), result.form()));
    Ranking.of(row, results).ifPresent(standing -> out.println("  " + standing.sentence()));
    results.forEach(result -> memory(result.memory(), out));
    out.flush();
  }

  private static void memory(@Nullable Memory memory, PrintStream out) {
    if (memory != null) {
      out.println(
          Text.format(
              "  a call of Heddle allocates %s, its output is %s; extra heap at most %s,"
                  + " collections: %d",
              Text.bytes(memory.allocatedBytes()),
              Text.bytes(memory.outputBytes()),
              Text.bytes(memory.extraHeapBytes()),
              memory.collections()));
    }
  }
}
