package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * One head of one batch element in float32: its queries, keys and values, and the bias and masks of
 * their scores. Letters as in {@code linen}: Q queries, K keys, D depth.
 *
 * @param queries {@code [Q, D]}, before the division
 * @param keys {@code [K, D]}
 * @param values {@code [K, V]}; without columns if only weights are computed
 * @param scores the products of queries and keys, {@code [Q, K]}, or null; if given, queries and
 *     keys have no columns
 * @param bias added to the scores
 * @param mask 0 where a key is masked, in addition to {@link ScoreRules#band}
 * @param keep 0 where dropout drops a weight
 * @param rules the operations on a score
 */
public record AttentionHead(
    MatrixView queries,
    MatrixView keys,
    MatrixView values,
    @Nullable MatrixView scores,
    @Nullable StridedView<float[]> bias,
    @Nullable ScoreMask mask,
    @Nullable ScoreMask keep,
    ScoreRules rules) {}
