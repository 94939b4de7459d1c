package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cotangents of operations that move, repeat or select elements. */
class MoveDerivativesTest {
  private static Array back(UnaryOperator<Array> function, Array at, float... cotangent) {
    Array output = function.apply(at);
    Array g = Array.of(cotangent, output.shape().dims());
    return Grad.vjp(function::apply, at).pullback(g.astype(output.dtype()));
  }

  @Provide
  Arbitrary<int[]> shapes() {
    return Arbitraries.of(1, 2, 3, 5).array(int[].class).ofSize(3);
  }

  @Property(tries = 20, seed = "1")
  void agreeWithFiniteDifferences(@ForAll("shapes") int[] shape) {
    Array x = Numbers.of(1, DType.FLOAT64, shape);
    int last = shape[2] - 1;
    FiniteDifferences.check(a -> Reshape.ravel(a), x);
    FiniteDifferences.check(a -> Transpose.transpose(a, 2, 0, 1), x);
    FiniteDifferences.check(a -> Reshape.broadcastTo(a, 2, shape[0], shape[1], shape[2]), x);
    FiniteDifferences.check(
        a -> Reshape.broadcastTo(Slice.get(a, Index.rest(), Index.range(0, 1)), shape), x);
    FiniteDifferences.check(a -> Repeat.tile(a, 2, 1, 3), x);
    FiniteDifferences.check(a -> Repeat.repeat(a, 3, 1), x);
    FiniteDifferences.check(a -> Slice.get(a, Index.at(-1), Index.newAxis(), Index.every(-2)), x);
    FiniteDifferences.check(a -> Slice.get(a, Index.all(), Index.all(), Index.from(last)), x);
    FiniteDifferences.check(a -> Slice.diagonal(a, 0, 2), x);
    FiniteDifferences.check(a -> Slice.flip(a, 1), x);
    FiniteDifferences.check(a -> Concatenate.concatenate(List.of(a, Slice.flip(a, 0), a), 1), x);
    FiniteDifferences.check(a -> Concatenate.split(a, new int[] {0, 1}, 2).getLast(), x);
    FiniteDifferences.check(
        a -> Concatenate.pad(a, new int[] {0, 1, 2}, new int[] {1, 0, 0}, 4), x);
    FiniteDifferences.check(a -> Gather.take(a, Array.of(new int[] {0, last, 0, -1}, 2, 2), 2), x);
    FiniteDifferences.check(
        a -> Gather.index(a, Array.of(new int[] {0, -1, 0}), Array.of(new int[] {0}, 1, 1)), x);
    FiniteDifferences.check(
        a -> Gather.takeAlongAxis(a, Array.of(new int[] {0, -1, last, 0, 0}, 1, 1, 5), 2), x);
  }

  @Property(tries = 20, seed = "1")
  void replacingHasTwoCotangents(@ForAll("shapes") int[] shape) {
    Array x = Numbers.of(1, DType.FLOAT64, shape);
    Array one = Numbers.of(2, DType.FLOAT64, 1, shape[2]);
    Array block = Numbers.of(3, DType.FLOAT64, 1, shape[1], 1);

    FiniteDifferences.check((a, b) -> Slice.set(a, b, Index.at(0)), x, one);
    FiniteDifferences.check((a, b) -> Slice.dynamicUpdateSlice(a, b, shape[0], 0, 1), x, block);
  }

  @Test
  void replacedElementsHaveZeroCotangents() {
    Array x = Array.of(new float[] {1, 2, 3, 4});
    Array two = Array.of(new float[] {8, 9});

    Array kept = back(a -> Slice.set(a, two, Index.range(1, 3)), x, 1, 2, 3, 4);

    assertThat(kept).isEqualTo(Array.of(new float[] {1, 0, 0, 4}));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
  void rowsSelectedSeveralTimesAddInTheOrderOfTheIndices(DType dtype) {
    Array table = Array.zeros(dtype, 3, 2);
    Array tokens = Array.of(new int[] {2, 0, 2, 2});
    float big = 1024; // absorbs small numbers that are added one by one
    float small = dtype == DType.FLOAT32 || dtype == DType.FLOAT64 ? 0.25f : 1f;

    Array gradient =
        back(t -> Gather.take(t, tokens, 0), table, big, small, 7, 8, small, small, -big, big);

    float[] expected = {7, 8, 0, 0, big + small - big, small + small + big};
    assertThat(gradient).isEqualTo(Array.of(expected, 3, 2).astype(dtype));
  }

  @Test
  void aChainOfAdditionsStartsAtTheFirstRowAndGoesOnInOrder() {
    Array x = Array.of(new float[] {-0f, 1});
    float huge = 1 << 25;

    Array gradient = back(a -> Reshape.broadcastTo(a, 3, 2), x, -0f, huge, -0f, 1, -0f, -huge);

    assertThat(gradient).isEqualTo(Array.of(new float[] {-0f, 0}));
  }

  @Test
  void emptyArraysHaveEmptyCotangents() {
    Array x = Array.of(new float[] {1, 2});

    assertThat(back(a -> Reshape.broadcastTo(a, 0, 2), x)).isEqualTo(Array.of(new float[2]));
    assertThat(back(a -> Gather.take(a, Array.of(new int[0]), 0), x))
        .isEqualTo(Array.of(new float[2]));
  }

  @Test
  void selectionCanBeDifferentiatedTwice() {
    Array tokens = Array.of(new int[] {1, 1, 0}, 3);
    Array x = Numbers.of(1, DType.FLOAT64, 2, 3);
    Array y = Numbers.of(2, DType.FLOAT64, 3, 2);

    FiniteDifferences.checkTwice(
        (a, b) -> {
          Array rows = Slice.get(Gather.take(a, tokens, 0), Index.range(0, 2));
          Array product = MatMul.matmul(rows, Transpose.transpose(b.reshape(2, 3)));
          return Slice.set(Reshape.broadcastTo(product, 2, 2, 2), product, Index.at(0));
        },
        x,
        y);
  }

  /**
   * The root's derivative at 0 is infinite: elements that are not selected must not be multiplied
   * by 0.
   */
  @Test
  void elementsNotSelectedHaveZeroCotangentsEvenWhereInfinite() {
    Array x = Array.of(new float[] {4, -1, 9, -4}, 2, 2);
    Array zero = Array.scalar(0, DType.FLOAT32);
    Array positive = Compare.greater(x, zero);
    Array expected = Array.of(new float[] {0.25f, 0, 1 / 6f, 0}, 2, 2);
    for (UnaryOperator<Array> chosen :
        List.<UnaryOperator<Array>>of(
            a -> Where.where(positive, a, zero),
            a -> Where.where(positive, a, 0),
            a -> Where.where(Compare.logicalNot(positive), zero, a),
            Elementwise::relu)) {
      assertThat(Grad.grad(a -> Elementwise.sqrt(chosen.apply(a)).sum(), x)).isEqualTo(expected);
    }
    Array square = Array.of(new float[] {4, 4, 4, 4}, 2, 2);
    assertThat(Grad.grad(a -> Elementwise.sqrt(Where.tril(a)).sum(), square))
        .isEqualTo(Array.of(new float[] {0.25f, 0, 0.25f, 0.25f}, 2, 2));
    assertThat(Grad.grad(a -> Elementwise.sqrt(Where.triu(a)).sum(), square))
        .isEqualTo(Array.of(new float[] {0.25f, 0.25f, 0, 0.25f}, 2, 2));
    assertThat(
            Grad.grad(
                a -> Elementwise.sqrt(Slice.set(a, zero, Index.at(0), Index.at(1))).sum(), square))
        .isEqualTo(Array.of(new float[] {0.25f, 0, 0.25f, 0.25f}, 2, 2));
    assertThat(
            Grad.grad(
                a ->
                    Elementwise.sqrt(Concatenate.pad(a, new int[] {1, 0}, new int[] {0, 1}, 0))
                        .sum(),
                square))
        .isEqualTo(Array.full(0.25, DType.FLOAT32, 2, 2));
  }
}
