package dev.heddle.simd;

import static dev.heddle.simd.Species.D;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.SpecialFunctions;
import dev.heddle.kernel.WidePolynomials;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of {@link Polynomials} that compute in float64 and round once, on half as many
 * elements at a time as a float32 vector holds. Each method returns the number of elements done;
 * the caller computes the remaining ones.
 *
 * <p>The polynomials, mostly exp(t) - 1, are repeated in each method: no vector is passed in a call
 * (see the package).
 */
final class WideFunctions {
  /** How many elements are done at a time. */
  static final int STEP = Species.DOUBLE_LANES;

  /**
   * The lanes of a vector of float32 that are done at a time, the lower half. There is no narrower
   * vector of float32 here: methods of the JDK that have seen two classes of vectors are compiled
   * with calls that box them (docs/kernels.md).
   */
  static final VectorMask<Float> LOWER = VectorMask.fromLong(F, (1L << STEP) - 1);

  private static final int SIGN = 0x80000000;
  private static final DoubleVector NEGATIVE_INFINITY = all(Double.NEGATIVE_INFINITY);
  private static final DoubleVector NAN = all(Double.NaN);
  private static final DoubleVector GELU_CUBIC = all(SpecialFunctions.GELU_CUBIC);
  private static final DoubleVector GELU_SCALE = all(SpecialFunctions.GELU_SCALE);
  private static final DoubleVector LOG2_E = all(WidePolynomials.LOG2_E);
  private static final DoubleVector ROUNDER = all(WidePolynomials.ROUNDER);
  private static final DoubleVector LN2 = all(WidePolynomials.LN2);
  private static final DoubleVector LN2_HIGH = all(WidePolynomials.LN2_HIGH);
  private static final DoubleVector LN2_LOW = all(WidePolynomials.LN2_LOW);
  private static final DoubleVector TANH_ONE = all(WidePolynomials.TANH_ONE);
  private static final DoubleVector ERF_ONE = all(WidePolynomials.ERF_ONE);
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
  private static final DoubleVector ERF_0 = all(WidePolynomials.ERF_0);
  private static final DoubleVector ERF_1 = all(WidePolynomials.ERF_1);
  private static final DoubleVector ERF_2 = all(WidePolynomials.ERF_2);
  private static final DoubleVector ERF_3 = all(WidePolynomials.ERF_3);
  private static final DoubleVector ERF_4 = all(WidePolynomials.ERF_4);
  private static final DoubleVector ERF_5 = all(WidePolynomials.ERF_5);
  private static final DoubleVector ERF_6 = all(WidePolynomials.ERF_6);
  private static final DoubleVector ERF_7 = all(WidePolynomials.ERF_7);
  private static final DoubleVector ERF_8 = all(WidePolynomials.ERF_8);
  private static final DoubleVector ERF_9 = all(WidePolynomials.ERF_9);
  private static final DoubleVector ERF_10 = all(WidePolynomials.ERF_10);
  private static final DoubleVector ERF_11 = all(WidePolynomials.ERF_11);
  private static final DoubleVector ERF_12 = all(WidePolynomials.ERF_12);
  private static final DoubleVector MIN_EXPONENT = all(-WidePolynomials.EXP_BOUND);
  private static final DoubleVector MAX_EXPONENT = all(WidePolynomials.EXP_BOUND);
  private static final DoubleVector ONE = all(1);
  private static final DoubleVector TWO = all(2);

  private static final long ROUNDER_BITS = Double.doubleToRawLongBits(WidePolynomials.ROUNDER);
  private static final int EXPONENT_BIAS = 1023;
  private static final int MANTISSA_BITS = 52;

  private WideFunctions() {}

  static int expm1(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector w = (DoubleVector) x.castShape(D, 0);
      DoubleVector t = w;
      t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
      t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
      DoubleVector shifted = t.mul(LOG2_E).add(ROUNDER);
      DoubleVector whole = shifted.sub(ROUNDER);
      DoubleVector r = t.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW));
      DoubleVector p = r.mul(EXPM1_8).add(EXPM1_7);
      p = p.mul(r).add(EXPM1_6);
      p = p.mul(r).add(EXPM1_5);
      p = p.mul(r).add(EXPM1_4);
      p = p.mul(r).add(EXPM1_3);
      p = p.mul(r).add(EXPM1_2);
      p = p.mul(r).add(EXPM1_1);
      p = p.mul(r).add(EXPM1_0);
      p = r.add(r.mul(r).mul(p));
      LongVector power = shifted.reinterpretAsLongs().add(EXPONENT_BIAS - ROUNDER_BITS);
      DoubleVector scale =
          power.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
      DoubleVector e = p.mul(scale).add(scale.sub(ONE));
      FloatVector y = (FloatVector) e.castShape(F, 0);
      y.blend(x, x.compare(VectorOperators.EQ, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int log1p(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector w = (DoubleVector) x.castShape(D, 0);
      LongVector bits = w.add(ONE).reinterpretAsLongs();
      LongVector exponent =
          bits.sub(WidePolynomials.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
      LongVector mantissa = bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS));
      VectorMask<Double> same = exponent.compare(VectorOperators.EQ, 0).cast(D);
      DoubleVector f = mantissa.reinterpretAsDoubles().sub(ONE).blend(w, same);
      DoubleVector whole = exponent.add(ROUNDER_BITS).reinterpretAsDoubles().sub(ROUNDER);
      DoubleVector s = f.div(f.add(TWO)); // log(1 + f) is twice its inverse hyperbolic tangent
      DoubleVector square = s.mul(s);
      DoubleVector p = square.mul(ATANH_5).add(ATANH_4);
      p = p.mul(square).add(ATANH_3);
      p = p.mul(square).add(ATANH_2);
      p = p.mul(square).add(ATANH_1);
      p = p.mul(square).add(ATANH_0);
      p = s.mul(TWO).add(s.mul(square).mul(p));
      FloatVector y = (FloatVector) whole.mul(LN2).add(p).castShape(F, 0);
      VectorMask<Float> finite = x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY);
      y = x.blend(y, finite).blend(Float.NaN, x.compare(VectorOperators.LT, -1));
      y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1));
      y.blend(x, x.compare(VectorOperators.EQ, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int tanh(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector w = (DoubleVector) x.castShape(D, 0);
      w = w.abs();
      w = w.blend(TANH_ONE, w.compare(VectorOperators.GT, TANH_ONE));
      DoubleVector t = w.mul(TWO);
      t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
      t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
      DoubleVector shifted = t.mul(LOG2_E).add(ROUNDER);
      DoubleVector whole = shifted.sub(ROUNDER);
      DoubleVector r = t.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW));
      DoubleVector p = r.mul(EXPM1_8).add(EXPM1_7);
      p = p.mul(r).add(EXPM1_6);
      p = p.mul(r).add(EXPM1_5);
      p = p.mul(r).add(EXPM1_4);
      p = p.mul(r).add(EXPM1_3);
      p = p.mul(r).add(EXPM1_2);
      p = p.mul(r).add(EXPM1_1);
      p = p.mul(r).add(EXPM1_0);
      p = r.add(r.mul(r).mul(p));
      LongVector power = shifted.reinterpretAsLongs().add(EXPONENT_BIAS - ROUNDER_BITS);
      DoubleVector scale =
          power.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
      DoubleVector e = p.mul(scale).add(scale.sub(ONE));
      FloatVector y = (FloatVector) e.div(e.add(TWO)).castShape(F, 0);
      IntVector sign = x.reinterpretAsInts().and(SIGN);
      IntVector size = y.reinterpretAsInts().and(~SIGN);
      size.or(sign).reinterpretAsFloats().intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int sigmoid(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector w = (DoubleVector) x.castShape(D, 0);
      DoubleVector t = w.neg();
      t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
      t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
      DoubleVector shifted = t.mul(LOG2_E).add(ROUNDER);
      DoubleVector whole = shifted.sub(ROUNDER);
      DoubleVector r = t.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW));
      DoubleVector p = r.mul(EXPM1_8).add(EXPM1_7);
      p = p.mul(r).add(EXPM1_6);
      p = p.mul(r).add(EXPM1_5);
      p = p.mul(r).add(EXPM1_4);
      p = p.mul(r).add(EXPM1_3);
      p = p.mul(r).add(EXPM1_2);
      p = p.mul(r).add(EXPM1_1);
      p = p.mul(r).add(EXPM1_0);
      p = r.add(r.mul(r).mul(p));
      LongVector power = shifted.reinterpretAsLongs().add(EXPONENT_BIAS - ROUNDER_BITS);
      DoubleVector scale =
          power.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
      DoubleVector e = p.mul(scale).add(scale.sub(ONE));
      ((FloatVector) ONE.div(e.add(TWO)).castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int erf(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector w = (DoubleVector) x.castShape(D, 0);
      w = w.abs();
      w = w.blend(ERF_ONE, w.compare(VectorOperators.GT, ERF_ONE));
      DoubleVector polynomial = w.mul(ERF_12).add(ERF_11);
      polynomial = polynomial.mul(w).add(ERF_10);
      polynomial = polynomial.mul(w).add(ERF_9);
      polynomial = polynomial.mul(w).add(ERF_8);
      polynomial = polynomial.mul(w).add(ERF_7);
      polynomial = polynomial.mul(w).add(ERF_6);
      polynomial = polynomial.mul(w).add(ERF_5);
      polynomial = polynomial.mul(w).add(ERF_4);
      polynomial = polynomial.mul(w).add(ERF_3);
      polynomial = polynomial.mul(w).add(ERF_2);
      polynomial = polynomial.mul(w).add(ERF_1);
      polynomial = polynomial.mul(w).add(ERF_0);
      DoubleVector t = w.neg().mul(polynomial);
      t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
      t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
      DoubleVector shifted = t.mul(LOG2_E).add(ROUNDER);
      DoubleVector whole = shifted.sub(ROUNDER);
      DoubleVector r = t.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW));
      DoubleVector p = r.mul(EXPM1_8).add(EXPM1_7);
      p = p.mul(r).add(EXPM1_6);
      p = p.mul(r).add(EXPM1_5);
      p = p.mul(r).add(EXPM1_4);
      p = p.mul(r).add(EXPM1_3);
      p = p.mul(r).add(EXPM1_2);
      p = p.mul(r).add(EXPM1_1);
      p = p.mul(r).add(EXPM1_0);
      p = r.add(r.mul(r).mul(p));
      LongVector power = shifted.reinterpretAsLongs().add(EXPONENT_BIAS - ROUNDER_BITS);
      DoubleVector scale =
          power.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
      DoubleVector e = p.mul(scale).add(scale.sub(ONE));
      FloatVector y = (FloatVector) e.neg().castShape(F, 0);
      IntVector sign = x.reinterpretAsInts().and(SIGN);
      IntVector size = y.reinterpretAsInts().and(~SIGN);
      size.or(sign).reinterpretAsFloats().intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int silu(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector w = (DoubleVector) x.castShape(D, 0);
      DoubleVector t = w.neg();
      t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
      t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
      DoubleVector shifted = t.mul(LOG2_E).add(ROUNDER);
      DoubleVector whole = shifted.sub(ROUNDER);
      DoubleVector r = t.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW));
      DoubleVector p = r.mul(EXPM1_8).add(EXPM1_7);
      p = p.mul(r).add(EXPM1_6);
      p = p.mul(r).add(EXPM1_5);
      p = p.mul(r).add(EXPM1_4);
      p = p.mul(r).add(EXPM1_3);
      p = p.mul(r).add(EXPM1_2);
      p = p.mul(r).add(EXPM1_1);
      p = p.mul(r).add(EXPM1_0);
      p = r.add(r.mul(r).mul(p));
      LongVector power = shifted.reinterpretAsLongs().add(EXPONENT_BIAS - ROUNDER_BITS);
      DoubleVector scale =
          power.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
      DoubleVector e = p.mul(scale).add(scale.sub(ONE));
      DoubleVector y = w.mul(ONE.div(e.add(TWO)));
      y = y.blend(NAN, w.compare(VectorOperators.EQ, NEGATIVE_INFINITY));
      ((FloatVector) y.castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int geluTanh(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector w = (DoubleVector) x.castShape(D, 0);
      DoubleVector gate = w.add(w.mul(GELU_CUBIC).mul(w).mul(w)).mul(GELU_SCALE);
      DoubleVector t = gate.neg();
      t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
      t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
      DoubleVector shifted = t.mul(LOG2_E).add(ROUNDER);
      DoubleVector whole = shifted.sub(ROUNDER);
      DoubleVector r = t.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW));
      DoubleVector p = r.mul(EXPM1_8).add(EXPM1_7);
      p = p.mul(r).add(EXPM1_6);
      p = p.mul(r).add(EXPM1_5);
      p = p.mul(r).add(EXPM1_4);
      p = p.mul(r).add(EXPM1_3);
      p = p.mul(r).add(EXPM1_2);
      p = p.mul(r).add(EXPM1_1);
      p = p.mul(r).add(EXPM1_0);
      p = r.add(r.mul(r).mul(p));
      LongVector power = shifted.reinterpretAsLongs().add(EXPONENT_BIAS - ROUNDER_BITS);
      DoubleVector scale =
          power.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
      DoubleVector e = p.mul(scale).add(scale.sub(ONE));
      DoubleVector y = w.mul(ONE.div(e.add(TWO)));
      y = y.blend(NAN, w.compare(VectorOperators.EQ, NEGATIVE_INFINITY));
      ((FloatVector) y.castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(D, value);
  }
}
