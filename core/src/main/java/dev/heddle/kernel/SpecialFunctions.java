package dev.heddle.kernel;

/**
 * Functions of float64 that {@link StrictMath} lacks, and the inverse error function with XLA's
 * bits. Their bits are fixed: they use only {@link StrictMath}, sums and products.
 */
public final class SpecialFunctions {
  /** The coefficient of the cube in the tanh form of gelu. */
  public static final double GELU_CUBIC = 0.044715;

  /** The factor of the sum in the tanh form of gelu: 2 * sqrt(2 / pi). */
  public static final double GELU_SCALE = 2 * 0.7978845608028654;

  private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;
  private static final double SQRT_HALF = 0.7071067811865476;
  private static final double SERIES_BELOW = 1;
  private static final double VANISHES_ABOVE = 28;

  private SpecialFunctions() {}

  /** The error function, within 3 units in the last place. */
  public static double erf(double x) {
    double a = Math.abs(x);
    return Math.copySign(a < SERIES_BELOW ? series(a) : 1 - fraction(a), x);
  }

  /** 1 - erf(x), within 5 units in the last place, in the tail too. */
  public static double erfc(double x) {
    double a = Math.abs(x);
    if (a < 0.5) {
      return 1 - erf(x);
    }
    double tail = a < SERIES_BELOW ? 1 - series(a) : fraction(a);
    return x < 0 ? 2 - tail : tail;
  }

  /** exp(-x^2) * 2 / sqrt(pi) * sum of 2^k x^(2k+1) / (2k+1)!!, whose terms are all positive. */
  private static double series(double x) {
    double square = x * x;
    double term = x;
    double sum = x;
    for (int k = 1; term > sum * 0x1p-56; k++) {
      term *= square / (k + 0.5);
      sum += term;
    }
    return x == 0 ? 0 : TWO_OVER_SQRT_PI * StrictMath.exp(-square) * sum;
  }

  /** The continued fraction of erfc, from its last term; further terms do not change the result. */
  private static double fraction(double x) {
    if (x > VANISHES_ABOVE) {
      return 0;
    }
    double value = x;
    for (int k = (int) (10 + 200 / (x * x)); k > 0; k--) {
      value = x + k * 0.5 / value;
    }
    return StrictMath.exp(-x * x) * TWO_OVER_SQRT_PI / 2 / value;
  }

  /** 1 / (1 + exp(-x)). */
  public static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  /** The argument of the sigmoid in the tanh form of gelu: 2 sqrt(2 / pi) (x + 0.044715 x^3). */
  public static double geluGate(double x) {
    return GELU_SCALE * (x + GELU_CUBIC * x * x * x);
  }

  /** x * (1 + erf(x / sqrt(2))) / 2. */
  public static double gelu(double x) {
    return 0.5 * x * erfc(-x * SQRT_HALF);
  }

  /** log(1 + exp(x)), without overflow. */
  public static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  /**
   * x to the power of y with C's special cases: 1 to any power is 1, (-1) to an infinite one too.
   */
  public static double pow(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : StrictMath.pow(x, y);
  }
}
