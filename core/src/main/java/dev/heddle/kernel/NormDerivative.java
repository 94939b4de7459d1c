package dev.heddle.kernel;

/**
 * The gradient of the normalization of {@link NormRows}. With its mean and factor, t the cotangent
 * times the scale, d the deviation from the mean, n the length and all sums in 16 lanes: {@code (t
 * - sum(t) / n) * factor - d * varianceFactor}, where {@code varianceFactor = sum(t * d) / n *
 * factor * factor * factor}, times {@link NormRows#clampDerivative}, every operation rounded. The
 * gradient of the scale is {@code fma(cotangent, d * factor, sum)} over the rows in order from 0.
 *
 * @param rows the rows; {@code out} receives their gradient
 * @param cotangent the cotangent of the normalized rows
 * @param means the mean of each row, written with the gradient of the rows and read for that of the
 *     scale
 * @param factors the factor of each row, as {@code means}
 */
public record NormDerivative(NormRows rows, float[] cotangent, float[] means, float[] factors) {
  void differentiate(int row) {
    int length = rows.length();
    int from = row * length;
    float[] in = rows.in();
    float[] out = rows.out();
    float[] scale = rows.scale();
    float mean = Lanes.sum(in, from, length) / length;
    float squares = rows.squares(from, mean);
    float factor = rows.factor(mean, squares);
    for (int i = 0; i < length; i++) {
      out[from + i] = cotangent[from + i] * scale[i];
    }
    float meanCotangent = Lanes.sum(out, from, length) / length;
    for (int i = 0; i < length; i++) {
      out[from + i] *= in[from + i] - mean;
    }
    float varianceFactor = varianceFactor(Lanes.sum(out, from, length), mean, squares, factor);
    for (int i = 0; i < length; i++) {
      float t = cotangent[from + i] * scale[i];
      out[from + i] = (t - meanCotangent) * factor - (in[from + i] - mean) * varianceFactor;
    }
    means[row] = mean;
    factors[row] = factor;
  }

  /** The coefficient of the deviations from the mean. */
  public float varianceFactor(float sum, float mean, float squares, float factor) {
    return sum / rows.length() * factor * factor * factor * rows.clampDerivative(mean, squares);
  }

  void addToScale(int rowCount, float[] sums, int from, int count) {
    float[] in = rows.in();
    for (int row = 0; row < rowCount; row++) {
      int at = row * rows.length();
      for (int i = from; i < from + count; i++) {
        float normal = (in[at + i] - means[row]) * factors[row];
        sums[i] = Fma.fma(cotangent[at + i], normal, sums[i]);
      }
    }
  }
}
