package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.Pytree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Compares gradients with finite differences, as JAX's {@code check_grads}; for tests of custom
 * operations.
 *
 * <pre>{@code
 * Checks.checkGradient(in -> myOperation(in.get(0), in.get(1)), 1e-6, x, y);
 * }</pre>
 *
 * <p>The output is multiplied by fixed pseudorandom weights from -1 to 1 and summed, so that every
 * element of the Jacobian counts. All computation is in float64.
 */
public final class Checks {
  /** The step relative to max(1, |element|); the differences have errors of about 1e-10. */
  private static final double STEP = 1e-3;

  private Checks() {}

  /**
   * Compares the derivative by every element of the inputs with fourth-order central differences.
   *
   * @param function maps the inputs to one array; smooth near them
   * @param tolerance the maximum error, relative to max(1, |derivative|)
   * @param inputs float64
   * @return the largest error
   * @throws IllegalArgumentException if an input is not float64
   * @throws AssertionError if an error exceeds the tolerance; the message names the element
   */
  public static double checkGradient(
      Function<List<Array>, Array> function, double tolerance, Array... inputs) {
    for (Array input : inputs) {
      if (input.dtype() != DType.FLOAT64) {
        throw new IllegalArgumentException(
            "checkGradient: expected float64 inputs, got " + input.dtype() + input.shape());
      }
    }
    Pytree at = ArrayTree.of(List.of(inputs));
    Function<Pytree, Array> weighted =
        tree -> {
          Array output = function.apply(tree.leaves());
          return output.times(weights(output)).sum();
        };
    Pytree gradient = Grad.grad(weighted, at);
    double largest = 0;
    for (int input = 0; input < inputs.length; input++) {
      double[] gradients = gradient.leaves().get(input).toDoubleArray();
      for (int i = 0; i < gradients.length; i++) {
        double expected = difference(weighted, at, input, i);
        double error = Math.abs(gradients[i] - expected) / Math.max(1, Math.abs(expected));
        if (!(error <= tolerance)) {
          throw new AssertionError(
              "input %d, element %d of %s: the derivative is %s, differences give %s; the error is %s, more than %s"
                  .formatted(
                      input, i, inputs[input].shape(), gradients[i], expected, error, tolerance));
        }
        largest = Math.max(largest, error);
      }
    }
    return largest;
  }

  /** As {@link #checkGradient(Function, double, Array...)}, with a tolerance of 1e-6. */
  public static double checkGradient(Function<List<Array>, Array> function, Array... inputs) {
    return checkGradient(function, 1e-6, inputs);
  }

  /** (8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12h. */
  private static double difference(
      Function<Pytree, Array> function, Pytree at, int input, int element) {
    List<Array> leaves = new ArrayList<>(at.leaves());
    Array original = leaves.get(input);
    double[] values = original.toDoubleArray();
    double centre = values[element];
    double step = STEP * Math.max(1, Math.abs(centre));
    double[] results = new double[5];
    for (int k = -2; k <= 2; k++) {
      values[element] = centre + k * step;
      leaves.set(input, Array.of(values).reshape(original.shape().dims()));
      results[k + 2] = function.apply(at.withLeaves(leaves)).item();
    }
    return (8 * (results[3] - results[1]) - (results[4] - results[0])) / (12 * step);
  }

  private static Array weights(Array output) {
    double[] weights = new double[output.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = StrictMath.sin(i * 2.4 + 1);
    }
    return Array.of(weights).reshape(output.shape().dims());
  }
}
