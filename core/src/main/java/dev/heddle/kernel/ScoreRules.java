package dev.heddle.kernel;

/**
 * The operations on a score between the product of query and key and the exponential; the same for
 * all heads of a call.
 *
 * @param queryDivisor the divisor of queries before the product, rounded like scores: the square
 *     root of the depth
 * @param scoreRounding precision of the divided query and of the product: the compute dtype
 * @param biasRounding precision after the bias is added: the promoted dtype of both
 * @param softmaxRounding precision in which the softmax reads the score (float32 if that is forced)
 * @param masked the score of a masked key, {@code finfo(compute dtype).min}
 * @param low if the maximum score of a row is at most this, masked keys have weight
 * @param band the diagonals that are not masked
 * @param dropoutScale the multiplier of a kept weight; a dropped one becomes 0
 * @param softCap the limit to which scores are bent before the bias, {@code softCap tanh(score /
 *     softCap)}; 0 for none
 */
public record ScoreRules(
    double queryDivisor,
    Rounding scoreRounding,
    Rounding biasRounding,
    Rounding softmaxRounding,
    double masked,
    double low,
    Band band,
    double dropoutScale,
    double softCap) {
  /** Rules without a soft cap. */
  public ScoreRules(
      double queryDivisor,
      Rounding scoreRounding,
      Rounding biasRounding,
      Rounding softmaxRounding,
      double masked,
      double low,
      Band band,
      double dropoutScale) {
    this(
        queryDivisor,
        scoreRounding,
        biasRounding,
        softmaxRounding,
        masked,
        low,
        band,
        dropoutScale,
        0);
  }
}
