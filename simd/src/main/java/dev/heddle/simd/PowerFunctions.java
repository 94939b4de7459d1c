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
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential and logarithm to base 2 of {@link Polynomials}; unrolled as in {@link WideFunctions}.
 */
final class PowerFunctions {
  private static final DoubleVector EXPM1_0 = all(WidePolynomials.EXPM1_0);
  private static final DoubleVector EXPM1_1 = all(WidePolynomials.EXPM1_1);
  private static final DoubleVector EXPM1_2 = all(WidePolynomials.EXPM1_2);
  private static final DoubleVector EXPM1_3 = all(WidePolynomials.EXPM1_3);
  private static final DoubleVector EXPM1_4 = all(WidePolynomials.EXPM1_4);
  private static final DoubleVector EXPM1_5 = all(WidePolynomials.EXPM1_5);
  private static final DoubleVector EXPM1_6 = all(WidePolynomials.EXPM1_6);
  private static final DoubleVector EXPM1_7 = all(WidePolynomials.EXPM1_7);
  private static final DoubleVector EXPM1_8 = all(WidePolynomials.EXPM1_8);
  private static final DoubleVector ATANH_0 = all(WidePolynomials.ATANH_0);
  private static final DoubleVector ATANH_1 = all(WidePolynomials.ATANH_1);
  private static final DoubleVector ATANH_2 = all(WidePolynomials.ATANH_2);
  private static final DoubleVector ATANH_3 = all(WidePolynomials.ATANH_3);
  private static final DoubleVector ATANH_4 = all(WidePolynomials.ATANH_4);
  private static final DoubleVector ATANH_5 = all(WidePolynomials.ATANH_5);
  private static final DoubleVector MIN_EXPONENT = all(-WidePolynomials.EXP2_BOUND);
  private static final DoubleVector MAX_EXPONENT = all(WidePolynomials.EXP2_BOUND);
  private static final DoubleVector LOG2_E = all(WidePolynomials.LOG2_E);
  private static final DoubleVector ROUNDER = all(WidePolynomials.ROUNDER);
  private static final DoubleVector LN2 = all(WidePolynomials.LN2);
  private static final DoubleVector ONE = all(1);
  private static final DoubleVector TWO = all(2);
  private static final int MANTISSA_BITS = 52;
  private static final long ROUNDER_BITS = Double.doubleToRawLongBits(WidePolynomials.ROUNDER);
  private static final long BIAS = 1023 - ROUNDER_BITS;

  private PowerFunctions() {}

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(D, value);
  }

  static int exp2(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector t = (DoubleVector) x.castShape(D, 0);
      t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
      t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
      DoubleVector shifted = t.add(ROUNDER);
      DoubleVector r = t.sub(shifted.sub(ROUNDER)).mul(LN2);
      DoubleVector p = r.mul(EXPM1_8).add(EXPM1_7);
      p = p.mul(r).add(EXPM1_6);
      p = p.mul(r).add(EXPM1_5);
      p = p.mul(r).add(EXPM1_4);
      p = p.mul(r).add(EXPM1_3);
      p = p.mul(r).add(EXPM1_2);
      p = p.mul(r).add(EXPM1_1);
      p = p.mul(r).add(EXPM1_0);
      p = r.add(r.mul(r).mul(p));
      LongVector exponent = shifted.reinterpretAsLongs().add(BIAS);
      DoubleVector scale =
          exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
      DoubleVector power = p.mul(scale).add(scale);
      ((FloatVector) power.castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int log2(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      LongVector bits = ((DoubleVector) x.castShape(D, 0)).reinterpretAsLongs();
      LongVector exponent =
          bits.sub(WidePolynomials.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
      LongVector mantissa = bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS));
      DoubleVector f = mantissa.reinterpretAsDoubles().sub(ONE);
      DoubleVector whole = exponent.add(ROUNDER_BITS).reinterpretAsDoubles().sub(ROUNDER);
      DoubleVector s = f.div(f.add(TWO));
      DoubleVector square = s.mul(s);
      DoubleVector p = square.mul(ATANH_5).add(ATANH_4);
      p = p.mul(square).add(ATANH_3);
      p = p.mul(square).add(ATANH_2);
      p = p.mul(square).add(ATANH_1);
      p = p.mul(square).add(ATANH_0);
      p = s.mul(TWO).add(s.mul(square).mul(p));
      FloatVector y = (FloatVector) whole.add(p.mul(LOG2_E)).castShape(F, 0);
      y = x.blend(y, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
      y = y.blend(Float.NaN, x.compare(VectorOperators.LT, 0));
      y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
      y.intoArray(out, at + i, LOWER);
    }
    return i;
  }
}
