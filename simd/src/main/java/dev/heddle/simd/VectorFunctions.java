package dev.heddle.simd;

import static dev.heddle.kernel.Polynomials.EXP_INFINITE;
import static dev.heddle.kernel.Polynomials.EXP_ZERO;
import static dev.heddle.kernel.Polynomials.LN2_HIGH;
import static dev.heddle.kernel.Polynomials.LN2_LOW;
import static dev.heddle.kernel.Polynomials.LOG_0;
import static dev.heddle.kernel.Polynomials.LOG_1;
import static dev.heddle.kernel.Polynomials.LOG_2;
import static dev.heddle.kernel.Polynomials.LOG_3;
import static dev.heddle.kernel.Polynomials.LOG_4;
import static dev.heddle.kernel.Polynomials.LOG_5;
import static dev.heddle.kernel.Polynomials.LOG_6;
import static dev.heddle.kernel.Polynomials.LOG_7;
import static dev.heddle.kernel.Polynomials.LOG_8;
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
 * The functions of {@link Polynomials} over many elements. Those that are one or two instructions
 * stay with the plain loops.
 */
final class VectorFunctions {
  private static final int MANTISSA_BITS = 23;

  private VectorFunctions() {}

  /** Whether a function has vector code here. */
  static boolean has(UnaryFunction function) {
    return switch (function) {
      case EXP, LOG, EXPM1, LOG1P, TANH, SIGMOID, ERF, SILU, GELU_TANH -> true;
      case EXP2, LOG2, CBRT, SOFTPLUS, ERFC, GELU, GELU_SLOPE, SIN, COS -> true;
      default -> false;
    };
  }

  /** How many elements from the first on it did: all but the few that fill no vector, or none. */
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
      case EXP2 -> PowerFunctions.exp2(in, from, out, at, n);
      case LOG2 -> PowerFunctions.log2(in, from, out, at, n);
      case CBRT -> RootFunctions.cbrt(in, from, out, at, n);
      case SOFTPLUS -> RootFunctions.softplus(in, from, out, at, n);
      case ERFC -> TailFunctions.erfc(in, from, out, at, n);
      case GELU -> TailFunctions.gelu(in, from, out, at, n);
      case GELU_SLOPE -> TailFunctions.geluSlope(in, from, out, at, n);
      case SIN -> CircularFunctions.sin(in, from, out, at, n);
      case COS -> CircularFunctions.cos(in, from, out, at, n);
      default -> 0;
    };
  }

  private static int exp(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      FloatVector below = x.blend(EXP_INFINITE, x.compare(VectorOperators.GT, EXP_INFINITE));
      VectorMask<Float> small = below.compare(VectorOperators.LT, EXP_ZERO);
      VectorMath.expOfBounded(below.blend(EXP_ZERO, small)).intoArray(out, at + i);
    }
    return i;
  }

  private static int log(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      log(FloatVector.fromArray(F, in, from + i)).intoArray(out, at + i);
    }
    return i;
  }

  private static FloatVector log(FloatVector x) {
    VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p23f), subnormal).reinterpretAsInts();
    IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
    FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
    e = e.blend(e.sub(23f), subnormal);
    FloatVector f =
        bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS))
            .reinterpretAsFloats()
            .sub(1f);
    FloatVector large = e.mul(LN2_HIGH);
    FloatVector high = large.add(f);
    FloatVector low = f.sub(high.sub(large));
    FloatVector square = f.mul(f);
    FloatVector y = broadcast(-0.5f).fma(square, e.fma(broadcast(LN2_LOW), low));
    y = logPolynomial(f).fma(square.mul(f), y);
    FloatVector result = high.add(y);
    result = x.blend(result, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
    result = result.blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
    return result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
  }

  private static FloatVector logPolynomial(FloatVector f) {
    FloatVector q = broadcast(LOG_8).fma(f, broadcast(LOG_7));
    q = q.fma(f, broadcast(LOG_6));
    q = q.fma(f, broadcast(LOG_5));
    q = q.fma(f, broadcast(LOG_4));
    q = q.fma(f, broadcast(LOG_3));
    q = q.fma(f, broadcast(LOG_2));
    q = q.fma(f, broadcast(LOG_1));
    return q.fma(f, broadcast(LOG_0));
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(F, value);
  }
}
