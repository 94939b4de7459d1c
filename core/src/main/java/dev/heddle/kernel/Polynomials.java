package dev.heddle.kernel;

import static dev.heddle.kernel.Fma.fma;

/**
 * The elementary functions of float32 as polynomials, which define the bits for all kernels.
 *
 * <p>All are at most 1 ulp from the true value, with the right NaN, infinities, signed zeros and
 * subnormals. They use no branches, tables or anything else that is not available in a vector lane:
 * a vector kernel repeats them operation for operation and gets the same bits. Every step is an
 * IEEE add, subtract, multiply, divide, {@link Fma#fma fma}, minimum, maximum, a selection, or
 * integer arithmetic on the bits.
 *
 * <p>{@link #exp} and {@link #log}, which matter most for attention, are computed in float32
 * (measured over all values: 0.91 and 0.83 ulp). The others compute in float64, without fma, and
 * round once (0.51 ulp; {@link WidePolynomials}). {@link #sin} and {@link #cos} of {@link
 * WidePolynomials#CIRCULAR_FAR} and more, and the special cases of {@link #pow}, use {@link
 * StrictMath}, whose bits are fixed too.
 */
public final class Polynomials {
  /** {@link #exp} is exactly 0 at and below this. */
  public static final float EXP_ZERO = -104f;

  /** {@link #exp} is infinite at and above this; the last finite value is exp(88.72283). */
  public static final float EXP_INFINITE = 89f;

  /** 1.5 * 2^23: adding a small number to it rounds that to an integer in the lowest bits. */
  public static final float ROUNDER = 0x1.8p23f;

  /** 1 / ln 2. */
  public static final float LOG2_E = 0x1.715476p0f;

  /** The first 9 bits of ln 2: exact when multiplied by an exponent. */
  public static final float LN2_HIGH = 0.693359375f;

  /** The remainder ln 2 - {@link #LN2_HIGH}. */
  public static final float LN2_LOW = -2.12194440e-4f;

  /** exp(r) = 1 + r + r^2 * (EXP_0 + r * (EXP_1 + ...)) for |r| up to ln(2) / 2. */
  public static final float EXP_0 = 0x1.fffff8p-2f;

  public static final float EXP_1 = 0x1.55548ep-3f;
  public static final float EXP_2 = 0x1.555b9ap-5f;
  public static final float EXP_3 = 0x1.123bf0p-7f;
  public static final float EXP_4 = 0x1.684fe4p-10f;

  /** Bits of sqrt(1/2): mantissas are reduced to the range from it to sqrt(2). */
  public static final int SQRT_HALF_BITS = 0x3f3504f3;

  /** log(1 + f) = f - f^2 / 2 + f^3 * (LOG_0 + f * (LOG_1 + ...)) for f in that range minus 1. */
  public static final float LOG_0 = 0x1.555546p-2f;

  public static final float LOG_1 = -0x1.00000ap-2f;
  public static final float LOG_2 = 0x1.99a546p-3f;
  public static final float LOG_3 = -0x1.555ae4p-3f;
  public static final float LOG_4 = 0x1.232cfap-3f;
  public static final float LOG_5 = -0x1.fc4dap-4f;
  public static final float LOG_6 = 0x1.e7a54ep-4f;
  public static final float LOG_7 = -0x1.dd651p-4f;
  public static final float LOG_8 = 0x1.11c874p-4f;

  /** At and above this every float32 is an even integer. */
  private static final float ODD_BELOW = 0x1p24f;

  private Polynomials() {}

  /**
   * e to the power of x. Exactly 0 for x at most -104, infinite if the true value rounds to
   * infinity, subnormal between; NaN stays NaN.
   */
  public static float exp(float x) {
    float bounded = Math.max(EXP_ZERO, Math.min(EXP_INFINITE, x));
    float shifted = fma(bounded, LOG2_E, ROUNDER);
    float n = shifted - ROUNDER;
    float r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, bounded));
    float q = fma(EXP_4, r, EXP_3);
    q = fma(q, r, EXP_2);
    q = fma(q, r, EXP_1);
    q = fma(q, r, EXP_0);
    float p = fma(fma(q, r, 1f), r, 1f);
    int exponent = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDER);
    int half =
        exponent >> 1; // 2^exponent itself may not be representable; the second product rounds
    return p * powerOfTwo(half) * powerOfTwo(exponent - half);
  }

  /** e to the power of x in float64, with the bits of {@link StrictMath}. */
  public static double exp(double x) {
    return StrictMath.exp(x);
  }

  /** The natural logarithm in float64, with the bits of {@link StrictMath}. */
  public static double log(double x) {
    return StrictMath.log(x);
  }

  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((exponent + 127) << 23);
  }

  /** The natural logarithm. -infinity for both zeros, NaN below 0, accurate for subnormals. */
  public static float log(float x) {
    boolean subnormal = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(subnormal ? x * 0x1p23f : x);
    int exponent = (bits - SQRT_HALF_BITS) >> 23;
    float e = exponent - (subnormal ? 23f : 0f);
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
    float large = e * LN2_HIGH;
    float high = large + f;
    float low = f - (high - large); // the exact rounding error of the sum
    float q = fma(LOG_8, f, LOG_7);
    q = fma(q, f, LOG_6);
    q = fma(q, f, LOG_5);
    q = fma(q, f, LOG_4);
    q = fma(q, f, LOG_3);
    q = fma(q, f, LOG_2);
    q = fma(q, f, LOG_1);
    q = fma(q, f, LOG_0);
    float square = f * f;
    float y = fma(q, square * f, fma(-0.5f, square, fma(e, LN2_LOW, low)));
    float result = high + y;
    result = x < Float.POSITIVE_INFINITY ? result : x; // infinity and NaN
    result = x < 0f ? Float.NaN : result;
    return x == 0f ? Float.NEGATIVE_INFINITY : result;
  }

  /** 2 to the power of x. */
  public static float exp2(float x) {
    return (float) WidePolynomials.exp2(x);
  }

  /** exp(x) - 1, accurate near 0 too. */
  public static float expm1(float x) {
    return x == 0 ? x : (float) WidePolynomials.expm1(x);
  }

  /** log(1 + x), accurate near 0 too. */
  public static float log1p(float x) {
    float result = (float) WidePolynomials.log1p(x);
    result = x < Float.POSITIVE_INFINITY ? result : x;
    result = x < -1f ? Float.NaN : result;
    result = x == -1f ? Float.NEGATIVE_INFINITY : result;
    return x == 0f ? x : result;
  }

  /** The logarithm to base 2; exact for powers of two. */
  public static float log2(float x) {
    float result = (float) WidePolynomials.log2(x);
    result = x < Float.POSITIVE_INFINITY ? result : x;
    result = x < 0f ? Float.NaN : result;
    return x == 0f ? Float.NEGATIVE_INFINITY : result;
  }

  /** The hyperbolic tangent. */
  public static float tanh(float x) {
    double t = WidePolynomials.expm1(2 * Math.min(Math.abs((double) x), WidePolynomials.TANH_ONE));
    return Math.copySign((float) (t / (t + 2)), x);
  }

  /** The hyperbolic tangent in float64, with the bits of {@link StrictMath}. */
  public static double tanh(double x) {
    return StrictMath.tanh(x);
  }

  /** 1 / (1 + exp(-x)), JAX's logistic. */
  public static float sigmoid(float x) {
    return (float) WidePolynomials.sigmoid(x);
  }

  /** The error function. */
  public static float erf(float x) {
    return Math.copySign((float) WidePolynomials.erf(Math.abs((double) x)), x);
  }

  /** 1 - erf(x), accurate in the tail too. */
  public static float erfc(float x) {
    return (float) WidePolynomials.erfc(x);
  }

  /** x * sigmoid(x), rounded once; NaN for -infinity, as the product -infinity * 0. */
  public static float silu(float x) {
    return gate(x, x);
  }

  /**
   * x * sigmoid(2 u) with u = sqrt(2 / pi) * (x + 0.044715 x^3), which is x * (1 + tanh(u)) / 2,
   * rounded once.
   */
  public static float geluTanh(float x) {
    return gate(x, SpecialFunctions.geluGate(x));
  }

  /** x * (1 + erf(x / sqrt(2))) / 2, rounded once; NaN for -infinity, as {@link #silu}. */
  public static float gelu(float x) {
    return (float) WidePolynomials.gelu(x);
  }

  /** The derivative of {@link #gelu}; its limits for infinities. */
  public static float geluDerivative(float x) {
    return (float) WidePolynomials.geluDerivative(x);
  }

  /** log(1 + exp(x)), rounded once. */
  public static float softplus(float x) {
    return (float) WidePolynomials.softplus(x);
  }

  /** The sine; by {@link StrictMath} far from 0. */
  public static float sin(float x) {
    boolean isNear = Math.abs(x) < WidePolynomials.CIRCULAR_FAR;
    float result = (float) (isNear ? WidePolynomials.sin(x) : StrictMath.sin(x));
    return x == 0f ? x : result;
  }

  /** The cosine; by {@link StrictMath} far from 0. */
  public static float cos(float x) {
    boolean isNear = Math.abs(x) < WidePolynomials.CIRCULAR_FAR;
    return (float) (isNear ? WidePolynomials.cos(x) : StrictMath.cos(x));
  }

  /** The square root, correctly rounded. */
  public static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  /** 1 / sqrt(x): root and quotient in float64, rounded once. */
  public static float rsqrt(float x) {
    return (float) (1 / Math.sqrt(x));
  }

  /** The cube root. */
  public static float cbrt(float x) {
    float size = Math.abs(x);
    float result = Math.copySign((float) WidePolynomials.cbrt(size), x);
    return size > 0f && size < Float.POSITIVE_INFINITY ? result : x;
  }

  /** x to the power of y, with C's special cases, those of {@link StrictMath}. */
  public static float pow(float x, float y) {
    float size = Math.abs(x);
    boolean finite = size > 0 && size < Float.POSITIVE_INFINITY && Math.abs(y) <= Float.MAX_VALUE;
    if (!finite || (x < 0 && y != Math.rint(y))) {
      return (float) SpecialFunctions.pow(x, y);
    }
    float result = (float) WidePolynomials.pow(size, y);
    boolean isOdd = Math.abs(y) < ODD_BELOW && ((int) y & 1) != 0;
    return x < 0 && isOdd ? -result : result;
  }

  private static float gate(double x, double by) {
    return x == Double.NEGATIVE_INFINITY ? Float.NaN : (float) (x * WidePolynomials.sigmoid(by));
  }
}
