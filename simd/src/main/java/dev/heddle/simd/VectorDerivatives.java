package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Fma;
import dev.heddle.kernel.NormDerivative;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.ScalarDerivatives;
import dev.heddle.kernel.SpecialFunctions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Derivatives of elementwise functions and of normalization. */
final class VectorDerivatives {
  private static final float FAR = ScalarDerivatives.FAR;
  private static final float GELU_CUBIC = (float) SpecialFunctions.GELU_CUBIC;
  private static final float GELU_SCALE = (float) SpecialFunctions.GELU_SCALE;
  private static final int SIGN = 0x80000000;

  /** Elements per iteration of the derivative of relu. */
  private static final int RELU_STEP = 8 * LANES;

  /** Elements per iteration of the exponents of gelu's derivative. */
  static final int GELU_STEP = 4 * LANES;

  private VectorDerivatives() {}

  /** Processes eight vectors at a time; returns the number of elements done. */
  static int relu(float[] x, float[] g, float[] out, int from, int n) {
    FloatVector zero = FloatVector.zero(F);
    int end = from + n - n % RELU_STEP;
    for (int i = from; i < end; i += RELU_STEP) {
      FloatVector g0 = FloatVector.fromArray(F, g, i);
      VectorMask<Float> m0 = FloatVector.fromArray(F, x, i).compare(VectorOperators.GT, zero);
      zero.blend(g0, m0).intoArray(out, i);
      FloatVector g1 = FloatVector.fromArray(F, g, i + LANES);
      VectorMask<Float> m1 =
          FloatVector.fromArray(F, x, i + LANES).compare(VectorOperators.GT, zero);
      zero.blend(g1, m1).intoArray(out, i + LANES);
      FloatVector g2 = FloatVector.fromArray(F, g, i + 2 * LANES);
      VectorMask<Float> m2 =
          FloatVector.fromArray(F, x, i + 2 * LANES).compare(VectorOperators.GT, zero);
      zero.blend(g2, m2).intoArray(out, i + 2 * LANES);
      FloatVector g3 = FloatVector.fromArray(F, g, i + 3 * LANES);
      VectorMask<Float> m3 =
          FloatVector.fromArray(F, x, i + 3 * LANES).compare(VectorOperators.GT, zero);
      zero.blend(g3, m3).intoArray(out, i + 3 * LANES);
      FloatVector g4 = FloatVector.fromArray(F, g, i + 4 * LANES);
      VectorMask<Float> m4 =
          FloatVector.fromArray(F, x, i + 4 * LANES).compare(VectorOperators.GT, zero);
      zero.blend(g4, m4).intoArray(out, i + 4 * LANES);
      FloatVector g5 = FloatVector.fromArray(F, g, i + 5 * LANES);
      VectorMask<Float> m5 =
          FloatVector.fromArray(F, x, i + 5 * LANES).compare(VectorOperators.GT, zero);
      zero.blend(g5, m5).intoArray(out, i + 5 * LANES);
      FloatVector g6 = FloatVector.fromArray(F, g, i + 6 * LANES);
      VectorMask<Float> m6 =
          FloatVector.fromArray(F, x, i + 6 * LANES).compare(VectorOperators.GT, zero);
      zero.blend(g6, m6).intoArray(out, i + 6 * LANES);
      FloatVector g7 = FloatVector.fromArray(F, g, i + 7 * LANES);
      VectorMask<Float> m7 =
          FloatVector.fromArray(F, x, i + 7 * LANES).compare(VectorOperators.GT, zero);
      zero.blend(g7, m7).intoArray(out, i + 7 * LANES);
    }
    return end - from;
  }

  /**
   * The arguments of the exponential in gelu's derivative. This and {@link #gelu} process four and
   * two whole vectors at a time, so that they are too long to be inlined.
   */
  static void geluExponents(float[] x, float[] out, int from, int n) {
    FloatVector far = FloatVector.broadcast(F, FAR);
    FloatVector near = FloatVector.broadcast(F, -FAR);
    FloatVector cubic = FloatVector.broadcast(F, GELU_CUBIC);
    FloatVector scale = FloatVector.broadcast(F, GELU_SCALE);
    FloatVector one = FloatVector.broadcast(F, 1f);
    for (int i = from; i < from + n; i += GELU_STEP) {
      FloatVector x0 = FloatVector.fromArray(F, x, i);
      x0 = x0.blend(far, x0.compare(VectorOperators.GT, far));
      x0 = x0.blend(near, x0.compare(VectorOperators.LT, near));
      FloatVector gate0 = x0.mul(x0).mul(cubic).add(one).mul(scale);
      x0.abs().neg().mul(gate0).intoArray(out, i);
      FloatVector x1 = FloatVector.fromArray(F, x, i + LANES);
      x1 = x1.blend(far, x1.compare(VectorOperators.GT, far));
      x1 = x1.blend(near, x1.compare(VectorOperators.LT, near));
      FloatVector gate1 = x1.mul(x1).mul(cubic).add(one).mul(scale);
      x1.abs().neg().mul(gate1).intoArray(out, i + LANES);
      FloatVector x2 = FloatVector.fromArray(F, x, i + 2 * LANES);
      x2 = x2.blend(far, x2.compare(VectorOperators.GT, far));
      x2 = x2.blend(near, x2.compare(VectorOperators.LT, near));
      FloatVector gate2 = x2.mul(x2).mul(cubic).add(one).mul(scale);
      x2.abs().neg().mul(gate2).intoArray(out, i + 2 * LANES);
      FloatVector x3 = FloatVector.fromArray(F, x, i + 3 * LANES);
      x3 = x3.blend(far, x3.compare(VectorOperators.GT, far));
      x3 = x3.blend(near, x3.compare(VectorOperators.LT, near));
      FloatVector gate3 = x3.mul(x3).mul(cubic).add(one).mul(scale);
      x3.abs().neg().mul(gate3).intoArray(out, i + 3 * LANES);
    }
  }

  /** The derivative of gelu, given the exponentials in {@code out}. */
  static void gelu(float[] x, float[] g, float[] out, int from, int n) {
    FloatVector far = FloatVector.broadcast(F, FAR);
    FloatVector near = FloatVector.broadcast(F, -FAR);
    FloatVector cubic = FloatVector.broadcast(F, GELU_CUBIC);
    FloatVector scale = FloatVector.broadcast(F, GELU_SCALE);
    FloatVector one = FloatVector.broadcast(F, 1f);
    FloatVector three = FloatVector.broadcast(F, 3f);
    FloatVector half = FloatVector.broadcast(F, 0.5f);
    for (int i = from; i < from + n; i += 2 * LANES) {
      FloatVector x0 = FloatVector.fromArray(F, x, i);
      x0 = x0.blend(far, x0.compare(VectorOperators.GT, far));
      x0 = x0.blend(near, x0.compare(VectorOperators.LT, near));
      FloatVector gateDerivative0 = x0.mul(x0).mul(cubic).mul(three).add(one).mul(scale);
      FloatVector e0 = FloatVector.fromArray(F, out, i);
      FloatVector larger0 = one.div(e0.add(one)); // the sigmoid of the magnitude
      IntVector sign0 = x0.reinterpretAsInts().and(SIGN);
      IntVector size0 = larger0.sub(half).reinterpretAsInts().and(~SIGN);
      FloatVector sigmoid0 = size0.or(sign0).reinterpretAsFloats().add(half);
      FloatVector gateTerm0 = x0.mul(e0.mul(larger0).mul(larger0)).mul(gateDerivative0);
      FloatVector.fromArray(F, g, i).mul(sigmoid0.add(gateTerm0)).intoArray(out, i);
      FloatVector x1 = FloatVector.fromArray(F, x, i + LANES);
      x1 = x1.blend(far, x1.compare(VectorOperators.GT, far));
      x1 = x1.blend(near, x1.compare(VectorOperators.LT, near));
      FloatVector gateDerivative1 = x1.mul(x1).mul(cubic).mul(three).add(one).mul(scale);
      FloatVector e1 = FloatVector.fromArray(F, out, i + LANES);
      FloatVector larger1 = one.div(e1.add(one)); // the sigmoid of the magnitude
      IntVector sign1 = x1.reinterpretAsInts().and(SIGN);
      IntVector size1 = larger1.sub(half).reinterpretAsInts().and(~SIGN);
      FloatVector sigmoid1 = size1.or(sign1).reinterpretAsFloats().add(half);
      FloatVector gateTerm1 = x1.mul(e1.mul(larger1).mul(larger1)).mul(gateDerivative1);
      FloatVector.fromArray(F, g, i + LANES).mul(sigmoid1.add(gateTerm1)).intoArray(out, i + LANES);
    }
  }

  /** Processes four vectors of columns at a time; returns the number of columns done. */
  static int addRows(float[] in, int from, int stride, int rows, float[] out, int at, int cols) {
    int c = 0;
    for (; c + 4 * LANES <= cols; c += 4 * LANES) {
      FloatVector sum0 = FloatVector.fromArray(F, out, at + c);
      FloatVector sum1 = FloatVector.fromArray(F, out, at + c + LANES);
      FloatVector sum2 = FloatVector.fromArray(F, out, at + c + 2 * LANES);
      FloatVector sum3 = FloatVector.fromArray(F, out, at + c + 3 * LANES);
      for (int r = 0; r < rows; r++) {
        int row = from + r * stride + c;
        sum0 = FloatVector.fromArray(F, in, row).add(sum0);
        sum1 = FloatVector.fromArray(F, in, row + LANES).add(sum1);
        sum2 = FloatVector.fromArray(F, in, row + 2 * LANES).add(sum2);
        sum3 = FloatVector.fromArray(F, in, row + 3 * LANES).add(sum3);
      }
      sum0.intoArray(out, at + c);
      sum1.intoArray(out, at + c + LANES);
      sum2.intoArray(out, at + c + 2 * LANES);
      sum3.intoArray(out, at + c + 3 * LANES);
    }
    for (; c + LANES <= cols; c += LANES) {
      FloatVector sum = FloatVector.fromArray(F, out, at + c);
      for (int r = 0; r < rows; r++) {
        sum = FloatVector.fromArray(F, in, from + r * stride + c).add(sum);
      }
      sum.intoArray(out, at + c);
    }
    return c;
  }

  static void norm(NormDerivative all, int row) {
    NormRows rows = all.rows();
    int n = rows.length();
    int from = row * n;
    float mean = VectorRows.sum(rows.in(), from, n) / n;
    float squares = VectorRows.sumOfSquares(rows.in(), from, n, rows.fast() ? 0 : mean);
    float factor = rows.factor(mean, squares);
    pass(Pass.SCALE, rows, all.cotangent(), from, 0, 0, 0, 0);
    float meanCotangent = VectorRows.sum(rows.out(), from, n) / n;
    pass(Pass.TIMES_DISTANCE, rows, rows.in(), from, mean, 0, 0, 0);
    float varianceFactor =
        all.varianceFactor(VectorRows.sum(rows.out(), from, n), mean, squares, factor);
    pass(Pass.FINISH, rows, all.cotangent(), from, mean, meanCotangent, factor, varianceFactor);
    all.means()[row] = mean;
    all.factors()[row] = factor;
  }

  /** Normalizes a row. */
  static void normalize(NormRows rows, int from, float mean, float factor) {
    pass(Pass.NORMALIZE, rows, rows.in(), from, mean, 0, factor, 0);
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

  static void normScale(NormDerivative all, int count, float[] sums, int from, int cols) {
    float[] g = all.cotangent();
    float[] in = all.rows().in();
    float[] means = all.means();
    float[] factors = all.factors();
    int length = all.rows().length();
    int i = from;
    for (; i + 2 * LANES <= from + cols; i += 2 * LANES) {
      FloatVector sum0 = FloatVector.fromArray(F, sums, i);
      FloatVector sum1 = FloatVector.fromArray(F, sums, i + LANES);
      for (int row = 0; row < count; row++) {
        int at = row * length + i;
        FloatVector x0 = FloatVector.fromArray(F, in, at);
        FloatVector x1 = FloatVector.fromArray(F, in, at + LANES);
        x0 = x0.sub(means[row]).mul(factors[row]);
        x1 = x1.sub(means[row]).mul(factors[row]);
        sum0 = FloatVector.fromArray(F, g, at).fma(x0, sum0);
        sum1 = FloatVector.fromArray(F, g, at + LANES).fma(x1, sum1);
      }
      sum0.intoArray(sums, i);
      sum1.intoArray(sums, i + LANES);
    }
    for (; i < from + cols; i++) {
      float sum = sums[i];
      for (int row = 0; row < count; row++) {
        int at = row * length + i;
        sum = Fma.fma(g[at], (in[at] - means[row]) * factors[row], sum);
      }
      sums[i] = sum;
    }
  }
}
