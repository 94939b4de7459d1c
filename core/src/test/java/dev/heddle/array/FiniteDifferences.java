package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;

/** Checks derivatives by central differences, in float64. */
final class FiniteDifferences {
  private static final double STEP = 1e-5;

  private FiniteDifferences() {}

  /** Asserts that the vector-Jacobian product agrees with finite differences of the output. */
  static void check(UnaryOperator<Array> function, Array at) {
    Array direction = Numbers.of(71, DType.FLOAT64, at.shape().dims());
    Array output = function.apply(at);
    Array cotangent = Numbers.of(72, DType.FLOAT64, output.shape().dims());

    Array flown = Grad.vjp(function::apply, at).pullback(cotangent);

    Array up = function.apply(at.plus(direction.times(STEP)));
    Array down = function.apply(at.minus(direction.times(STEP)));
    double expected = dot(cotangent, up.minus(down)) / (2 * STEP);
    double scale = 1 + Math.sqrt(dot(flown, flown));
    assertThat(dot(flown, direction)).isCloseTo(expected, within(1e-7 * scale));
  }

  /** {@link #check(UnaryOperator, Array)} by each of two inputs. */
  static void check(BinaryOperator<Array> function, Array a, Array b) {
    check(x -> function.apply(x, b), a);
    check(x -> function.apply(a, x), b);
  }

  /** {@link #check} for the derivative itself, by both inputs. */
  static void checkTwice(BinaryOperator<Array> function, Array a, Array b) {
    Array cotangent = Numbers.of(73, DType.FLOAT64, function.apply(a, b).shape().dims());
    BinaryOperator<Array> first =
        (x, y) ->
            Grad.<TreePair<Array, Array>, Array>vjp(
                    pair -> function.apply(pair.first(), pair.second()), TreePair.of(x, y))
                .pullback(cotangent)
                .first();
    check(first, a, b);
  }

  private static Offset<Double> within(double distance) {
    return Offset.offset(distance);
  }

  private static double dot(Array a, Array b) {
    double[] x = a.toDoubleArray();
    double[] y = b.toDoubleArray();
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
