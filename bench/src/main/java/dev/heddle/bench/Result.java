package dev.heddle.bench;

import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one engine in one row.
 *
 * @param row the row
 * @param engine the engine's name on the command line
 * @param dtype the type of inputs, parameters and arithmetic
 * @param threads how many threads the engine could use
 * @param bestMs the shortest call, in milliseconds
 * @param medianMs the middle one
 * @param calls how many were timed
 * @param limitMs what the row's arithmetic takes at the limit of fused multiply-adds
 * @param difference the largest distance from Heddle's output, relative to its largest value
 * @param form the way in which the engine computed the row, where it chose among several; else
 *     empty
 * @param memory what a call costs in memory; known of Heddle alone
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
