package dev.heddle.bench;

import dev.heddle.array.DType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks that an engine computes the same as Heddle; otherwise its time is not reported. */
final class Agreement {
  private Agreement() {}

  /**
   * The largest difference between Heddle's and an engine's results, relative to Heddle's largest
   * value in the tensor or in its siblings, those with the same name up to the last {@code /}:
   * kernel and bias of a layer together, since the gradient of the key's bias is zero except for
   * rounding.
   *
   * @throws UnavailableException if the difference is more than rounding explains
   */
  static double check(Outputs expected, Outputs got, DType dtype) throws UnavailableException {
    double difference = 0;
    for (Map.Entry<String, float[]> tensor : expected.tensors().entrySet()) {
      String name = tensor.getKey();
      float @Nullable [] values = got.tensors().get(name);
      if (values == null) {
        throw new UnavailableException(
            "its %s: expected %d values as Heddle's, got none"
                .formatted(name, tensor.getValue().length));
      }
      double distance = distance(name, tensor.getValue(), values);
      double largest = largest(expected, name);
      double here = largest == 0 ? distance : distance / largest;
      if (here > allowed(dtype)) {
        throw new UnavailableException(
            Text.format(
                "its %s is %.2g of the largest value different from Heddle's, more than the %.2g that"
                    + " rounding explains",
                name, here, allowed(dtype)));
      }
      difference = Math.max(difference, here);
    }
    return difference;
  }

  private static double distance(String name, float[] expected, float[] values)
      throws UnavailableException {
    if (values.length != expected.length) {
      throw new UnavailableException(
          "its %s: expected %d values as Heddle's, got %d"
              .formatted(name, expected.length, values.length));
    }
    double distance = 0;
    for (int i = 0; i < expected.length; i++) {
      double apart = Math.abs((double) expected[i] - values[i]);
      if (!(apart < Double.POSITIVE_INFINITY)) {
        throw new UnavailableException(
            "its %s: expected %s as Heddle's at index %d, got %s"
                .formatted(name, expected[i], i, values[i]));
      }
      distance = Math.max(distance, apart);
    }
    return distance;
  }

  /** The largest absolute value of a tensor and its siblings. */
  private static double largest(Outputs outputs, String name) {
    double largest = 0;
    for (Map.Entry<String, float[]> tensor : outputs.tensors().entrySet()) {
      if (layer(tensor.getKey()).equals(layer(name))) {
        for (float value : tensor.getValue()) {
          largest = Math.max(largest, Math.abs(value));
        }
      }
    }
    return largest;
  }

  private static String layer(String name) {
    return name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : name;
  }

  /** The tolerances of the comparison with Flax; float64 results are compared as float32. */
  private static double allowed(DType dtype) {
    return switch (dtype) {
      case BFLOAT16 -> 3e-2;
      case FLOAT16 -> 4e-3;
      case FLOAT64 -> 1e-6;
      default -> 2e-5;
    };
  }
}
