package dev.heddle.bench;

import java.util.List;

/**
 * All that a run found out.
 *
 * @param machine where and with what
 * @param results row by row, in each the engines in their order
 * @param leftOut what was asked for and not measured
 */
record Findings(Machine machine, List<Result> results, List<LeftOut> leftOut) {
  Findings {
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
}
