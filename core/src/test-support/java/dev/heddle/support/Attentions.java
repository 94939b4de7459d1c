package dev.heddle.support;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A reference implementation of attention: the full matrix of scores in float64, directly from the
 * formula.
 */
public final class Attentions {
  private Attentions() {}

  /**
   * softmax(q k / sqrt(D) + bias) v.
   *
   * @param query shape {@code [B, Q, H, D]}
   * @param key shape {@code [B, K, H, D]}
   * @param value shape {@code [B, K, H, V]}
   * @param mask shape {@code [B, H, Q, K]} or null
   */
  public static double[] attend(
      Array query, Array key, Array value, @Nullable Array bias, @Nullable Array mask) {
    int batch = query.shape().dim(0);
    int queries = query.shape().dim(1);
    int heads = query.shape().dim(2);
    int depth = query.shape().dim(3);
    int keys = key.shape().dim(1);
    int width = value.shape().dim(3);
    double[] q = query.toDoubleArray();
    double[] k = key.toDoubleArray();
    double[] v = value.toDoubleArray();
    double[] out = new double[Shape.of(batch, queries, heads, width).size()];
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < queries; i++) {
          double[] weights = new double[keys];
          double maximum = Double.NEGATIVE_INFINITY;
          for (int j = 0; j < keys; j++) {
            for (int d = 0; d < depth; d++) {
              weights[j] +=
                  q[((b * queries + i) * heads + h) * depth + d]
                      * k[((b * keys + j) * heads + h) * depth + d];
            }
            weights[j] /= Math.sqrt(depth);
            int at = ((b * heads + h) * queries + i) * keys + j;
            if (bias != null) {
              weights[j] += bias.toDoubleArray()[at];
            }
            if (mask != null && !mask.toBooleanArray()[at]) {
              weights[j] = query.dtype().finfoMin();
            }
            maximum = Math.max(maximum, weights[j]);
          }
          double sum = 0;
          for (int j = 0; j < keys; j++) {
            weights[j] = Math.exp(weights[j] - maximum);
            sum += weights[j];
          }
          for (int j = 0; j < keys; j++) {
            for (int c = 0; c < width; c++) {
              out[((b * queries + i) * heads + h) * width + c] +=
                  weights[j] / sum * v[((b * keys + j) * heads + h) * width + c];
            }
          }
        }
      }
    }
    return out;
  }
}
