package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The gradients of attention for one head, in float32; null for those that are not computed.
 * Letters as in {@code linen}: Q queries, K keys, D depth, V columns of a value.
 *
 * @param queries {@code [Q, D]}, of the queries before the division
 * @param keys {@code [K, D]}
 * @param values {@code [K, V]}
 * @param scores {@code [Q, K]}, of the scores, which equals that of the bias
 * @param continued whether the chains of keys and values continue those in the matrices, which are
 *     of an earlier head with the same keys
 */
public record AttentionBackwardOutputs(
    @Nullable MatrixView queries,
    @Nullable MatrixView keys,
    @Nullable MatrixView values,
    @Nullable MatrixView scores,
    boolean continued) {
  /** Gradients of one head, whose chains start from 0. */
  public AttentionBackwardOutputs(
      @Nullable MatrixView queries,
      @Nullable MatrixView keys,
      @Nullable MatrixView values,
      @Nullable MatrixView scores) {
    this(queries, keys, values, scores, false);
  }

  /** Whether a gradient is computed that depends on those of the scores. */
  public boolean needsScores() {
    return queries != null || keys != null || scores != null;
  }
}
