package dev.heddle.simd;

import static dev.heddle.kernel.Polynomials.EXP_0;
import static dev.heddle.kernel.Polynomials.EXP_1;
import static dev.heddle.kernel.Polynomials.EXP_2;
import static dev.heddle.kernel.Polynomials.EXP_3;
import static dev.heddle.kernel.Polynomials.EXP_4;
import static dev.heddle.kernel.Polynomials.EXP_ZERO;
import static dev.heddle.kernel.Polynomials.LN2_HIGH;
import static dev.heddle.kernel.Polynomials.LN2_LOW;
import static dev.heddle.kernel.Polynomials.LOG2_E;
import static dev.heddle.kernel.Polynomials.ROUNDER;
import static dev.heddle.simd.Species.F;

import dev.heddle.kernel.Polynomials;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The elementary functions of {@link Polynomials}, with their bits. */
final class VectorMath {
  /** From here up to 0 the power of two in exp(x) and exp(x) itself are normal numbers. */
  static final float EXP_NORMAL = -86f;

  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;

  private VectorMath() {}

  /**
   * {@link Polynomials#exp} of a vector in an array, in place, where all are at most 0 or NaN: the
   * bound above is left out. No vector comes in or goes out and everything is written out, so that
   * none is boxed where the JIT compiler does not inline a call. (2026-11: it did not always, and
   * weights then allocated 100 bytes for each vector, in two of five JVMs.)
   */
  static void expOfNegative(float[] values, int at) {
    FloatVector x = FloatVector.fromArray(F, values, at);
    FloatVector bounded = x.blend(EXP_ZERO, x.compare(VectorOperators.LT, EXP_ZERO));
    FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
    FloatVector shifted = bounded.fma(FloatVector.broadcast(F, LOG2_E), rounder);
    FloatVector n = shifted.sub(rounder);
    FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), bounded);
    r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
    FloatVector q = FloatVector.broadcast(F, EXP_4).fma(r, FloatVector.broadcast(F, EXP_3));
    q = q.fma(r, FloatVector.broadcast(F, EXP_2));
    q = q.fma(r, FloatVector.broadcast(F, EXP_1));
    q = q.fma(r, FloatVector.broadcast(F, EXP_0));
    FloatVector one = FloatVector.broadcast(F, 1f);
    FloatVector p = q.fma(r, one).fma(r, one);
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = exponent.sub(half).add(EXPONENT_BIAS);
    half = half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
    rest = rest.lanewise(VectorOperators.LSHL, MANTISSA_BITS);
    p.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats()).intoArray(values, at);
  }

  /** {@link Polynomials#exp} of what is between its bounds or NaN. */
  static FloatVector expOfBounded(FloatVector bounded) {
    FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
    FloatVector shifted = bounded.fma(FloatVector.broadcast(F, LOG2_E), rounder);
    FloatVector n = shifted.sub(rounder);
    FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), bounded);
    r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
    FloatVector q = FloatVector.broadcast(F, EXP_4).fma(r, FloatVector.broadcast(F, EXP_3));
    q = q.fma(r, FloatVector.broadcast(F, EXP_2));
    q = q.fma(r, FloatVector.broadcast(F, EXP_1));
    q = q.fma(r, FloatVector.broadcast(F, EXP_0));
    FloatVector one = FloatVector.broadcast(F, 1f);
    return scale(q.fma(r, one).fma(r, one), shifted);
  }

  /** p times two to the power that stands in the lowest bits, in two steps that cannot overflow. */
  static FloatVector scale(FloatVector p, FloatVector shifted) {
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = exponent.sub(half);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(rest)); // no sum of exponents: that loses NaNs
  }

  static FloatVector powerOfTwo(IntVector exponent) {
    IntVector biased = exponent.add(EXPONENT_BIAS);
    return biased.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
  }

  /** The same in one step, where p and the result are normal. The shift drops the rounder. */
  static FloatVector raise(FloatVector p, FloatVector shifted) {
    IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
    return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }
}
