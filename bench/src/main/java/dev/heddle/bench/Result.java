package dev.heddle.bench;

import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/**
 * The measurement of one engine in one row.
 *
 * @param row the row
 * @param engine the engine's name on the command line
 * @param dtype the dtype of inputs, parameters and computation
 * @param threads the number of threads that the engine may use
 * @param bestMs the minimum time of a call, in milliseconds
 * @param medianMs the median
 * @param calls the number of measured calls
 * @param limitMs the time of the row's arithmetic at the limit of fused multiply-adds
 * @param difference the largest difference from Heddle's output, relative to its largest value
 * @param form the selected implementation, where the engine has several; else empty
 * @param memory the memory of a call; only for Heddle
 */
record Result(
    Row row,
    String engine,
    DType dtype,
    int threads,
    double bestMs,
    double medianMs,
    int calls,
    double limitMs,
    double difference,
    String form,
    @Nullable Memory memory) {

  /** The share of the limit that the best call reached. */
  double fmaShare() {
    return limitMs / bestMs;
  }
}
