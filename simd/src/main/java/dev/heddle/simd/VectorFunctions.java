package dev.heddle.simd;

import static dev.heddle.kernel.Polynomials.EXP_0;
import static dev.heddle.kernel.Polynomials.EXP_1;
import static dev.heddle.kernel.Polynomials.EXP_2;
import static dev.heddle.kernel.Polynomials.EXP_3;
import static dev.heddle.kernel.Polynomials.EXP_4;
import static dev.heddle.kernel.Polynomials.EXP_INFINITE;
import static dev.heddle.kernel.Polynomials.EXP_ZERO;
import static dev.heddle.kernel.Polynomials.LN2_HIGH;
import static dev.heddle.kernel.Polynomials.LN2_LOW;
import static dev.heddle.kernel.Polynomials.LOG2_E;
import static dev.heddle.kernel.Polynomials.LOG_0;
import static dev.heddle.kernel.Polynomials.LOG_1;
import static dev.heddle.kernel.Polynomials.LOG_2;
import static dev.heddle.kernel.Polynomials.LOG_3;
import static dev.heddle.kernel.Polynomials.LOG_4;
import static dev.heddle.kernel.Polynomials.LOG_5;
import static dev.heddle.kernel.Polynomials.LOG_6;
import static dev.heddle.kernel.Polynomials.LOG_7;
import static dev.heddle.kernel.Polynomials.LOG_8;
import static dev.heddle.kernel.Polynomials.ROUNDER;
import static dev.heddle.kernel.Polynomials.SQRT_HALF_BITS;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.UnaryFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of {@link Polynomials} with vectors. Those of one or two instructions use the
 * scalar loops, which the JIT compiler vectorizes.
 */
final class VectorFunctions {
  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;

  private VectorFunctions() {}

  /** Whether this class implements a function. */
  static boolean has(UnaryFunction function) {
    return switch (function) {
      case EXP, LOG, EXPM1, LOG1P, TANH, SIGMOID, ERF, SILU, GELU_TANH -> true;
      case EXP2, LOG2, CBRT, SOFTPLUS, ERFC, GELU, GELU_DERIVATIVE, SIN, COS -> true;
      default -> false;
    };
  }

  /** Computes all whole vectors; returns the number of elements done, 0 if not implemented. */
  static int map(UnaryFunction function, float[] in, int from, float[] out, int at, int n) {
    return switch (function) {
      case EXP -> exp(in, from, out, at, n);
      case LOG -> log(in, from, out, at, n);
      case EXPM1 -> WideFunctions.expm1(in, from, out, at, n);
      case LOG1P -> WideFunctions.log1p(in, from, out, at, n);
      case TANH -> WideFunctions.tanh(in, from, out, at, n);
      case SIGMOID -> WideFunctions.sigmoid(in, from, out, at, n);
      case ERF -> WideFunctions.erf(in, from, out, at, n);
      case SILU -> WideFunctions.silu(in, from, out, at, n);
      case GELU_TANH -> WideFunctions.geluTanh(in, from, out, at, n);
      case EXP2 -> WideFunctions.exp2(in, from, out, at, n);
      case LOG2 -> WideFunctions.log2(in, from, out, at, n);
      case CBRT -> WideFunctions.cbrt(in, from, out, at, n);
      case SOFTPLUS -> WideFunctions.softplus(in, from, out, at, n);
      case ERFC -> WideFunctions.erfc(in, from, out, at, n);
      case GELU -> WideFunctions.gelu(in, from, out, at, n);
      case GELU_DERIVATIVE -> WideFunctions.geluDerivative(in, from, out, at, n);
      case SIN -> WideFunctions.sin(in, from, out, at, n);
      case COS -> WideFunctions.cos(in, from, out, at, n);
      default -> 0;
    };
  }

  private static int exp(float[] in, int from, float[] out, int at, int n) {
    FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
    FloatVector one = FloatVector.broadcast(F, 1f);
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      x = x.blend(EXP_INFINITE, x.compare(VectorOperators.GT, EXP_INFINITE));
      x = x.blend(EXP_ZERO, x.compare(VectorOperators.LT, EXP_ZERO));
      FloatVector shifted = x.fma(FloatVector.broadcast(F, LOG2_E), rounder);
      FloatVector whole = shifted.sub(rounder);
      FloatVector r = whole.fma(FloatVector.broadcast(F, -LN2_HIGH), x);
      r = whole.fma(FloatVector.broadcast(F, -LN2_LOW), r);
      FloatVector q = FloatVector.broadcast(F, EXP_4).fma(r, FloatVector.broadcast(F, EXP_3));
      q = q.fma(r, FloatVector.broadcast(F, EXP_2));
      q = q.fma(r, FloatVector.broadcast(F, EXP_1));
      q = q.fma(r, FloatVector.broadcast(F, EXP_0));
      FloatVector p = q.fma(r, one).fma(r, one);
      // Two factors cannot overflow; adding exponents instead would lose NaNs.
      IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = exponent.sub(half).add(EXPONENT_BIAS);
      half = half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      rest = rest.lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      p = p.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats());
      p.intoArray(out, at + i);
    }
    return i;
  }

  private static int log(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
      IntVector bits = x.blend(x.mul(0x1p23f), subnormal).reinterpretAsInts();
      IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
      FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
      e = e.blend(e.sub(23f), subnormal);
      IntVector mantissa = bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS));
      FloatVector f = mantissa.reinterpretAsFloats().sub(1f);
      FloatVector large = e.mul(LN2_HIGH);
      FloatVector high = large.add(f);
      FloatVector low = f.sub(high.sub(large));
      FloatVector square = f.mul(f);
      low = e.fma(FloatVector.broadcast(F, LN2_LOW), low);
      FloatVector y = FloatVector.broadcast(F, -0.5f).fma(square, low);
      FloatVector q = FloatVector.broadcast(F, LOG_8).fma(f, FloatVector.broadcast(F, LOG_7));
      q = q.fma(f, FloatVector.broadcast(F, LOG_6));
      q = q.fma(f, FloatVector.broadcast(F, LOG_5));
      q = q.fma(f, FloatVector.broadcast(F, LOG_4));
      q = q.fma(f, FloatVector.broadcast(F, LOG_3));
      q = q.fma(f, FloatVector.broadcast(F, LOG_2));
      q = q.fma(f, FloatVector.broadcast(F, LOG_1));
      q = q.fma(f, FloatVector.broadcast(F, LOG_0));
      FloatVector result = high.add(q.fma(square.mul(f), y));
      result = x.blend(result, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
      result = result.blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
      result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
      result.intoArray(out, at + i);
    }
    return i;
  }
}
