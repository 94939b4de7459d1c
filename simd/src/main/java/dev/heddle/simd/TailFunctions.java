package dev.heddle.simd;

import static dev.heddle.simd.Species.D;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;
import static dev.heddle.simd.WideFunctions.LOWER;
import static dev.heddle.simd.WideFunctions.STEP;

import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.WidePolynomials;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of {@link Polynomials} that use the tail of the normal distribution; as {@link
 * WideFunctions}.
 *
 * <p>The polynomials are repeated in each method, so that it is too long to be inlined and is
 * compiled separately: with methods for the polynomials, vectors were boxed (2026-11, 30 MB for
 * three million elements).
 */
final class TailFunctions {
  private static final DoubleVector ERFC_0 = all(WidePolynomials.ERFC_0);
  private static final DoubleVector ERFC_1 = all(WidePolynomials.ERFC_1);
  private static final DoubleVector ERFC_2 = all(WidePolynomials.ERFC_2);
  private static final DoubleVector ERFC_3 = all(WidePolynomials.ERFC_3);
  private static final DoubleVector ERFC_4 = all(WidePolynomials.ERFC_4);
  private static final DoubleVector ERFC_5 = all(WidePolynomials.ERFC_5);
  private static final DoubleVector ERFC_6 = all(WidePolynomials.ERFC_6);
  private static final DoubleVector ERFC_7 = all(WidePolynomials.ERFC_7);
  private static final DoubleVector ERFC_8 = all(WidePolynomials.ERFC_8);
  private static final DoubleVector ERFC_9 = all(WidePolynomials.ERFC_9);
  private static final DoubleVector ERFC_10 = all(WidePolynomials.ERFC_10);
  private static final DoubleVector ERFC_11 = all(WidePolynomials.ERFC_11);
  private static final DoubleVector SHORT_0 = all(WidePolynomials.SHORT_0);
  private static final DoubleVector SHORT_1 = all(WidePolynomials.SHORT_1);
  private static final DoubleVector SHORT_2 = all(WidePolynomials.SHORT_2);
  private static final DoubleVector SHORT_3 = all(WidePolynomials.SHORT_3);
  private static final DoubleVector SHORT_4 = all(WidePolynomials.SHORT_4);
  private static final DoubleVector SHORT_5 = all(WidePolynomials.SHORT_5);
  private static final DoubleVector SHORT_6 = all(WidePolynomials.SHORT_6);
  private static final DoubleVector LOG2_E = all(WidePolynomials.LOG2_E);
  private static final DoubleVector ROUNDER = all(WidePolynomials.ROUNDER);
  private static final DoubleVector LN2 = all(WidePolynomials.LN2);
  private static final DoubleVector ERFC_SCALE = all(WidePolynomials.ERFC_SCALE);
  private static final DoubleVector GELU_SCALE = all(WidePolynomials.GELU_SCALE);
  private static final DoubleVector NORMAL_DENSITY = all(WidePolynomials.NORMAL_DENSITY);
  private static final DoubleVector TAIL_END = all(WidePolynomials.TAIL_END);
  private static final DoubleVector NEGATIVE_INFINITY = all(Double.NEGATIVE_INFINITY);
  private static final DoubleVector NAN = all(Double.NaN);
  private static final DoubleVector ZERO = all(0);
  private static final DoubleVector ONE_HALF = all(0.5);
  private static final DoubleVector MINUS_HALF = all(-0.5);
  private static final DoubleVector ONE = all(1);
  private static final DoubleVector TWO = all(2);
  private static final int MANTISSA_BITS = 52;
  private static final long BIAS = 1023 - Double.doubleToRawLongBits(WidePolynomials.ROUNDER);

  private TailFunctions() {}

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(D, value);
  }

  static int erfc(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      DoubleVector x = (DoubleVector) FloatVector.fromArray(F, in, from + i).castShape(D, 0);
      DoubleVector size = x.abs();
      size = size.blend(TAIL_END, size.compare(VectorOperators.GT, TAIL_END));
      DoubleVector t = ONE.div(ONE.add(size.mul(ERFC_SCALE)));
      DoubleVector power = size.mul(size).neg();
      DoubleVector shifted = power.mul(LOG2_E).add(ROUNDER);
      DoubleVector r = power.sub(shifted.sub(ROUNDER).mul(LN2));
      DoubleVector p = r.mul(SHORT_6).add(SHORT_5);
      p = p.mul(r).add(SHORT_4);
      p = p.mul(r).add(SHORT_3);
      p = p.mul(r).add(SHORT_2);
      p = p.mul(r).add(SHORT_1);
      p = p.mul(r).add(SHORT_0);
      p = r.add(r.mul(r).mul(p));
      DoubleVector scale =
          shifted
              .reinterpretAsLongs()
              .add(BIAS)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .reinterpretAsDoubles();
      DoubleVector bell = p.mul(scale).add(scale);
      DoubleVector value = t.mul(ERFC_11).add(ERFC_10);
      value = value.mul(t).add(ERFC_9);
      value = value.mul(t).add(ERFC_8);
      value = value.mul(t).add(ERFC_7);
      value = value.mul(t).add(ERFC_6);
      value = value.mul(t).add(ERFC_5);
      value = value.mul(t).add(ERFC_4);
      value = value.mul(t).add(ERFC_3);
      value = value.mul(t).add(ERFC_2);
      value = value.mul(t).add(ERFC_1);
      value = value.mul(t).add(ERFC_0);
      DoubleVector tail = bell.mul(t.mul(value));
      DoubleVector y = tail.blend(TWO.sub(tail), x.compare(VectorOperators.LT, ZERO));
      ((FloatVector) y.castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int gelu(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      DoubleVector x = (DoubleVector) FloatVector.fromArray(F, in, from + i).castShape(D, 0);
      DoubleVector size = x.abs();
      size = size.blend(TAIL_END, size.compare(VectorOperators.GT, TAIL_END));
      DoubleVector t = ONE.div(ONE.add(size.mul(GELU_SCALE)));
      DoubleVector power = size.mul(size).mul(MINUS_HALF);
      DoubleVector shifted = power.mul(LOG2_E).add(ROUNDER);
      DoubleVector r = power.sub(shifted.sub(ROUNDER).mul(LN2));
      DoubleVector p = r.mul(SHORT_6).add(SHORT_5);
      p = p.mul(r).add(SHORT_4);
      p = p.mul(r).add(SHORT_3);
      p = p.mul(r).add(SHORT_2);
      p = p.mul(r).add(SHORT_1);
      p = p.mul(r).add(SHORT_0);
      p = r.add(r.mul(r).mul(p));
      DoubleVector scale =
          shifted
              .reinterpretAsLongs()
              .add(BIAS)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .reinterpretAsDoubles();
      DoubleVector bell = p.mul(scale).add(scale);
      DoubleVector value = t.mul(ERFC_11).add(ERFC_10);
      value = value.mul(t).add(ERFC_9);
      value = value.mul(t).add(ERFC_8);
      value = value.mul(t).add(ERFC_7);
      value = value.mul(t).add(ERFC_6);
      value = value.mul(t).add(ERFC_5);
      value = value.mul(t).add(ERFC_4);
      value = value.mul(t).add(ERFC_3);
      value = value.mul(t).add(ERFC_2);
      value = value.mul(t).add(ERFC_1);
      value = value.mul(t).add(ERFC_0);
      DoubleVector tail = bell.mul(t.mul(value));
      DoubleVector twice = tail.blend(TWO.sub(tail), x.compare(VectorOperators.GT, ZERO));
      DoubleVector y = x.mul(ONE_HALF).mul(twice);
      y = y.blend(NAN, x.compare(VectorOperators.EQ, NEGATIVE_INFINITY));
      ((FloatVector) y.castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int geluDerivative(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      DoubleVector x = (DoubleVector) FloatVector.fromArray(F, in, from + i).castShape(D, 0);
      DoubleVector size = x.abs();
      size = size.blend(TAIL_END, size.compare(VectorOperators.GT, TAIL_END));
      DoubleVector t = ONE.div(ONE.add(size.mul(GELU_SCALE)));
      DoubleVector power = size.mul(size).mul(MINUS_HALF);
      DoubleVector shifted = power.mul(LOG2_E).add(ROUNDER);
      DoubleVector r = power.sub(shifted.sub(ROUNDER).mul(LN2));
      DoubleVector p = r.mul(SHORT_6).add(SHORT_5);
      p = p.mul(r).add(SHORT_4);
      p = p.mul(r).add(SHORT_3);
      p = p.mul(r).add(SHORT_2);
      p = p.mul(r).add(SHORT_1);
      p = p.mul(r).add(SHORT_0);
      p = r.add(r.mul(r).mul(p));
      DoubleVector scale =
          shifted
              .reinterpretAsLongs()
              .add(BIAS)
              .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
              .reinterpretAsDoubles();
      DoubleVector bell = p.mul(scale).add(scale);
      DoubleVector value = t.mul(ERFC_11).add(ERFC_10);
      value = value.mul(t).add(ERFC_9);
      value = value.mul(t).add(ERFC_8);
      value = value.mul(t).add(ERFC_7);
      value = value.mul(t).add(ERFC_6);
      value = value.mul(t).add(ERFC_5);
      value = value.mul(t).add(ERFC_4);
      value = value.mul(t).add(ERFC_3);
      value = value.mul(t).add(ERFC_2);
      value = value.mul(t).add(ERFC_1);
      value = value.mul(t).add(ERFC_0);
      DoubleVector below = bell.mul(t.mul(value).mul(ONE_HALF));
      below = below.sub(size.mul(bell.mul(NORMAL_DENSITY)));
      DoubleVector y = below.blend(ONE.sub(below), x.compare(VectorOperators.GT, ZERO));
      ((FloatVector) y.castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }
}
