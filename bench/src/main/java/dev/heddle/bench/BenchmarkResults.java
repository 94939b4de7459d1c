package dev.heddle.bench;

import dev.heddle.array.DType;
import java.util.List;

/**
 * All that a run found out.
 *
 * @param machine where and with what
 * @param dtype the type of inputs, parameters and arithmetic
 * @param seconds for each row, all engines together
 * @param results row by row, in each the engines in their order
 * @param leftOut what was asked for and not measured
 */
record BenchmarkResults(
    Machine machine,
    DType dtype,
    double seconds,
    List<Result> results,
    List<SkippedEngine> leftOut) {
  BenchmarkResults {
    results = List.copyOf(results);
    leftOut = List.copyOf(leftOut);
  }

  /** The rows with results, in their order. */
  List<Row> rows() {
    return results.stream().map(Result::row).distinct().toList();
  }

  /** A row's results. */
  List<Result> of(Row row) {
    return results.stream().filter(result -> result.row() == row).toList();
  }

  /** How Heddle stands, by rows; without those where Heddle or every peer is missing. */
  List<Ranking> standings() {
    return rows().stream().flatMap(row -> Ranking.of(row, results).stream()).toList();
  }
}
