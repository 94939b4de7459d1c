package dev.heddle.bench;

import dev.heddle.array.DType;

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
 * @param fmaShare the row's arithmetic at the limit of fused multiply-adds, divided by the best
 *     time
 * @param difference the largest distance from Heddle's output, relative to its largest value
 */
record Result(
    Row row,
    String engine,
    DType dtype,
    int threads,
    double bestMs,
    double medianMs,
    int calls,
    double fmaShare,
    double difference) {}
