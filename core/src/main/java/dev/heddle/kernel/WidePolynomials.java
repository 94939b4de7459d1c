package dev.heddle.kernel;

/**
 * The float64 inside those functions of {@link Polynomials} that round once, at their end. Sums and
 * products only, no {@code fma}: a vector kernel repeats them operation for operation.
 */
public final class WidePolynomials {
  /** 1.5 * 2^52: a small number added to it is rounded to an integer in the lowest bits. */
  public static final double ROUNDER = 0x1.8p52;

  /** 1 / ln 2. */
  public static final double LOG2_E = 0x1.71547652b82fep0;

  /** ln 2. */
  public static final double LN2 = 0x1.62e42fefa39efp-1;

  /** The first bits of ln 2: exact when multiplied by an exponent. */
  public static final double LN2_HIGH = 0x1.62e42feep-1;

  /** What {@link #LN2_HIGH} lacks of ln 2. */
  public static final double LN2_LOW = 0x1.a39ef35793c76p-33;

  /** Bits of sqrt(1/2): mantissas are taken from there to sqrt(2). */
  public static final long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdL;

  /** From here on erf rounds to 1; so it does from 3.92. */
  public static final double ERF_ONE = 3.95;

  /** From here on tanh rounds to 1; so it does from 9.02. */
  public static final double TANH_ONE = 10;

  /** Where exp is cut off: far beyond float32, and still inside float64. */
  public static final double EXP_BOUND = 700;

  /** exp(r) - 1 = r + r^2 * (EXPM1_0 + r * (EXPM1_1 + ...)) for |r| up to ln(2) / 2. */
  public static final double EXPM1_0 = 0x1.0000000000005p-1;

  public static final double EXPM1_1 = 0x1.5555555552040p-3;
  public static final double EXPM1_2 = 0x1.55555555520cfp-5;
  public static final double EXPM1_3 = 0x1.111111219abf7p-7;
  public static final double EXPM1_4 = 0x1.6c16c17f45f2bp-10;
  public static final double EXPM1_5 = 0x1.a0199a96c5205p-13;
  public static final double EXPM1_6 = 0x1.a019a64fd2b6cp-16;
  public static final double EXPM1_7 = 0x1.72dbc9313758ep-19;
  public static final double EXPM1_8 = 0x1.28a2e92066c6bp-22;

  /** 2 atanh(s) = 2 s + s^3 * (ATANH_0 + s^2 * (ATANH_1 + ...)) for |s| up to 0.172. */
  public static final double ATANH_0 = 0x1.5555555553847p-1;

  public static final double ATANH_1 = 0x1.999999a2cf825p-2;
  public static final double ATANH_2 = 0x1.2492415498466p-2;
  public static final double ATANH_3 = 0x1.c7228aa3d4bb3p-3;
  public static final double ATANH_4 = 0x1.7329e0d722c2dp-3;
  public static final double ATANH_5 = 0x1.58923453c377fp-3;

  /** erf(x) = 1 - exp(-x * (ERF_0 + x * (ERF_1 + ...))) for x from 0 to {@link #ERF_ONE}. */
  public static final double ERF_0 = 0x1.20dd750409b4ap+0;

  public static final double ERF_1 = 0x1.45f30704e833cp-1;
  public static final double ERF_2 = 0x1.a4f4c1ec3be65p-4;
  public static final double ERF_3 = -0x1.39617182d9ac6p-6;
  public static final double ERF_4 = -0x1.c378d926ca90ep-13;
  public static final double ERF_5 = 0x1.c147e8aef4165p-10;
  public static final double ERF_6 = -0x1.460989c358509p-11;
  public static final double ERF_7 = 0x1.044db889b94e9p-14;
  public static final double ERF_8 = 0x1.48a0d9579def0p-15;
  public static final double ERF_9 = -0x1.61ce8b40620d2p-16;
  public static final double ERF_10 = 0x1.5311f9af07b3fp-18;
  public static final double ERF_11 = -0x1.57ab6f8e8d525p-21;
  public static final double ERF_12 = 0x1.2926caf19bc9dp-25;

  private static final int EXPONENT_BIAS = 1023;
  private static final int MANTISSA_BITS = 52;

  private WidePolynomials() {}

  /** exp(x) - 1 within 2^-48, bounded to what float32 can tell apart. */
  static double expm1(double x) {
    double bounded = Math.max(-EXP_BOUND, Math.min(EXP_BOUND, x));
    double shifted = bounded * LOG2_E + ROUNDER;
    double n = shifted - ROUNDER;
    double r = bounded - n * LN2_HIGH - n * LN2_LOW;
    double p = r + r * r * expm1Polynomial(r);
    long exponent = Double.doubleToRawLongBits(shifted) - Double.doubleToRawLongBits(ROUNDER);
    double scale = Double.longBitsToDouble((exponent + EXPONENT_BIAS) << MANTISSA_BITS);
    return p * scale + (scale - 1);
  }

  private static double expm1Polynomial(double r) {
    double value = EXPM1_8 * r + EXPM1_7;
    value = value * r + EXPM1_6;
    value = value * r + EXPM1_5;
    value = value * r + EXPM1_4;
    value = value * r + EXPM1_3;
    value = value * r + EXPM1_2;
    value = value * r + EXPM1_1;
    return value * r + EXPM1_0;
  }

  /** log(1 + x) of a float32 above -1. */
  static double log1p(float x) {
    double sum = 1.0 + x;
    long bits = Double.doubleToRawLongBits(sum);
    long exponent = (bits - SQRT_HALF_BITS) >> MANTISSA_BITS;
    double f = exponent == 0 ? x : Double.longBitsToDouble(bits - (exponent << MANTISSA_BITS)) - 1;
    return exponent * LN2 + twiceAtanh(f / (2 + f));
  }

  private static double twiceAtanh(double s) {
    double square = s * s;
    return 2 * s + s * square * atanhPolynomial(square);
  }

  private static double atanhPolynomial(double square) {
    double value = ATANH_5 * square + ATANH_4;
    value = value * square + ATANH_3;
    value = value * square + ATANH_2;
    value = value * square + ATANH_1;
    return value * square + ATANH_0;
  }

  /** The error function of what is not negative. */
  static double erf(double x) {
    double bounded = Math.min(x, ERF_ONE);
    return -expm1(-bounded * erfPolynomial(bounded));
  }

  private static double erfPolynomial(double x) {
    double value = ERF_12 * x + ERF_11;
    value = value * x + ERF_10;
    value = value * x + ERF_9;
    value = value * x + ERF_8;
    value = value * x + ERF_7;
    value = value * x + ERF_6;
    value = value * x + ERF_5;
    value = value * x + ERF_4;
    value = value * x + ERF_3;
    value = value * x + ERF_2;
    value = value * x + ERF_1;
    return value * x + ERF_0;
  }

  /** 1 / (1 + exp(-x)). */
  static double sigmoid(double x) {
    return 1 / (2 + expm1(-x));
  }
}
