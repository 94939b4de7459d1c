package dev.heddle.kernel;

/**
 * What is done to a score between the product of query and key and the exponential; the same for
 * all heads of a call.
 *
 * @param queryDivisor what queries are divided by before the product, rounded as scores are: the
 *     root of the depth
 * @param scoreRounding precision of the divided query and of the product: the compute dtype
 * @param biasRounding precision after the bias is added: the promoted dtype of both
 * @param softmaxRounding precision in which the softmax reads the score (float32 where it is
 *     forced)
 * @param masked the score of a masked key, {@code finfo(compute dtype).min}
 * @param low a row whose greatest score is at most this gives weight to masked keys
 * @param causal whether key {@code j} is masked for query {@code i} where {@code j > i}
 * @param dropoutScale what a kept weight is multiplied by; a dropped one becomes 0
 */
public record ScoreRules(
    double queryDivisor,
    Rounding scoreRounding,
    Rounding biasRounding,
    Rounding softmaxRounding,
    double masked,
    double low,
    boolean causal,
    double dropoutScale) {}
