package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * One head of one batch element in float64: where its queries, keys and values lie and what belongs
 * to their pairs. Letters as in {@code linen}: Q queries, K keys, D depth.
 *
 * @param queries {@code [Q, D]}, not yet divided
 * @param keys {@code [K, D]}
 * @param values {@code [K, V]}; of no columns where only weights are wanted
 * @param scores the products of queries and keys, {@code [Q, K]}, where they were made elsewhere;
 *     queries and keys then have no columns
 * @param bias added to the scores
 * @param mask not set where a key is masked, beside what {@link ScoreRules#causal} masks
 * @param keep not set where dropout drops a weight
 * @param rules what is done to a score
 */
public record AttentionHead64(
    MatrixView64 queries,
    MatrixView64 keys,
    MatrixView64 values,
    @Nullable MatrixView64 scores,
    @Nullable StridedView<double[]> bias,
    @Nullable ScoreMask mask,
    @Nullable ScoreMask keep,
    ScoreRules rules) {}
