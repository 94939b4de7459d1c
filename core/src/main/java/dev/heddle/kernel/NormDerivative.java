package dev.heddle.kernel;

/**
 * What flows back through rows that {@link NormRows} normalizes. With mean and factor as there, t
 * the cotangent times scale, d the distance from the mean, n the length and all sums in 16 lanes:
 * {@code (t - sum(t) / n) * factor - d * bend}, where {@code bend = sum(t * d) / n * factor *
 * factor * factor}, times 0 or 1/2 where the fast variance is below 0 or just 0, every operation
 * rounded. The scale's is {@code fma(cotangent, d * factor, sum)} over the rows in order from 0.
 *
 * @param rows the rows; {@code out} is where their cotangents go
 * @param cotangent of the normalized rows
 * @param means for each row, written with its cotangent and read for the scale's
 * @param factors as {@code means}
 */
public record NormDerivative(NormRows rows, float[] cotangent, float[] means, float[] factors) {
  void derive(int row) {
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
    float middle = Lanes.sum(out, from, length) / length;
    for (int i = 0; i < length; i++) {
      out[from + i] *= in[from + i] - mean;
    }
    float bend = bend(Lanes.sum(out, from, length), mean, squares, factor);
    for (int i = 0; i < length; i++) {
      float t = cotangent[from + i] * scale[i];
      out[from + i] = (t - middle) * factor - (in[from + i] - mean) * bend;
    }
    means[row] = mean;
    factors[row] = factor;
  }

  /** What the distances from the mean are multiplied by. */
  public float bend(float sum, float mean, float squares, float factor) {
    return sum / rows.length() * factor * factor * factor * rows.share(mean, squares);
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
