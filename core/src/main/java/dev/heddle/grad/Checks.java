package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Derivatives beside finite differences, JAX's {@code check_grads}: for tests of one's own
 * operations.
 *
 * <pre>{@code
 * Checks.checkGradient(in -> myOperation(in.get(0), in.get(1)), 1e-6, x, y);
 * }</pre>
 *
 * <p>A result of many elements is weighted with fixed numbers from -1 to 1 that look random, so
 * that every element of the derivative counts. Everything is in float64.
 */
public final class Checks {
  /** The step, relative to the larger of 1 and the element: errors of about 1e-10 remain. */
  private static final double STEP = 1e-3;

  private Checks() {}

  /**
   * Compares the derivative by each element of each input with central differences of fourth order.
   *
   * @param function from the inputs to one array; smooth near them
   * @param tolerance the largest error allowed, relative to the larger of 1 and the derivative
   * @param inputs float64
   * @return the largest error
   * @throws IllegalArgumentException if an input is not float64
   * @throws AssertionError if an error is larger, saying where
   */
  public static double checkGradient(
      Function<List<Array>, Array> function, double tolerance, Array... inputs) {
    for (Array input : inputs) {
      if (input.dtype() != DType.FLOAT64) {
        throw new IllegalArgumentException(
            "checkGradient: expected float64 inputs, got " + input.dtype() + input.shape());
      }
    }
    Inputs at = new Inputs(List.of(inputs));
    Function<Inputs, Array> weighted =
        tree -> {
          Array output = function.apply(tree.leaves());
          return output.times(weights(output)).sum();
        };
    Inputs gradient = Grad.grad(weighted, at);
    double largest = 0;
    for (int input = 0; input < inputs.length; input++) {
      double[] found = gradient.leaves().get(input).toDoubleArray();
      for (int i = 0; i < found.length; i++) {
        double expected = difference(weighted, at, input, i);
        double error = Math.abs(found[i] - expected) / Math.max(1, Math.abs(expected));
        if (!(error <= tolerance)) {
          throw new AssertionError(
              "input %d, element %d of %s: the derivative is %s, differences give %s; the error is %s, more than %s"
                  .formatted(
                      input, i, inputs[input].shape(), found[i], expected, error, tolerance));
        }
        largest = Math.max(largest, error);
      }
    }
    return largest;
  }

  /** As {@link #checkGradient(Function, double, Array...)} to 1e-6. */
  public static double checkGradient(Function<List<Array>, Array> function, Array... inputs) {
    return checkGradient(function, 1e-6, inputs);
  }

  /** (8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12h. */
  private static double difference(
      Function<Inputs, Array> function, Inputs at, int input, int element) {
    double[] values = at.leaves().get(input).toDoubleArray();
    double centre = values[element];
    double step = STEP * Math.max(1, Math.abs(centre));
    double[] results = new double[5];
    for (int k = -2; k <= 2; k++) {
      values[element] = centre + k * step;
      results[k + 2] = function.apply(at.with(input, values)).item();
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

  /** The inputs as a tree. */
  private record Inputs(List<Array> leaves) implements ArrayTree<Inputs> {
    @Override
    public Inputs withLeaves(List<Array> leaves) {
      return new Inputs(List.copyOf(leaves));
    }

    Inputs with(int input, double[] values) {
      List<Array> all = new ArrayList<>(leaves);
      Array before = all.get(input);
      all.set(input, Array.of(values).reshape(before.shape().dims()));
      return new Inputs(all);
    }
  }
}
