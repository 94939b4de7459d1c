package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The gradients of attention for one head, in float64; null for those that are not computed.
 * Letters as in {@code linen}: Q queries, K keys, D depth, V columns of a value.
 *
 * @param queries {@code [Q, D]}, of the queries before the division
 * @param keys {@code [K, D]}
 * @param values {@code [K, V]}
 * @param scores {@code [Q, K]}, of the scores, which equals that of the bias
 */
public record AttentionBackwardOutputs64(
    @Nullable MatrixView64 queries,
    @Nullable MatrixView64 keys,
    @Nullable MatrixView64 values,
    @Nullable MatrixView64 scores) {
  /** Whether a gradient is computed that depends on those of the scores. */
  public boolean needsScores() {
    return queries != null || keys != null || scores != null;
  }
}
