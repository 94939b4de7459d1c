package dev.heddle.optim;

import dev.heddle.kernel.Polynomials;

/**
 * Operations of float32 on float64 variables: one operation in float64 on float32 values, rounded,
 * is the operation in float32.
 */
final class Float32 {
  /** As many products at most stand for a power. */
  private static final int EXPONENTS = 1 << 20;

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

  /** To a number that may be whole: then products, as JAX makes them. */
  static double power(double x, double exponent) {
    if (exponent != Math.rint(exponent) || exponent < 1 || exponent > EXPONENTS) {
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
