package dev.heddle.kernel;

/**
 * The float64 computations of those functions of {@link Polynomials} that round once, at the end.
 * They use no {@code fma}, only sums, products and quotients: a vector kernel repeats them
 * operation for operation.
 */
public final class WidePolynomials {
  /** 1.5 * 2^52: adding a small number to it rounds that to an integer in the lowest bits. */
  public static final double ROUNDER = 0x1.8p52;

  /** 1 / ln 2. */
  public static final double LOG2_E = 0x1.71547652b82fep0;

  /** ln 2. */
  public static final double LN2 = 0x1.62e42fefa39efp-1;

  /** The first bits of ln 2: exact when multiplied by an exponent. */
  public static final double LN2_HIGH = 0x1.62e42feep-1;

  /** The remainder ln 2 - {@link #LN2_HIGH}. */
  public static final double LN2_LOW = 0x1.a39ef35793c76p-33;

  /** Bits of sqrt(1/2): mantissas are reduced to the range from it to sqrt(2). */
  public static final long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdL;

  /** At and above this erf rounds to 1 (it does so from 3.92). */
  public static final double ERF_ONE = 3.95;

  /** At and above this tanh rounds to 1 (it does so from 9.02). */
  public static final double TANH_ONE = 10;

  /** Clamp of the argument of exp: beyond the range of float32, within that of float64. */
  public static final double EXP_BOUND = 700;

  /** exp(r) - 1 = r + r^2 * EXPM1(r) for |r| up to ln(2) / 2. */
  public static final Polynomial EXPM1 =
      new Polynomial(
          new double[] {
            0x1.0000000000005p-1, 0x1.5555555552040p-3, 0x1.55555555520cfp-5,
            0x1.111111219abf7p-7, 0x1.6c16c17f45f2bp-10, 0x1.a0199a96c5205p-13,
            0x1.a019a64fd2b6cp-16, 0x1.72dbc9313758ep-19, 0x1.28a2e92066c6bp-22
          });

  /** 2 atanh(s) = 2 s + s^3 * ATANH(s^2) for |s| up to 0.172. */
  public static final Polynomial ATANH =
      new Polynomial(
          new double[] {
            0x1.5555555553847p-1, 0x1.999999a2cf825p-2, 0x1.2492415498466p-2,
            0x1.c7228aa3d4bb3p-3, 0x1.7329e0d722c2dp-3, 0x1.58923453c377fp-3
          });

  /** erf(x) = 1 - exp(-x * ERF(x)) for x from 0 to {@link #ERF_ONE}. */
  public static final Polynomial ERF =
      new Polynomial(
          new double[] {
            0x1.20dd750409b4ap+0, 0x1.45f30704e833cp-1, 0x1.a4f4c1ec3be65p-4,
            -0x1.39617182d9ac6p-6, -0x1.c378d926ca90ep-13, 0x1.c147e8aef4165p-10,
            -0x1.460989c358509p-11, 0x1.044db889b94e9p-14, 0x1.48a0d9579def0p-15,
            -0x1.61ce8b40620d2p-16, 0x1.5311f9af07b3fp-18, -0x1.57ab6f8e8d525p-21,
            0x1.2926caf19bc9dp-25
          });

  /**
   * Clamp of the argument of {@link #exp2}: beyond the range of float32, within that of float64.
   */
  public static final double EXP2_BOUND = 1000;

  /** erfc(x) = exp(-x^2) * t * ERFC(t) with t = 1 / (1 + ERFC_SCALE * x). */
  public static final double ERFC_SCALE = 0.4;

  /** {@link #ERFC_SCALE} / sqrt(2), for gelu. */
  public static final double GELU_SCALE = ERFC_SCALE * 0x1.6a09e667f3bcdp-1;

  public static final Polynomial ERFC =
      new Polynomial(
          new double[] {
            0x1.ce2d3f5a33fe3p-3, 0x1.ce65ac81e86e8p-3, 0x1.a6774b2949c2cp-3,
            0x1.7402f126a3ffap-3, 0x1.256135f2d58b5p-4, 0x1.e42c3c3f56f9ap-3,
            -0x1.88b6749959da4p-2, 0x1.4b722873f461bp-1, -0x1.82c38555a739bp-1,
            0x1.ecaa289ec93e0p-2, -0x1.44dec65f36904p-3, 0x1.62969391b1985p-6
          });

  /** At and above this erfc rounds to 0, as gelu(-x) does; exp(-x^2) does not underflow. */
  public static final double TAIL_END = 26;

  /** The density of the normal distribution at 0: 1 / sqrt(2 pi). */
  public static final double NORMAL_DENSITY = 0x1.9884533d43651p-2;

  /** exp(r) - 1 = r + r^2 * SHORT(r) within 2^-39. */
  public static final Polynomial SHORT =
      new Polynomial(
          new double[] {
            0x1.ffffffffeac74p-2, 0x1.5555557e8ea71p-3, 0x1.5555558aaea76p-5,
            0x1.1110a140c4436p-7, 0x1.6c162276f6fe4p-10, 0x1.a186f4b734bbbp-13,
            0x1.a18b8d8473ed7p-16
          });

  /** log(1 + x) = 2 s + s^3 * LOG1P(s^2), s = x / (2 + x), x from 0 to 1. */
  public static final Polynomial LOG1P =
      new Polynomial(
          new double[] {
            0x1.5555555639066p-1, 0x1.99999806792b5p-2, 0x1.2492c19d88accp-2,
            0x1.c6fa6fdd94123p-3, 0x1.76e9748ea4290p-3, 0x1.209e599f577e6p-3,
            0x1.99f42b7a7baa2p-3
          });

  /** At and above this exp(-x) is negligible; it does not underflow. */
  public static final double SOFTPLUS_FAR = 600;

  /** 1 / 3. */
  public static final double THIRD = 1.0 / 3;

  /** At and above this {@link StrictMath} computes sine and cosine: pi has too few bits here. */
  public static final float CIRCULAR_FAR = 0x1p26f;

  /** 1 / pi. */
  public static final double PI_INVERSE = 0x1.45f306dc9c883p-2;

  /** pi in three parts; the first two times the number of half-turns are exact. */
  public static final double PI_HIGH = 0x1.921fb5p+1;

  public static final double PI_MIDDLE = 0x1.110b46p-25;
  public static final double PI_LOW = 0x1.1a62633145c07p-53;

  /** sin(r) = r + r^3 * SIN(r^2) for |r| up to pi / 2. */
  public static final Polynomial SIN =
      new Polynomial(
          new double[] {
            -0x1.555555554713ep-3, 0x1.1111110a557a2p-7, -0x1.a019fd593ae2dp-13,
            0x1.71dcf844a695dp-19, -0x1.ae03f65bbca83p-26, 0x1.52dbc09f3e2f7p-33
          });

  private static final int EXPONENT_BIAS = 1023;
  private static final int MANTISSA_BITS = 52;

  private WidePolynomials() {}

  /** exp(x) - 1 within 2^-48, with the argument clamped. */
  static double expm1(double x) {
    double bounded = Math.max(-EXP_BOUND, Math.min(EXP_BOUND, x));
    double shifted = bounded * LOG2_E + ROUNDER;
    double n = shifted - ROUNDER;
    double r = bounded - n * LN2_HIGH - n * LN2_LOW;
    return scaled(r, shifted, 1);
  }

  /** exp(r) times 2 to the power in the lowest bits of {@code shifted}, minus 0 or 1. */
  private static double scaled(double r, double shifted, double less) {
    double p = r + r * r * EXPM1.at(r);
    long exponent = Double.doubleToRawLongBits(shifted) - Double.doubleToRawLongBits(ROUNDER);
    double scale = Double.longBitsToDouble((exponent + EXPONENT_BIAS) << MANTISSA_BITS);
    return p * scale + (scale - less);
  }

  /** 2 to the power of x, exact for integers. */
  static double exp2(double x) {
    double bounded = Math.max(-EXP2_BOUND, Math.min(EXP2_BOUND, x));
    double shifted = bounded + ROUNDER;
    double r = (bounded - (shifted - ROUNDER)) * LN2;
    return scaled(r, shifted, 0);
  }

  /** The natural logarithm of a positive normal number; unspecified for others. */
  static double log(double x) {
    long bits = Double.doubleToRawLongBits(x);
    long exponent = (bits - SQRT_HALF_BITS) >> MANTISSA_BITS;
    double f = Double.longBitsToDouble(bits - (exponent << MANTISSA_BITS)) - 1;
    return exponent * LN2 + twiceAtanh(f / (2 + f));
  }

  /** The logarithm to base 2, exact for powers of two; as {@link #log}. */
  static double log2(double x) {
    long bits = Double.doubleToRawLongBits(x);
    long exponent = (bits - SQRT_HALF_BITS) >> MANTISSA_BITS;
    double f = Double.longBitsToDouble(bits - (exponent << MANTISSA_BITS)) - 1;
    return exponent + twiceAtanh(f / (2 + f)) * LOG2_E;
  }

  /** exp(x) with a relative error of 2^-38 for x from -700 to 700. */
  private static double shortExp(double x) {
    double shifted = x * LOG2_E + ROUNDER;
    double r = x - (shifted - ROUNDER) * LN2;
    double p = r + r * r * SHORT.at(r);
    long exponent = Double.doubleToRawLongBits(shifted) - Double.doubleToRawLongBits(ROUNDER);
    double scale = Double.longBitsToDouble((exponent + EXPONENT_BIAS) << MANTISSA_BITS);
    return p * scale + scale;
  }

  /** The cube root of a positive number; unspecified for others. */
  static double cbrt(double x) {
    return shortExp(log(x) * THIRD);
  }

  /** log(1 + exp(x)), without overflow. */
  static double softplus(double x) {
    double power = shortExp(-Math.min(Math.abs(x), SOFTPLUS_FAR));
    double s = power / (power + 2);
    double square = s * s;
    return Math.max(x, 0) + (2 * s + s * square * LOG1P.at(square));
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
    return 2 * s + s * square * ATANH.at(square);
  }

  /** The error function of a non-negative number. */
  static double erf(double x) {
    double bounded = Math.min(x, ERF_ONE);
    return -expm1(-bounded * ERF.at(bounded));
  }

  /** 1 / (1 + exp(-x)). */
  static double sigmoid(double x) {
    return 1 / (2 + expm1(-x));
  }

  /** 1 - erf(x) of a float32, with a relative error of 2^-32 in the tail too. */
  static double erfc(double x) {
    double size = Math.min(Math.abs(x), TAIL_END);
    double t = 1 / (1 + size * ERFC_SCALE);
    double tail = shortExp(-(size * size)) * (t * ERFC.at(t));
    return x < 0 ? 2 - tail : tail;
  }

  /** x * erfc(-x / sqrt(2)) / 2 of a float32. */
  static double gelu(double x) {
    double size = Math.min(Math.abs(x), TAIL_END);
    double t = 1 / (1 + size * GELU_SCALE);
    double tail = shortExp(size * size * -0.5) * (t * ERFC.at(t));
    double y = x * 0.5 * (x > 0 ? 2 - tail : tail);
    return x == Double.NEGATIVE_INFINITY ? Double.NaN : y;
  }

  /** The derivative of {@link #gelu}: erfc(-x / sqrt(2)) / 2 plus x times the normal density. */
  static double geluDerivative(double x) {
    double size = Math.min(Math.abs(x), TAIL_END);
    double t = 1 / (1 + size * GELU_SCALE);
    double bell = shortExp(size * size * -0.5);
    double below = bell * (t * ERFC.at(t) * 0.5) - size * (bell * NORMAL_DENSITY);
    return x > 0 ? 1 - below : below;
  }

  /** x to the power of y for float32 arguments, x positive, both finite. */
  static double pow(double x, double y) {
    return shortExp(Math.max(-EXP_BOUND, Math.min(EXP_BOUND, y * log(x))));
  }

  /** The sine of a float32 of a magnitude below {@link #CIRCULAR_FAR}. */
  static double sin(double x) {
    double shifted = x * PI_INVERSE + ROUNDER;
    double n = shifted - ROUNDER;
    double r = x - n * PI_HIGH - n * PI_MIDDLE - n * PI_LOW;
    return withSign(sinPolynomial(r), Double.doubleToRawLongBits(shifted));
  }

  /** The cosine, as the sine of the distance from its nearest zero; as {@link #sin}. */
  static double cos(double x) {
    double shifted = x * PI_INVERSE - 0.5 + ROUNDER;
    double n = shifted - ROUNDER + 0.5;
    double r = x - n * PI_HIGH - n * PI_MIDDLE - n * PI_LOW;
    return withSign(sinPolynomial(r), Double.doubleToRawLongBits(shifted) + 1);
  }

  private static double sinPolynomial(double r) {
    double square = r * r;
    return r + r * square * SIN.at(square);
  }

  /** A number, negated if the lowest bit of {@code bits} is set. */
  private static double withSign(double value, long bits) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(value) ^ (bits << 63));
  }
}
