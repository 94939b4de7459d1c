package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the fused derivative of layer normalization with that of its single operations. */
class NormDerivativeTest {
  private static final double EPSILON = 1e-6;

  /** Flax's formula, in the type of its arguments. */
  private static Array stepByStep(Array x, Array scale, Array bias, boolean fast) {
    Array mean = Reduce.mean(x, true, -1);
    Array squares = Reduce.mean(Elementwise.square(x), true, -1);
    Array zero = Array.scalar(0, x.dtype());
    Array variance =
        fast
            ? Elementwise.maximum(squares.minus(Elementwise.square(mean)), zero)
            : Reduce.mean(Elementwise.square(x.minus(mean)), true, -1);
    Array factor = Elementwise.rsqrt(variance.plus(EPSILON)).times(scale);
    return x.minus(mean).times(factor).plus(bias);
  }

  private record Example(Array x, Array scale, Array bias, Array cotangent) {
    static Example of(int... shape) {
      int length = shape[shape.length - 1];
      return new Example(
          Numbers.of(1, DType.FLOAT32, shape),
          Numbers.of(2, DType.FLOAT32, length),
          Numbers.of(3, DType.FLOAT32, length),
          Numbers.of(4, DType.FLOAT32, shape));
    }

    TreePair<Array, TreePair<Array, Array>> tree(DType dtype) {
      return TreePair.of(x.astype(dtype), TreePair.of(scale.astype(dtype), bias.astype(dtype)));
    }

    TreePair<Array, TreePair<Array, Array>> inOnePass(boolean fast) {
      return Grad.<TreePair<Array, TreePair<Array, Array>>, Array>vjp(
              t -> Norm.lastAxis(t.first(), t.second().first(), t.second().second(), EPSILON, fast),
              tree(DType.FLOAT32))
          .pullback(cotangent);
    }

    TreePair<Array, TreePair<Array, Array>> inSteps(boolean fast) {
      return Grad.<TreePair<Array, TreePair<Array, Array>>, Array>vjp(
              t -> stepByStep(t.first(), t.second().first(), t.second().second(), fast),
              tree(DType.FLOAT64))
          .pullback(cotangent.astype(DType.FLOAT64));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isThatOfItsSteps(boolean fast) {
    Example example = Example.of(3, 7, 301);
    var actual = example.inOnePass(fast).leaves();
    var expected = example.inSteps(fast).leaves();
    for (int i = 0; i < 3; i++) {
      assertThatArray(actual.get(i).astype(DType.FLOAT64)).isWithin(1e-6, expected.get(i));
    }
  }

  /** The variance is clamped at 0, where half of its cotangent passes, as in JAX's maximum. */
  @Test
  void aRowWithoutVarianceIsOnlyShifted() {
    Array x = Array.full(0.25, DType.FLOAT32, 1, 4);
    Array g = Array.of(new float[] {1, 2, 3, 6}, 1, 4);
    Array flown = Grad.vjp((Array v) -> Norm.lastAxis(v, null, null, 1, true), x).pullback(g);
    assertThat(flown).isEqualTo(Array.of(new float[] {-2, -1, 0, 3}, 1, 4));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void canBeDifferentiatedAgain(boolean fast) {
    Example example = Example.of(2, 5);
    Array by = Numbers.of(5, DType.FLOAT32, 2, 5);
    var once =
        Grad.grad(
            (TreePair<Array, Array> t) ->
                Grad.grad(
                        (Array v) ->
                            Norm.lastAxis(v, t.second(), example.bias, EPSILON, fast)
                                .times(example.cotangent)
                                .sum(),
                        t.first())
                    .times(by)
                    .sum(),
            TreePair.of(example.x, example.scale));
    var expected =
        Grad.grad(
            (TreePair<Array, Array> t) ->
                Grad.grad(
                        (Array v) ->
                            stepByStep(v, t.second(), example.bias.astype(DType.FLOAT64), fast)
                                .times(example.cotangent.astype(DType.FLOAT64))
                                .sum(),
                        t.first())
                    .times(by.astype(DType.FLOAT64))
                    .sum(),
            TreePair.of(example.x.astype(DType.FLOAT64), example.scale.astype(DType.FLOAT64)));
    assertThatArray(once.first().astype(DType.FLOAT64)).isWithin(1e-5, expected.first());
    assertThatArray(once.second().astype(DType.FLOAT64)).isWithin(1e-5, expected.second());
  }
}
