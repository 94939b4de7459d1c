package dev.heddle.bench;

import dev.heddle.array.DType;

/** Whether an engine computes the same layer: a time is worth nothing without it. */
final class Agreement {
  private Agreement() {}

  /**
   * The largest distance between two outputs, relative to the largest expected value.
   *
   * @throws UnavailableException if it is more than rounding explains
   */
  static double check(float[] expected, float[] output, DType dtype) throws UnavailableException {
    if (output.length != expected.length) {
      throw new UnavailableException(
          "its output: expected %d values as Heddle's, got %d"
              .formatted(expected.length, output.length));
    }
    double largest = 0;
    double distance = 0;
    for (int i = 0; i < expected.length; i++) {
      double apart = Math.abs((double) expected[i] - output[i]);
      if (!(apart < Double.POSITIVE_INFINITY)) {
        throw new UnavailableException(
            "its output: expected %s as Heddle's at index %d, got %s"
                .formatted(expected[i], i, output[i]));
      }
      largest = Math.max(largest, Math.abs(expected[i]));
      distance = Math.max(distance, apart);
    }
    double difference = largest == 0 ? distance : distance / largest;
    double allowed = allowed(dtype);
    if (difference > allowed) {
      throw new UnavailableException(
          Text.format(
              "its output is %.2g of the largest value away from Heddle's, more than the %.2g that"
                  + " rounding explains",
              difference, allowed));
    }
    return difference;
  }

  /** The tolerances of the comparison with Flax; float64 comes here through float32. */
  private static double allowed(DType dtype) {
    return switch (dtype) {
      case BFLOAT16 -> 3e-2;
      case FLOAT16 -> 4e-3;
      case FLOAT64 -> 1e-6;
      default -> 2e-5;
    };
  }
}
