package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.NormDerivative;
import dev.heddle.kernel.NormRows;
import jdk.incubator.vector.FloatVector;

/** Normalization of rows and its derivative. */
final class VectorNorm {
  private VectorNorm() {}

  /** The gradient with respect to a row. */
  static void derivative(NormDerivative all, int row) {
    NormRows rows = all.rows();
    int n = rows.length();
    int from = row * n;
    float mean = UnrolledLoops.sum(rows.in(), from, n) / n;
    float squares = UnrolledLoops.sumOfSquares(rows.in(), from, n, rows.fast() ? 0 : mean);
    float factor = rows.factor(mean, squares);
    pass(Pass.SCALE, rows, all.cotangent(), from, 0, 0, 0, 0);
    float meanCotangent = UnrolledLoops.sum(rows.out(), from, n) / n;
    pass(Pass.TIMES_DISTANCE, rows, rows.in(), from, mean, 0, 0, 0);
    float varianceFactor =
        all.varianceFactor(UnrolledLoops.sum(rows.out(), from, n), mean, squares, factor);
    pass(Pass.FINISH, rows, all.cotangent(), from, mean, meanCotangent, factor, varianceFactor);
    all.means()[row] = mean;
    all.factors()[row] = factor;
  }

  /** Normalizes rows. */
  static void normalize(NormRows rows, int first, int count) {
    int n = rows.length();
    for (int row = first; row < first + count; row++) {
      int from = row * n;
      float mean = UnrolledLoops.sum(rows.in(), from, n) / n;
      float square = UnrolledLoops.sumOfSquares(rows.in(), from, n, rows.fast() ? 0 : mean);
      pass(Pass.NORMALIZE, rows, rows.in(), from, mean, 0, rows.factor(mean, square), 0);
    }
  }

  /** The loops of {@link #pass}. */
  private enum Pass {
    NORMALIZE,
    SCALE,
    TIMES_DISTANCE,
    FINISH
  }

  /** All loops over a row in one method, so that it is too long to be inlined. */
  private static void pass(
      Pass pass,
      NormRows rows,
      float[] g,
      int from,
      float mean,
      float meanCotangent,
      float factor,
      float varianceFactor) {
    float[] in = rows.in();
    float[] scale = rows.scale();
    float[] bias = rows.bias();
    float[] out = rows.out();
    int n = rows.length();
    int i = 0;
    switch (pass) {
      case NORMALIZE -> {
        for (; i + LANES <= n; i += LANES) {
          FloatVector by = FloatVector.fromArray(F, scale, i).mul(factor);
          FloatVector y = FloatVector.fromArray(F, in, from + i).sub(mean).mul(by);
          y.add(FloatVector.fromArray(F, bias, i)).intoArray(out, from + i);
        }
        for (; i < n; i++) {
          out[from + i] = (in[from + i] - mean) * (factor * scale[i]) + bias[i];
        }
      }
      case SCALE -> {
        for (; i + LANES <= n; i += LANES) {
          FloatVector by = FloatVector.fromArray(F, scale, i);
          FloatVector.fromArray(F, g, from + i).mul(by).intoArray(out, from + i);
        }
        for (; i < n; i++) {
          out[from + i] = g[from + i] * scale[i];
        }
      }
      case TIMES_DISTANCE -> {
        for (; i + LANES <= n; i += LANES) {
          FloatVector distance = FloatVector.fromArray(F, in, from + i).sub(mean);
          FloatVector.fromArray(F, out, from + i).mul(distance).intoArray(out, from + i);
        }
        for (; i < n; i++) {
          out[from + i] *= in[from + i] - mean;
        }
      }
      case FINISH -> {
        for (; i + LANES <= n; i += LANES) {
          FloatVector by = FloatVector.fromArray(F, scale, i);
          FloatVector t = FloatVector.fromArray(F, g, from + i).mul(by);
          FloatVector varianceTerm =
              FloatVector.fromArray(F, in, from + i).sub(mean).mul(varianceFactor);
          t.sub(meanCotangent).mul(factor).sub(varianceTerm).intoArray(out, from + i);
        }
        for (; i < n; i++) {
          float t = g[from + i] * scale[i];
          out[from + i] = (t - meanCotangent) * factor - (in[from + i] - mean) * varianceFactor;
        }
      }
    }
  }
}
