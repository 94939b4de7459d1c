package dev.heddle.kernel;

/**
 * A polynomial in float64, which is evaluated by Horner's rule from the highest power, without fma.
 *
 * @param coefficients from the constant on; not to be written to
 */
public record Polynomial(double[] coefficients) {
  /** The value at {@code x}. */
  double at(double x) {
    double value = coefficients[coefficients.length - 1];
    for (int power = coefficients.length - 2; power >= 0; power--) {
      value = value * x + coefficients[power];
    }
    return value;
  }

  /** The coefficient of a power. */
  public double coefficient(int power) {
    return coefficients[power];
  }
}
