package dev.heddle.optim;

import dev.heddle.kernel.Polynomials;

/**
 * Float32 arithmetic on values held in doubles: a float64 operation on float32 values, rounded to
 * float32, equals the float32 operation.
 */
final class Float32 {
  /** Larger exponents are not computed by repeated multiplication. */
  private static final int MAX_INTEGER_EXPONENT = 1 << 20;

  private Float32() {}

  static double round(double value) {
    return (float) value;
  }

  static double times(double x, double y) {
    return round(round(x) * round(y));
  }

  static double plus(double x, double y) {
    return round(round(x) + round(y));
  }

  static double quotient(double x, double y) {
    return round(round(x) / round(y));
  }

  static double cos(double x) {
    return Polynomials.cos((float) x);
  }

  static double pow(double x, double y) {
    return Polynomials.pow((float) x, (float) y);
  }

  /** x to a power, by repeated squaring for integer exponents, as in JAX. */
  static double power(double x, double exponent) {
    if (exponent != Math.rint(exponent) || exponent < 1 || exponent > MAX_INTEGER_EXPONENT) {
      return pow(x, exponent);
    }
    double result = 1;
    double factor = x;
    for (int left = (int) exponent; left > 0; left >>= 1) {
      if ((left & 1) != 0) {
        result = times(result, factor);
      }
      factor = times(factor, factor);
    }
    return result;
  }
}
