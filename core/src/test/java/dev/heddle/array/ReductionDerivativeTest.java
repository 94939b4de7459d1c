package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Checks;
import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Derivatives along axes: reductions, softmax, cumulative sums and products, sorting. */
class ReductionDerivativeTest {
  private static final double ULP = 2e-7;

  private static final Map<String, BiFunction<Array, int[], Array>> OVER_AXES =
      Map.of(
          "sum", Reduce::sum,
          "prod", Reduce::prod,
          "max", Reduce::max,
          "min", Reduce::min,
          "mean", Reduce::mean,
          "var", Reduce::var,
          "std", Reduce::std,
          "logsumexp", Softmax::logsumexp);

  private static final Map<String, BiFunction<Array, Integer, Array>> ALONG_AN_AXIS =
      Map.of(
          "softmax", Softmax::softmax,
          "log_softmax", Softmax::logSoftmax,
          "cumsum", Cumulative::cumsum,
          "cumprod", Cumulative::cumprod);

  @Provide
  Arbitrary<int[]> shapes() {
    return Arbitraries.of(2, 3, 5).array(int[].class).ofMinSize(1).ofMaxSize(3);
  }

  /** Values, some negative, that differ by more than the step of finite differences. */
  private static Array apart(int... shape) {
    Array numbers = Numbers.between(1, 0.6, 1.4, DType.FLOAT64, shape);
    Array steps = Creation.arange(0, numbers.size(), 1, DType.FLOAT64).reshape(shape);
    Array shuffled = Elementwise.remainder(steps.times(7), Array.scalar(11, DType.FLOAT64));
    return Elementwise.round(numbers.times(4))
        .dividedBy(4)
        .plus(shuffled.times(0.01))
        .plus(steps.times(0.0021))
        .minus(1);
  }

  @Property(tries = 60, seed = "1")
  void overAxes(@ForAll("shapes") int[] shape, @ForAll boolean first, @ForAll boolean all) {
    Array x = apart(shape);
    int[] axes = all ? new int[0] : new int[] {first ? 0 : -1};
    OVER_AXES.forEach((name, f) -> Checks.checkGradient(in -> f.apply(in.getFirst(), axes), x));
    if (shape.length == 3) {
      int[] two = {2, 0};
      OVER_AXES.forEach((name, f) -> Checks.checkGradient(in -> f.apply(in.getFirst(), two), x));
      Checks.checkGradient(in -> Reduce.prod(in.getFirst(), true, 1), x);
    }
  }

  @Property(tries = 40, seed = "1")
  void alongAnAxis(@ForAll("shapes") int[] shape, @ForAll boolean first) {
    Array x = apart(shape);
    int axis = first ? 0 : -1;
    ALONG_AN_AXIS.forEach((name, f) -> Checks.checkGradient(in -> f.apply(in.getFirst(), axis), x));
  }

  @Test
  void ofSecondOrder() {
    Array x = apart(2, 3);
    OVER_AXES.forEach((name, f) ->
        Checks.checkGradient(
            in ->
                Grad.grad(v -> Elementwise.square(f.apply(v, new int[] {1})).sum(), in.getFirst()),
            x));
    ALONG_AN_AXIS.forEach((name, f) ->
        Checks.checkGradient(
            in -> Grad.grad(v -> Elementwise.square(f.apply(v, -1)).sum(), in.getFirst()), x));
  }

  private static void assertGradient(Function<Array, Array> loss, double[] at, double... expected) {
    assertThat(Grad.grad(loss, Array.of(at)).toDoubleArray()).containsExactly(expected);
  }

  /** As in JAX 0.10.2. */
  @Test
  void specialPoints() {
    double inf = Double.POSITIVE_INFINITY;
    assertGradient(x -> Reduce.max(x), new double[] {1, 3, 3}, 0, 0.5, 0.5);
    assertGradient(x -> Reduce.min(x), new double[] {1, 3, 1}, 0.5, 0, 0.5);
    assertGradient(x -> Reduce.max(x), new double[] {1, Double.NaN}, Double.NaN, Double.NaN);
    assertGradient(x -> Reduce.prod(x), new double[] {0, 3, 2}, 6, 0, 0);
    assertGradient(x -> Reduce.prod(x), new double[] {0, 3, 0}, 0, 0, 0);
    assertGradient(x -> Cumulative.cumprod(x, 0).sum(), new double[] {2, 0, 3, 4}, 1, 32, 0, 0);
    assertGradient(x -> Softmax.logsumexp(x), new double[] {-inf, 1}, 0, 1);
    assertGradient(x -> Softmax.logsumexp(x), new double[] {inf, 1}, Double.NaN, 0);
    assertGradient(
        x -> Softmax.logSoftmax(x).times(Array.of(new double[] {0, 1})).sum(),
        new double[] {-inf, 1},
        0,
        0);
    assertGradient(x -> Reduce.std(x), new double[] {1, 1}, Double.NaN, Double.NaN);
  }

  @Test
  void softmaxOfFloat32HasTheDerivativeOfFloat64() {
    Array x = Numbers.of(8, DType.FLOAT32, 5, 301);
    Array to = Numbers.of(9, DType.FLOAT32, 5, 301);
    for (Function<Array, Array> f :
        List.<Function<Array, Array>>of(Softmax::softmax, Softmax::logSoftmax)) {
      Array narrow = Grad.vjp(f, x).pullback(to);
      Array exact = Grad.vjp(f, x.astype(DType.FLOAT64)).pullback(to.astype(DType.FLOAT64));
      assertThatArray(narrow.astype(DType.FLOAT64)).isWithin(5 * ULP, exact);
      Array half = Grad.vjp(f, x.astype(DType.FLOAT16)).pullback(to.astype(DType.FLOAT16));
      assertThat(half.dtype()).isEqualTo(DType.FLOAT16);
      assertThatArray(half.astype(DType.FLOAT64)).isWithin(2e-3, exact);
      Array byCotangent = Grad.grad(c -> Grad.vjp(f, x).pullback(c).times(x).sum(), to);
      double h = 1e-2;
      Array moved = f.apply(x.times(1 + h)).minus(f.apply(x.times(1 - h))).dividedBy(2 * h);
      assertThatArray(byCotangent).isWithin(1e-3, moved); // the derivative in the direction of x
    }
  }

  @Test
  void aSoftmaxByHand() {
    Array y = Softmax.softmax(Array.of(new double[] {0, StrictMath.log(3)})); // 1/4, 3/4
    Array g =
        Grad.grad(
            x -> Softmax.softmax(x).times(Array.of(new double[] {1, 0})).sum(),
            Array.of(new double[] {0, StrictMath.log(3)}));
    assertThatArray(y).isWithin(1e-15, Array.of(new double[] {0.25, 0.75}));
    assertThatArray(g).isWithin(1e-15, Array.of(new double[] {0.1875, -0.1875}));
  }
}
