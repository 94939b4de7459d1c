package dev.heddle.bench;

import dev.heddle.array.DType;
import java.util.List;

/**
 * The results of a run.
 *
 * @param machine the machine and the software
 * @param dtype the dtype of inputs, parameters and computation
 * @param seconds the time per row, all engines together
 * @param results by row, then by engine
 * @param leftOut the requested engines that were not measured
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

  /** Heddle's ranking by row; without rows where Heddle or every peer is missing. */
  List<Ranking> standings() {
    return rows().stream().flatMap(row -> Ranking.of(row, results).stream()).toList();
  }
}
