package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Checks;
import dev.heddle.grad.Grad;
import dev.heddle.kernel.UnaryFunction;
import dev.heddle.support.Numbers;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Derivatives of elementwise functions: finite differences, special points, precision. */
class ArithmeticDerivativeTest {
  private static final double ULP = 2e-7;

  /** The functions of arrays. */
  private static final Set<UnaryFunction> UNARY =
      EnumSet.complementOf(EnumSet.of(UnaryFunction.GELU_DERIVATIVE));

  /** Shapes that broadcast with one another. */
  @Provide
  Arbitrary<int[]> shapes() {
    return Arbitraries.of(
        new int[] {}, new int[] {3}, new int[] {1, 3}, new int[] {2, 1}, new int[] {5, 2, 3});
  }

  @Provide
  Arbitrary<Binary.Function> binary() {
    return Arbitraries.of(Binary.Function.class);
  }

  @Provide
  Arbitrary<UnaryFunction> unary() {
    return Arbitraries.of(UNARY);
  }

  @Property(tries = 80, seed = "1")
  void ofTwoElements(
      @ForAll("binary") Binary.Function function,
      @ForAll("shapes") int[] a,
      @ForAll("shapes") int[] b) {
    Array x = Numbers.between(1, 0.6, 2.9, DType.FLOAT64, a);
    Array y = Numbers.between(2, 1.1, 1.9, DType.FLOAT64, b); // no quotient at a discontinuity
    if (function == Binary.Function.FLOOR_DIVIDE || function == Binary.Function.REMAINDER) {
      y = y.plus(0.0137).times(7);
    }
    Array by = y;
    Checks.checkGradient(in -> Binary.of(function, in.get(0), in.get(1)), x, by);
  }

  @Property(tries = 80, seed = "1")
  void ofOneElement(@ForAll("unary") UnaryFunction function, @ForAll("shapes") int[] shape) {
    Array x = Numbers.between(3, 0.15, 0.85, DType.FLOAT64, shape);
    Checks.checkGradient(in -> Unary.of(function, in.getFirst()), x);
    boolean everywhere =
        switch (function) {
          case SQRT, RSQRT, LOG, LOG2, LOG1P -> false;
          default -> true;
        };
    if (everywhere) {
      Checks.checkGradient(in -> Unary.of(function, in.getFirst()), x.negate());
    }
  }

  @Property(tries = 40, seed = "1")
  void ofSecondOrder(@ForAll("unary") UnaryFunction function) {
    Array x = Numbers.between(3, 0.15, 0.85, DType.FLOAT64, 3);
    Function<Array, Array> once = v -> Unary.of(function, v).times(v).sum();
    Checks.checkGradient(in -> Grad.grad(once, in.getFirst()), x);
    Array y = Numbers.between(4, 1.1, 1.9, DType.FLOAT64, 3);
    for (Binary.Function two : Binary.Function.values()) {
      Checks.checkGradient(
          in -> Grad.grad(v -> Binary.of(two, v, in.get(1)).times(v).sum(), in.get(0)), x, y);
    }
  }

  @Property(tries = 20, seed = "1")
  void ofWhereAndClip(
      @ForAll("shapes") int[] a, @ForAll("shapes") int[] b, @ForAll("shapes") int[] c) {
    Array condition = Numbers.flags(5, a);
    Array x = Numbers.of(6, DType.FLOAT64, b);
    Array y = Numbers.of(7, DType.FLOAT64, c);
    Checks.checkGradient(in -> Where.where(condition, in.get(0), in.get(1)), x, y);
    Array grid = Elementwise.round(x.times(2)).dividedBy(2); // no element at a discontinuity
    Array high = Elementwise.round(y.times(2)).dividedBy(2).plus(0.25);
    Checks.checkGradient(
        in -> Elementwise.clip(in.get(0), Array.of(new double[] {-0.75}), in.get(1)), grid, high);
  }

  private static void assertDerivative(
      double expected, Function<Array, Array> function, double at) {
    for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
      Array slope = Grad.grad(function, Array.scalar(at, dtype));
      assertThat(slope.dtype()).isEqualTo(dtype);
      assertThat(slope.item()).as("%s at %s", dtype, at).isEqualTo(expected);
    }
  }

  /** The values are JAX's unless noted. */
  @Test
  void specialPoints() {
    assertDerivative(1, Elementwise::abs, 0);
    assertDerivative(1, Elementwise::abs, -0.0);
    assertDerivative(Double.POSITIVE_INFINITY, Elementwise::sqrt, 0);
    assertDerivative(Double.POSITIVE_INFINITY, Elementwise::cbrt, 0);
    assertDerivative(Double.POSITIVE_INFINITY, Elementwise::log, 0);
    assertDerivative(0, Elementwise::relu, 0);
    assertDerivative(0, Elementwise::relu, Double.NaN);
    assertDerivative(0.5, Elementwise::gelu, 0);
    assertDerivative(1, Elementwise::gelu, 100);
    assertDerivative(0, Elementwise::gelu, -100);
    assertDerivative(1, Elementwise::gelu, 60000); // NaN in JAX where the cube is infinite
    assertDerivative(0.5, Elementwise::softplus, 0);
    assertDerivative(1, Elementwise::silu, 100);
    assertDerivative(0.5, x -> Elementwise.maximum(x, Array.scalar(1, x.dtype())), 1);
    assertDerivative(0.5, x -> Elementwise.minimum(x, Array.scalar(1, x.dtype())), 1);
    assertDerivative(0, x -> Elementwise.maximum(x, Array.scalar(Double.NaN, x.dtype())), 1);
    assertDerivative(0, x -> Elementwise.power(x, Array.scalar(0, x.dtype())), 0); // NaN in JAX
    assertDerivative(1, x -> Elementwise.power(x, Array.scalar(1, x.dtype())), 0);
    assertDerivative(0, y -> Elementwise.power(Array.scalar(0, y.dtype()), y), 2);
    assertDerivative(3, y -> Elementwise.remainder(Array.scalar(-7, y.dtype()), y), 3);
    assertDerivative(-2, y -> Elementwise.remainder(Array.scalar(-7, y.dtype()), y), -3);
    Array zero = Array.of(new double[] {0});
    Function<Array, Array> guarded =
        x ->
            Where.where(
                    Compare.greater(x, zero),
                    Elementwise.log(Where.where(Compare.greater(x, zero), x, 1)),
                    0)
                .sum();
    assertThat(Grad.grad(guarded, zero)).isEqualTo(zero);
  }

  @Test
  void activationsOfFloat32HaveTheDerivativeOfFloat64() {
    Array x = Numbers.between(8, -6, 6, DType.FLOAT32, 5, 301);
    Array wide = x.astype(DType.FLOAT64);
    for (UnaryFunction function : UNARY) {
      Array to = Numbers.of(9, DType.FLOAT32, 5, 301);
      Array narrow = Grad.vjp((Array v) -> Unary.of(function, v), x).pullback(to);
      Array exact =
          Grad.vjp((Array v) -> Unary.of(function, v), wide).pullback(to.astype(DType.FLOAT64));
      if (function == UnaryFunction.GELU
          || function == UnaryFunction.GELU_TANH
          || function == UnaryFunction.RELU
          || function == UnaryFunction.SILU) {
        assertThatArray(narrow.astype(DType.FLOAT64)).isWithin(5 * ULP, exact);
      }
      Array half = x.astype(DType.BFLOAT16);
      assertThat(
              Grad.vjp((Array v) -> Unary.of(function, v), half)
                  .pullback(to.astype(DType.BFLOAT16))
                  .dtype())
          .isEqualTo(DType.BFLOAT16);
    }
  }

  @Test
  void theDerivativeByTheCotangentIsComplete() {
    Array x = Numbers.between(10, -3, 3, DType.FLOAT32, 7);
    for (UnaryFunction function : List.of(UnaryFunction.RELU, UnaryFunction.GELU_TANH)) {
      var back = Grad.vjp((Array v) -> Unary.of(function, v), x);
      Array slopes = back.pullback(Creation.onesLike(x));
      Array again = Grad.grad(c -> back.pullback(c).sum(), Creation.onesLike(x));
      assertThatArray(again).isWithin(2 * ULP, slopes);
    }
  }

  @Test
  void aBiasGradientIsSummedIn64RowSpans() {
    Array x = Numbers.of(11, DType.FLOAT32, 3, 67, 301);
    Array bias = Numbers.of(12, DType.FLOAT32, 301);
    Array weight = Numbers.of(13, DType.FLOAT32, 3, 67, 301);
    Array gradient = Grad.grad(b -> x.plus(b).times(weight).sum(), bias);
    float[] sums = new float[301];
    float[] rows = weight.toFloatArray();
    for (int first = 0; first < 3 * 67; first += 64) {
      float[] span = new float[301];
      for (int i = first * 301; i < Math.min(rows.length, (first + 64) * 301); i++) {
        span[i % 301] += rows[i];
      }
      for (int i = 0; i < 301; i++) {
        sums[i] += span[i];
      }
    }
    assertThat(gradient).isEqualTo(Array.of(sums));
    Array wide = bias.reshape(1, 1, 301);
    assertThat(Grad.grad(b -> x.plus(b).times(weight).sum(), wide).reshape(301))
        .isEqualTo(gradient);
  }

  @Test
  void conversionsConvertTheCotangentBack() {
    Array x = Array.of(new float[] {1, 2, 3}).astype(DType.BFLOAT16);
    Array by = Array.of(new double[] {0.3, 0.7, 1.1});
    Array gradient = Grad.grad(v -> v.astype(DType.FLOAT64).times(by).sum(), x);
    assertThat(gradient).isEqualTo(by.astype(DType.BFLOAT16));
    Array throughIntegers =
        Grad.grad(
            v -> v.astype(DType.INT32).astype(DType.FLOAT32).sum(), Array.of(new float[] {1, 2}));
    assertThat(throughIntegers).isEqualTo(Array.of(new float[] {0, 0}));
  }

  @Test
  void onlyWhatIsWantedIsComputed() {
    Array x = Array.of(new double[] {2}, 1);
    for (Binary.Function function : Binary.Function.values()) {
      Array y = Binary.of(function, x, x);
      var none =
          new Binary(function)
              .vjp(new Op.VjpContext(List.of(x, x), y, List.of(), List.of(false, false)), x);
      assertThat(none).containsOnlyNulls().hasSize(2);
    }
    var pair = Grad.grad(p -> p.first().dividedBy(p.second()).sum(), TreePair.of(x, x));
    assertThat(Arrays.asList(pair.first().item(), pair.second().item())).containsExactly(0.5, -0.5);
  }
}
