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
import jdk.incubator.vector.VectorOperators;

/** Derivatives over rows and down columns. */
final class VectorDerivatives {
  private static final float FAR = ScalarDerivatives.FAR;
  private static final float GELU_CUBIC = (float) SpecialFunctions.GELU_CUBIC;
  private static final float GELU_SCALE = (float) SpecialFunctions.GELU_SCALE;
  private static final int SIGN = 0x80000000;

  private VectorDerivatives() {}

  /** How many elements from the first on it did. */
  static int relu(float[] x, float[] g, float[] out, int from, int n) {
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector at = FloatVector.fromArray(F, x, from + i);
      FloatVector to = FloatVector.fromArray(F, g, from + i);
      FloatVector.zero(F).blend(to, at.compare(VectorOperators.GT, 0f)).intoArray(out, from + i);
    }
    return i;
  }

  /** What gelu's derivative takes the exponential of, of as many elements as fill vectors. */
  static void geluExponents(float[] x, float[] out, int from, int n) {
    for (int i = from; i < from + n; i += LANES) {
      FloatVector at = FloatVector.fromArray(F, x, i);
      at = at.blend(FAR, at.compare(VectorOperators.GT, FAR));
      at = at.blend(-FAR, at.compare(VectorOperators.LT, -FAR));
      FloatVector gate = at.mul(at).mul(GELU_CUBIC).add(1f).mul(GELU_SCALE);
      at.abs().neg().mul(gate).intoArray(out, i);
    }
  }

  /** gelu's derivative where {@code out} holds the exponentials; as {@link #geluExponents}. */
  static void gelu(float[] x, float[] g, float[] out, int from, int n) {
    FloatVector one = FloatVector.broadcast(F, 1f);
    for (int i = from; i < from + n; i += LANES) {
      FloatVector at = FloatVector.fromArray(F, x, i);
      at = at.blend(FAR, at.compare(VectorOperators.GT, FAR));
      at = at.blend(-FAR, at.compare(VectorOperators.LT, -FAR));
      FloatVector slope = at.mul(at).mul(GELU_CUBIC).mul(3f).add(1f).mul(GELU_SCALE);
      FloatVector e = FloatVector.fromArray(F, out, i);
      FloatVector larger = one.div(e.add(1f)); // the sigmoid there or at -x
      IntVector sign = at.reinterpretAsInts().and(SIGN);
      IntVector half = larger.sub(0.5f).reinterpretAsInts().and(~SIGN).or(sign);
      FloatVector sigmoid = half.reinterpretAsFloats().add(0.5f);
      FloatVector bend = at.mul(e.mul(larger).mul(larger)).mul(slope);
      FloatVector.fromArray(F, g, i).mul(sigmoid.add(bend)).intoArray(out, i);
    }
  }

  /** How many columns from the first on it did, four vectors of them at a time. */
  static int addRows(float[] in, int from, int stride, int rows, float[] out, int at, int cols) {
    int c = 0;
    for (; c + 4 * LANES <= cols; c += 4 * LANES) {
      FloatVector sum0 = FloatVector.fromArray(F, out, at + c);
      FloatVector sum1 = FloatVector.fromArray(F, out, at + c + LANES);
      FloatVector sum2 = FloatVector.fromArray(F, out, at + c + 2 * LANES);
      FloatVector sum3 = FloatVector.fromArray(F, out, at + c + 3 * LANES);
      for (int r = 0; r < rows; r++) {
        int row = from + r * stride + c;
        sum0 = sum0.add(FloatVector.fromArray(F, in, row));
        sum1 = sum1.add(FloatVector.fromArray(F, in, row + LANES));
        sum2 = sum2.add(FloatVector.fromArray(F, in, row + 2 * LANES));
        sum3 = sum3.add(FloatVector.fromArray(F, in, row + 3 * LANES));
      }
      sum0.intoArray(out, at + c);
      sum1.intoArray(out, at + c + LANES);
      sum2.intoArray(out, at + c + 2 * LANES);
      sum3.intoArray(out, at + c + 3 * LANES);
    }
    for (; c + LANES <= cols; c += LANES) {
      FloatVector sum = FloatVector.fromArray(F, out, at + c);
      for (int r = 0; r < rows; r++) {
        sum = sum.add(FloatVector.fromArray(F, in, from + r * stride + c));
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
    scaled(all, from);
    float middle = VectorRows.sum(rows.out(), from, n) / n;
    timesDistance(rows, from, mean);
    float bend = all.bend(VectorRows.sum(rows.out(), from, n), mean, squares, factor);
    finish(all, from, mean, middle, factor, bend);
    all.means()[row] = mean;
    all.factors()[row] = factor;
  }

  private static void scaled(NormDerivative all, int from) {
    float[] g = all.cotangent();
    float[] scale = all.rows().scale();
    float[] out = all.rows().out();
    int n = all.rows().length();
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector.fromArray(F, g, from + i)
          .mul(FloatVector.fromArray(F, scale, i))
          .intoArray(out, from + i);
    }
    for (; i < n; i++) {
      out[from + i] = g[from + i] * scale[i];
    }
  }

  private static void timesDistance(NormRows rows, int from, float mean) {
    float[] in = rows.in();
    float[] out = rows.out();
    int n = rows.length();
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector distance = FloatVector.fromArray(F, in, from + i).sub(mean);
      FloatVector.fromArray(F, out, from + i).mul(distance).intoArray(out, from + i);
    }
    for (; i < n; i++) {
      out[from + i] *= in[from + i] - mean;
    }
  }

  private static void finish(
      NormDerivative all, int from, float mean, float middle, float factor, float bend) {
    float[] g = all.cotangent();
    float[] in = all.rows().in();
    float[] scale = all.rows().scale();
    float[] out = all.rows().out();
    int n = all.rows().length();
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector t = FloatVector.fromArray(F, g, from + i).mul(FloatVector.fromArray(F, scale, i));
      FloatVector bent = FloatVector.fromArray(F, in, from + i).sub(mean).mul(bend);
      t.sub(middle).mul(factor).sub(bent).intoArray(out, from + i);
    }
    for (; i < n; i++) {
      float t = g[from + i] * scale[i];
      out[from + i] = (t - middle) * factor - (in[from + i] - mean) * bend;
    }
  }

  static void normScale(NormDerivative all, int count, float[] sums, int from, int places) {
    float[] g = all.cotangent();
    float[] in = all.rows().in();
    float[] means = all.means();
    float[] factors = all.factors();
    int length = all.rows().length();
    int i = from;
    for (; i + 2 * LANES <= from + places; i += 2 * LANES) {
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
    for (; i < from + places; i++) {
      float sum = sums[i];
      for (int row = 0; row < count; row++) {
        int at = row * length + i;
        sum = Fma.fma(g[at], (in[at] - means[row]) * factors[row], sum);
      }
      sums[i] = sum;
    }
  }
}
