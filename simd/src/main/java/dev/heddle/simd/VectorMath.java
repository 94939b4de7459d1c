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

/** The elementary functions of {@link Polynomials}, operation for operation. */
final class VectorMath {
  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;

  private VectorMath() {}

  /** {@link Polynomials#exp} of what is at most 0 or NaN: the bound above is left out. */
  static FloatVector expOfNegative(FloatVector x) {
    return expOfBounded(x.blend(EXP_ZERO, x.compare(VectorOperators.LT, EXP_ZERO)));
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
    FloatVector p = q.fma(r, one).fma(r, one);
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = exponent.sub(half);
    FloatVector first =
        half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
    FloatVector second =
        rest.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
    return p.mul(first).mul(second);
  }
}
