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
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of {@link Polynomials} that combine a logarithm and an exponential; unrolled as in
 * {@link TailFunctions}.
 */
final class RootFunctions {
  private static final DoubleVector SHORT_0 = all(WidePolynomials.SHORT_0);
  private static final DoubleVector SHORT_1 = all(WidePolynomials.SHORT_1);
  private static final DoubleVector SHORT_2 = all(WidePolynomials.SHORT_2);
  private static final DoubleVector SHORT_3 = all(WidePolynomials.SHORT_3);
  private static final DoubleVector SHORT_4 = all(WidePolynomials.SHORT_4);
  private static final DoubleVector SHORT_5 = all(WidePolynomials.SHORT_5);
  private static final DoubleVector SHORT_6 = all(WidePolynomials.SHORT_6);
  private static final DoubleVector ATANH_0 = all(WidePolynomials.ATANH_0);
  private static final DoubleVector ATANH_1 = all(WidePolynomials.ATANH_1);
  private static final DoubleVector ATANH_2 = all(WidePolynomials.ATANH_2);
  private static final DoubleVector ATANH_3 = all(WidePolynomials.ATANH_3);
  private static final DoubleVector ATANH_4 = all(WidePolynomials.ATANH_4);
  private static final DoubleVector ATANH_5 = all(WidePolynomials.ATANH_5);
  private static final DoubleVector LOG1P_0 = all(WidePolynomials.LOG1P_0);
  private static final DoubleVector LOG1P_1 = all(WidePolynomials.LOG1P_1);
  private static final DoubleVector LOG1P_2 = all(WidePolynomials.LOG1P_2);
  private static final DoubleVector LOG1P_3 = all(WidePolynomials.LOG1P_3);
  private static final DoubleVector LOG1P_4 = all(WidePolynomials.LOG1P_4);
  private static final DoubleVector LOG1P_5 = all(WidePolynomials.LOG1P_5);
  private static final DoubleVector LOG1P_6 = all(WidePolynomials.LOG1P_6);
  private static final DoubleVector LOG2_E = all(WidePolynomials.LOG2_E);
  private static final DoubleVector ROUNDER = all(WidePolynomials.ROUNDER);
  private static final DoubleVector LN2 = all(WidePolynomials.LN2);
  private static final DoubleVector THIRD = all(WidePolynomials.THIRD);
  private static final DoubleVector FAR = all(WidePolynomials.SOFTPLUS_FAR);
  private static final DoubleVector ONE = all(1);
  private static final DoubleVector TWO = all(2);
  private static final int SIGN = 0x80000000;
  private static final int MANTISSA_BITS = 52;
  private static final long ROUNDER_BITS = Double.doubleToRawLongBits(WidePolynomials.ROUNDER);
  private static final long BIAS = 1023 - ROUNDER_BITS;

  private RootFunctions() {}

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(D, value);
  }

  static int cbrt(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      FloatVector size = x.abs();
      LongVector bits = ((DoubleVector) size.castShape(D, 0)).reinterpretAsLongs();
      LongVector exponent =
          bits.sub(WidePolynomials.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
      DoubleVector f =
          bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS))
              .reinterpretAsDoubles()
              .sub(ONE);
      DoubleVector whole = exponent.add(ROUNDER_BITS).reinterpretAsDoubles().sub(ROUNDER);
      DoubleVector s = f.div(f.add(TWO));
      DoubleVector square = s.mul(s);
      DoubleVector value = square.mul(ATANH_5).add(ATANH_4);
      value = value.mul(square).add(ATANH_3);
      value = value.mul(square).add(ATANH_2);
      value = value.mul(square).add(ATANH_1);
      value = value.mul(square).add(ATANH_0);
      value = s.mul(TWO).add(s.mul(square).mul(value));
      DoubleVector third = whole.mul(LN2).add(value).mul(THIRD);
      DoubleVector shifted = third.mul(LOG2_E).add(ROUNDER);
      DoubleVector r = third.sub(shifted.sub(ROUNDER).mul(LN2));
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
      DoubleVector root = p.mul(scale).add(scale);
      FloatVector y = (FloatVector) root.castShape(F, 0);
      IntVector sign = x.reinterpretAsInts().and(SIGN);
      y = y.reinterpretAsInts().and(~SIGN).or(sign).reinterpretAsFloats();
      VectorMask<Float> finite = size.compare(VectorOperators.LT, Float.POSITIVE_INFINITY);
      finite = finite.and(size.compare(VectorOperators.GT, 0));
      x.blend(y, finite).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int softplus(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      DoubleVector x = (DoubleVector) FloatVector.fromArray(F, in, from + i).castShape(D, 0);
      DoubleVector size = x.abs();
      DoubleVector below = size.blend(FAR, size.compare(VectorOperators.GT, FAR)).neg();
      DoubleVector shifted = below.mul(LOG2_E).add(ROUNDER);
      DoubleVector r = below.sub(shifted.sub(ROUNDER).mul(LN2));
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
      DoubleVector power = p.mul(scale).add(scale);
      DoubleVector s = power.div(power.add(TWO));
      DoubleVector square = s.mul(s);
      DoubleVector value = square.mul(LOG1P_6).add(LOG1P_5);
      value = value.mul(square).add(LOG1P_4);
      value = value.mul(square).add(LOG1P_3);
      value = value.mul(square).add(LOG1P_2);
      value = value.mul(square).add(LOG1P_1);
      value = value.mul(square).add(LOG1P_0);
      value = s.mul(TWO).add(s.mul(square).mul(value));
      ((FloatVector) x.max(0).add(value).castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }
}
