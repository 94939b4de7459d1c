package dev.heddle.simd;

import static dev.heddle.simd.WideFunctions.HALF;
import static dev.heddle.simd.WideFunctions.STEP;

import dev.heddle.kernel.Polynomials;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Exponential and logarithm to base 2 of {@link Polynomials}; as {@link WideFunctions}. */
final class PowerFunctions {
  private PowerFunctions() {}

  static int exp2(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      DoubleVector x = WideFunctions.wide(FloatVector.fromArray(HALF, in, from + i));
      ((FloatVector) WideMath.exp2(x).castShape(HALF, 0)).intoArray(out, at + i);
    }
    return i;
  }

  static int log2(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(HALF, in, from + i);
      FloatVector y = (FloatVector) WideMath.log2(WideFunctions.wide(x)).castShape(HALF, 0);
      y = x.blend(y, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
      y = y.blend(Float.NaN, x.compare(VectorOperators.LT, 0));
      y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
      y.intoArray(out, at + i);
    }
    return i;
  }
}
