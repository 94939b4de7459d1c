package dev.heddle.kernel;

import static dev.heddle.kernel.Fma.fma;

/**
 * The elementary functions of float32, whose bits every kernel shares, each one polynomial.
 *
 * <p>All are at most 1 ulp from the true value, with the right NaN, infinities, signed zeros and
 * subnormals. They are written without branches, tables or anything else that a vector lane does
 * not have: a vector kernel repeats them operation for operation and gets the same bits. Every step
 * is IEEE's add, subtract, multiply, divide, {@link Fma#fma fma}, minimum, maximum, a selection, or
 * integer arithmetic on the bits.
 *
 * <p>{@link #exp} and {@link #log}, which attention spends its time in, stay in float32 (measured
 * over all values: 0.91 and 0.83 ulp). The others compute in float64, without fma, and round once
 * (0.51 ulp). {@link #sin}, {@link #cos}, {@link #pow}, {@link #cbrt} go through {@link
 * StrictMath}, whose bits are fixed too.
 */
public final class Polynomials {
  /** Where {@link #exp} is exactly 0: at and below this. */
  public static final float EXP_ZERO = -104f;

  /** Where {@link #exp} is infinite for certain; the last finite value is exp(88.72283). */
  public static final float EXP_INFINITE = 89f;

  /** 1.5 * 2^23: a small number added to it is rounded to an integer in the lowest bits. */
  public static final float ROUNDER = 0x1.8p23f;

  /** 1 / ln 2. */
  public static final float LOG2_E = 0x1.715476p0f;

  /** The first 9 bits of ln 2: exact when multiplied by an exponent. */
  public static final float LN2_HIGH = 0.693359375f;

  /** What {@link #LN2_HIGH} lacks of ln 2. */
  public static final float LN2_LOW = -2.12194440e-4f;

  /** exp(r) = 1 + r + r^2 * (EXP_0 + r * (EXP_1 + ...)) for |r| up to ln(2) / 2. */
  public static final float EXP_0 = 0x1.fffff8p-2f;

  public static final float EXP_1 = 0x1.55548ep-3f;
  public static final float EXP_2 = 0x1.555b9ap-5f;
  public static final float EXP_3 = 0x1.123bf0p-7f;
  public static final float EXP_4 = 0x1.684fe4p-10f;

  /** Bits of sqrt(1/2): mantissas are taken from there to sqrt(2). */
  public static final int SQRT_HALF_BITS = 0x3f3504f3;

  /** log(1 + f) = f - f^2 / 2 + f^3 * (LOG_0 + f * (LOG_1 + ...)) for f as those mantissas give. */
  public static final float LOG_0 = 0x1.555546p-2f;

  public static final float LOG_1 = -0x1.00000ap-2f;
  public static final float LOG_2 = 0x1.99a546p-3f;
  public static final float LOG_3 = -0x1.555ae4p-3f;
  public static final float LOG_4 = 0x1.232cfap-3f;
  public static final float LOG_5 = -0x1.fc4dap-4f;
  public static final float LOG_6 = 0x1.e7a54ep-4f;
  public static final float LOG_7 = -0x1.dd651p-4f;
  public static final float LOG_8 = 0x1.11c874p-4f;

  private static final double ROUNDER_64 = 0x1.8p52;
  private static final double LOG2_E_64 = 0x1.71547652b82fep0;
  private static final double LN2_64 = 0x1.62e42fefa39efp-1;
  private static final double LN2_HIGH_64 = 0x1.62e42feep-1;
  private static final double LN2_LOW_64 = 0x1.a39ef35793c76p-33;
  private static final long SQRT_HALF_BITS_64 = 0x3fe6a09e667f3bcdL;

  /** exp(r) - 1 = r + r^2 * (these, lowest first) for |r| up to ln(2) / 2. */
  private static final double[] EXPM1 = {
    0x1.0000000000005p-1, 0x1.5555555552040p-3, 0x1.55555555520cfp-5,
    0x1.111111219abf7p-7, 0x1.6c16c17f45f2bp-10, 0x1.a0199a96c5205p-13,
    0x1.a019a64fd2b6cp-16, 0x1.72dbc9313758ep-19, 0x1.28a2e92066c6bp-22
  };

  /** 2 atanh(s) = 2 s + s^3 * (these, lowest first, in s^2) for |s| up to 0.172. */
  private static final double[] ATANH = {
    0x1.5555555553847p-1, 0x1.999999a2cf825p-2, 0x1.2492415498466p-2,
    0x1.c7228aa3d4bb3p-3, 0x1.7329e0d722c2dp-3, 0x1.58923453c377fp-3
  };

  /** erf(x) = 1 - exp(-x * (these, lowest first)) for x from 0 to {@link #ERF_ONE}. */
  private static final double[] ERF = {
    0x1.20dd750409b4ap+0, 0x1.45f30704e833cp-1, 0x1.a4f4c1ec3be65p-4,
    -0x1.39617182d9ac6p-6, -0x1.c378d926ca90ep-13, 0x1.c147e8aef4165p-10,
    -0x1.460989c358509p-11, 0x1.044db889b94e9p-14, 0x1.48a0d9579def0p-15,
    -0x1.61ce8b40620d2p-16, 0x1.5311f9af07b3fp-18, -0x1.57ab6f8e8d525p-21,
    0x1.2926caf19bc9dp-25
  };

  private static final double ERF_ONE = 3.95; // from 3.92 on erf rounds to 1
  private static final double TANH_ONE = 10; // from 9.02 on tanh rounds to 1
  private static final double EXP_BOUND = 700; // far beyond float32, and still inside float64

  private Polynomials() {}

  /**
   * e to the power of x. Exactly 0 for x at most -104, infinite where the true value rounds so,
   * subnormal between; NaN stays NaN.
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
    int half = exponent >> 1; // 2^exponent itself may be no float; the second product rounds
    return p * powerOfTwo(half) * powerOfTwo(exponent - half);
  }

  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((exponent + 127) << 23);
  }

  /** The natural logarithm. -infinity for both zeros, NaN below them, right for subnormals. */
  public static float log(float x) {
    boolean subnormal = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(subnormal ? x * 0x1p23f : x);
    int exponent = (bits - SQRT_HALF_BITS) >> 23;
    float e = exponent - (subnormal ? 23f : 0f);
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
    float large = e * LN2_HIGH;
    float high = large + f;
    float low = f - (high - large); // exactly what the sum lost
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
    return (float) StrictMath.pow(2, x);
  }

  /** exp(x) - 1, exact to the last place near 0 too. */
  public static float expm1(float x) {
    return x == 0 ? x : (float) wideExpm1(x);
  }

  /** log(1 + x), exact to the last place near 0 too. */
  public static float log1p(float x) {
    double sum = 1.0 + x;
    long bits = Double.doubleToRawLongBits(sum);
    long exponent = (bits - SQRT_HALF_BITS_64) >> 52;
    double f = exponent == 0 ? x : Double.longBitsToDouble(bits - (exponent << 52)) - 1;
    float result = (float) (exponent * LN2_64 + twiceAtanh(f / (2 + f)));
    result = x < Float.POSITIVE_INFINITY ? result : x;
    result = x < -1f ? Float.NaN : result;
    result = x == -1f ? Float.NEGATIVE_INFINITY : result;
    return x == 0f ? x : result;
  }

  /** The logarithm to base 2; exact for powers of two. */
  public static float log2(float x) {
    return (float) (StrictMath.log(x) / LN2_64);
  }

  /** The hyperbolic tangent. */
  public static float tanh(float x) {
    double t = wideExpm1(2 * Math.min(Math.abs((double) x), TANH_ONE));
    return Math.copySign((float) (t / (t + 2)), x);
  }

  /** 1 / (1 + exp(-x)), JAX's logistic. */
  public static float sigmoid(float x) {
    return (float) wideSigmoid(x);
  }

  /** The error function. */
  public static float erf(float x) {
    double bounded = Math.min(Math.abs((double) x), ERF_ONE);
    return Math.copySign((float) -wideExpm1(-bounded * horner(ERF, bounded)), x);
  }

  /** 1 - erf(x), right in the tail too. */
  public static float erfc(float x) {
    return (float) SpecialFunctions.erfc(x);
  }

  /** x * sigmoid(x), rounded once; NaN for -infinity, as the product of its limits. */
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

  /** The sine, by way of {@link StrictMath}. */
  public static float sin(float x) {
    return (float) StrictMath.sin(x);
  }

  /** The cosine, by way of {@link StrictMath}. */
  public static float cos(float x) {
    return (float) StrictMath.cos(x);
  }

  /** The square root, correctly rounded. */
  public static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  /** 1 / sqrt(x): root and quotient in float64, rounded once. */
  public static float rsqrt(float x) {
    return (float) (1 / Math.sqrt(x));
  }

  /** The cube root, by way of {@link StrictMath}. */
  public static float cbrt(float x) {
    return (float) StrictMath.cbrt(x);
  }

  /** x to the power of y, by way of {@link StrictMath}, with C's special cases. */
  public static float pow(float x, float y) {
    return (float) SpecialFunctions.pow(x, y);
  }

  private static float gate(double x, double by) {
    return x == Double.NEGATIVE_INFINITY ? Float.NaN : (float) (x * wideSigmoid(by));
  }

  private static double wideSigmoid(double x) {
    return 1 / (2 + wideExpm1(-x));
  }

  /** exp(x) - 1 in float64, within 2^-48, bounded to what float32 can tell apart. */
  private static double wideExpm1(double x) {
    double bounded = Math.max(-EXP_BOUND, Math.min(EXP_BOUND, x));
    double shifted = bounded * LOG2_E_64 + ROUNDER_64;
    double n = shifted - ROUNDER_64;
    double r = bounded - n * LN2_HIGH_64 - n * LN2_LOW_64;
    double p = r + r * r * horner(EXPM1, r);
    long exponent = Double.doubleToRawLongBits(shifted) - Double.doubleToRawLongBits(ROUNDER_64);
    double scale = Double.longBitsToDouble((exponent + 1023) << 52);
    return p * scale + (scale - 1);
  }

  private static double twiceAtanh(double s) {
    double square = s * s;
    return 2 * s + s * square * horner(ATANH, square);
  }

  private static double horner(double[] coefficients, double x) {
    double value = coefficients[coefficients.length - 1];
    for (int i = coefficients.length - 2; i >= 0; i--) {
      value = value * x + coefficients[i];
    }
    return value;
  }
}
