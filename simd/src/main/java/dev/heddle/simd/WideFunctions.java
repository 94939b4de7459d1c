package dev.heddle.simd;

import static dev.heddle.simd.Species.F;

import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.SpecialFunctions;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Those functions of {@link Polynomials} that compute in float64 and round once, half as many
 * elements at a time as a vector of float32 holds. Each returns how many elements it did; the few
 * that fill no vector are left.
 *
 * <p>What comes after the polynomial is written out in each: a method of our own is not inlined any
 * more behind so many operations, and its vectors would be objects.
 */
final class WideFunctions {
  /** Vectors of float64. */
  static final VectorSpecies<Double> D = VectorSpecies.of(double.class, F.vectorShape());

  /** As many float32 as those hold. */
  static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

  /** How many elements are done at a time. */
  static final int STEP = HALF.length();

  private static final int SIGN = 0x80000000;
  private static final DoubleVector LEAST = DoubleVector.broadcast(D, Double.NEGATIVE_INFINITY);
  private static final DoubleVector LOST = DoubleVector.broadcast(D, Double.NaN);
  private static final DoubleVector GELU_CUBIC =
      DoubleVector.broadcast(D, SpecialFunctions.GELU_CUBIC);
  private static final DoubleVector GELU_SCALE =
      DoubleVector.broadcast(D, SpecialFunctions.GELU_SCALE);

  private WideFunctions() {}

  static int expm1(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(HALF, in, from + i);
      FloatVector y = (FloatVector) WideMath.expm1(wide(x)).castShape(HALF, 0);
      y.blend(x, x.compare(VectorOperators.EQ, 0)).intoArray(out, at + i);
    }
    return i;
  }

  static int log1p(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(HALF, in, from + i);
      FloatVector y = (FloatVector) WideMath.log1p(wide(x)).castShape(HALF, 0);
      VectorMask<Float> finite = x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY);
      y = x.blend(y, finite).blend(Float.NaN, x.compare(VectorOperators.LT, -1));
      y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1));
      y.blend(x, x.compare(VectorOperators.EQ, 0)).intoArray(out, at + i);
    }
    return i;
  }

  static int tanh(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(HALF, in, from + i);
      FloatVector y = (FloatVector) WideMath.tanh(wide(x.abs())).castShape(HALF, 0);
      IntVector sign = x.reinterpretAsInts().and(SIGN);
      IntVector size = y.reinterpretAsInts().and(~SIGN);
      size.or(sign).reinterpretAsFloats().intoArray(out, at + i);
    }
    return i;
  }

  static int sigmoid(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      DoubleVector x = wide(FloatVector.fromArray(HALF, in, from + i));
      ((FloatVector) WideMath.sigmoid(x).castShape(HALF, 0)).intoArray(out, at + i);
    }
    return i;
  }

  static int erf(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(HALF, in, from + i);
      FloatVector y = (FloatVector) WideMath.erf(wide(x.abs())).castShape(HALF, 0);
      IntVector sign = x.reinterpretAsInts().and(SIGN);
      IntVector size = y.reinterpretAsInts().and(~SIGN);
      size.or(sign).reinterpretAsFloats().intoArray(out, at + i);
    }
    return i;
  }

  static int silu(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      DoubleVector x = wide(FloatVector.fromArray(HALF, in, from + i));
      DoubleVector y = x.mul(WideMath.sigmoid(x));
      y = y.blend(LOST, x.compare(VectorOperators.EQ, LEAST));
      ((FloatVector) y.castShape(HALF, 0)).intoArray(out, at + i);
    }
    return i;
  }

  static int geluTanh(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + STEP <= n; i += STEP) {
      DoubleVector x = wide(FloatVector.fromArray(HALF, in, from + i));
      DoubleVector gate = x.add(x.mul(GELU_CUBIC).mul(x).mul(x)).mul(GELU_SCALE);
      DoubleVector y = x.mul(WideMath.sigmoid(gate));
      y = y.blend(LOST, x.compare(VectorOperators.EQ, LEAST));
      ((FloatVector) y.castShape(HALF, 0)).intoArray(out, at + i);
    }
    return i;
  }

  static DoubleVector wide(FloatVector x) {
    return (DoubleVector) x.castShape(D, 0);
  }
}
