package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Where the gradients of one head go, in float32; null for those that nobody wants. Letters as in
 * {@code linen}: Q queries, K keys, D depth, V columns of a value.
 *
 * @param queries {@code [Q, D]}, of the queries before they are divided
 * @param keys {@code [K, D]}
 * @param values {@code [K, V]}
 * @param pairs {@code [Q, K]}, of the scores, which is that of a bias
 */
public record AttentionBackwardOutputs(
    @Nullable MatrixView queries,
    @Nullable MatrixView keys,
    @Nullable MatrixView values,
    @Nullable MatrixView pairs) {
  /** Whether anything is wanted for which scores are differentiated. */
  public boolean wantScores() {
    return queries != null || keys != null || pairs != null;
  }
}
