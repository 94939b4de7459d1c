package dev.heddle.kernel;

/**
 * Contiguous float32 rows and their normalization: mean and mean of squares, each a sum in 16 lanes
 * divided by the length; the variance, {@code max(0, mean(x * x) - mean * mean)} or, if not {@code
 * fast}, the mean of the squares of {@code x - mean}; {@code (x - mean) * (rsqrt(variance +
 * epsilon) * scale) + bias}, every operation rounded.
 *
 * @param in the elements, row after row
 * @param out receives the results; may be {@code in}
 * @param length the number of elements of a row
 * @param epsilon the summand of the variance
 * @param fast whether to compute the variance as the difference of two means
 * @param scale a factor for each column; 1 changes no bit
 * @param bias a summand for each column; -0 changes no bit
 */
public record NormRows(
    float[] in, float[] out, int length, float epsilon, boolean fast, float[] scale, float[] bias) {

  void normalize(int row) {
    int from = row * length;
    float mean = Lanes.sum(in, from, length) / length;
    float factor = factor(mean, squares(from, mean));
    for (int i = 0; i < length; i++) {
      out[from + i] = (in[from + i] - mean) * (factor * scale[i]) + bias[i];
    }
  }

  /** The factor of the deviations from the mean, before the scale. */
  public float factor(float mean, float sumOfSquares) {
    float square = sumOfSquares / length;
    float variance = fast ? Math.max(square - mean * mean, 0) : square;
    return Polynomials.rsqrt(variance + epsilon);
  }

  /** The derivative of the variance's clamp at 0: 1, or 1/2 at 0 and 0 below if {@code fast}. */
  public float clampDerivative(float mean, float sumOfSquares) {
    float variance = sumOfSquares / length - mean * mean;
    return !fast || variance > 0 ? 1 : variance == 0 ? 0.5f : 0;
  }

  /** The sum of squares from which the variance is computed. */
  float squares(int from, float mean) {
    float centre = fast ? 0 : mean;
    float[] lanes = new float[Lanes.COUNT];
    for (int i = 0; i < length; i++) {
      float distance = in[from + i] - centre;
      lanes[i % Lanes.COUNT] += distance * distance;
    }
    return Lanes.foldSum(lanes);
  }
}
