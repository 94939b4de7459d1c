package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Attention.Options;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.kernel.Workers;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionDerivativeTest {
  private static final double STEP = 0x1p-18;

  /** Query, key, value and bias, to be differentiated by. */
  private record Inputs(Array query, Array key, Array value, Array bias) {
    static Inputs of(DType dtype, int batch, int queries, int keys, int heads, int... bias) {
      return new Inputs(
          Numbers.of(1, dtype, batch, queries, heads, 3),
          Numbers.of(2, dtype, batch, keys, heads, 3),
          Numbers.of(3, dtype, batch, keys, heads, 2),
          Numbers.of(4, dtype, bias));
    }

    TreePair<TreePair<Array, Array>, TreePair<Array, Array>> tree() {
      return TreePair.of(TreePair.of(query, key), TreePair.of(value, bias));
    }

    static Inputs of(List<Array> leaves) {
      return new Inputs(leaves.get(0), leaves.get(1), leaves.get(2), leaves.get(3));
    }
  }

  private static Inputs pullback(Function<Inputs, Array> program, Inputs at, Array cotangent) {
    Vjp<TreePair<TreePair<Array, Array>, TreePair<Array, Array>>, Array> vjp =
        Grad.vjp(tree -> program.apply(Inputs.of(tree.leaves())), at.tree());
    return Inputs.of(vjp.pullback(cotangent).leaves());
  }

  private static Inputs pullback(Function<Inputs, Array> program, Inputs at) {
    Array output = program.apply(at);
    return pullback(program, at, Numbers.of(9, output.dtype(), output.shape().dims()));
  }

  private static Array attend(Inputs in, Options options) {
    return Attention.attend(in.query, in.key, in.value, in.bias, options);
  }

  private static void assertFiniteDifferences(Function<Inputs, Array> program, Inputs at) {
    Array output = program.apply(at);
    Array cotangent = Numbers.of(9, output.dtype(), output.shape().dims());
    List<Array> gradients = pullback(program, at, cotangent).tree().leaves();
    for (int input = 0; input < 4; input++) {
      List<Array> leaves = at.tree().leaves();
      double[] values = leaves.get(input).toDoubleArray();
      double[] gradient = gradients.get(input).toDoubleArray();
      for (int i = 0; i < values.length; i++) {
        double change = 0;
        for (int sign = -1; sign <= 1; sign += 2) {
          double[] moved = values.clone();
          moved[i] += sign * STEP;
          Array there = Array.of(moved, leaves.get(input).shape().dims());
          List<Array> others = new ArrayList<>(leaves);
          others.set(input, there);
          double[] out = program.apply(Inputs.of(others)).toDoubleArray();
          for (int o = 0; o < out.length; o++) {
            change += sign * out[o] * cotangent.toDoubleArray()[o];
          }
        }
        assertThat(gradient[i])
            .as("input %d, element %d", input, i)
            .isCloseTo(change / (2 * STEP), within(1e-8));
      }
    }
  }

  @Test
  void isThatOfFiniteDifferencesWithMaskDropoutAndABiasThatBroadcasts() {
    Inputs at = Inputs.of(DType.FLOAT64, 2, 4, 5, 3, 3, 1, 5);
    Options options =
        new Options(Numbers.flags(5, 2, 1, 4, 5), Numbers.flags(6, 2, 3, 4, 5), 1.25, false);
    assertFiniteDifferences(in -> attend(in, options), at);
  }

  @Test
  void isThatOfFiniteDifferencesWhereAWholeRowIsMasked() {
    Inputs at = Inputs.of(DType.FLOAT64, 1, 3, 4, 2, 1, 2, 3, 4);
    boolean[] rows = {true, false, true};
    Options options = Options.NONE.withMask(Array.of(rows, 3, 1));
    assertFiniteDifferences(in -> attend(in, options), at);
  }

  /**
   * A constant added to all scores of a row has no effect: Flax's gradient is zero up to rounding,
   * of the bias's type, not of the output's.
   */
  @ParameterizedTest
  @CsvSource({
    "FLOAT32, FLOAT64, 1e-14",
    "BFLOAT16, FLOAT64, 1e-14",
    "FLOAT16, FLOAT64, 1e-14",
    "BFLOAT16, FLOAT32, 1e-6",
    "FLOAT16, FLOAT32, 1e-6",
    "BFLOAT16, FLOAT16, 1e-6"
  })
  void aBiasThatIsRepeatedOverTheKeysHasNoGradient(DType dtype, DType ofBias, double most) {
    Array query = Numbers.of(1, dtype, 2, 5, 2, 3);
    Array key = Numbers.of(2, dtype, 2, 7, 2, 3);
    Array value = Numbers.of(3, dtype, 2, 7, 2, 2);
    Array bias = Numbers.of(4, ofBias, 2, 2, 5, 1);
    Vjp<Array, Array> vjp =
        Grad.vjp(b -> Attention.attend(query, key, value, b, Options.NONE), bias);
    assertThat(vjp.output().dtype()).isEqualTo(dtype);
    assertZero(vjp.pullback(Numbers.of(9, dtype, 2, 5, 2, 2)), ofBias, most);

    vjp = Grad.vjp(b -> Attention.weights(query, key, b, Options.NONE), bias);
    Array scores = Numbers.of(5, dtype, 2, 2, 5, 7);
    Array cotangent = Numbers.of(9, dtype, 2, 2, 5, 7);
    assertThat(vjp.output()).isEqualTo(Attention.weights(query, key, bias, Options.NONE));
    assertZero(vjp.pullback(cotangent), ofBias, most);

    vjp = Grad.vjp(b -> Attention.weightsOfScores(scores, b, dtype, Options.NONE), bias);
    assertThat(vjp.output())
        .isEqualTo(Attention.weightsOfScores(scores, bias, dtype, Options.NONE));
    assertZero(vjp.pullback(cotangent), ofBias, most);
  }

  private static void assertZero(Array gradient, DType dtype, double most) {
    assertThat(gradient.dtype()).isEqualTo(dtype);
    assertThat(gradient.astype(DType.FLOAT64).toDoubleArray())
        .containsExactly(new double[gradient.size()], within(most));
  }

  @Test
  void weightsHaveThatOfFiniteDifferences() {
    Inputs at = Inputs.of(DType.FLOAT64, 2, 3, 4, 2, 4);
    Options options = Options.NONE.withMask(Numbers.flags(5, 3, 4));
    assertFiniteDifferences(in -> Attention.weights(in.query, in.key, in.bias, options), at);
  }

  @Test
  void weightsOfScoresHaveThatOfFiniteDifferences() {
    Inputs at =
        new Inputs(
            Numbers.of(1, DType.FLOAT64, 2, 2, 3, 4),
            Array.of(new double[] {1}, 1),
            Array.of(new double[] {1}, 1),
            Numbers.of(4, DType.FLOAT64, 2, 1, 4));
    Options options = Options.NONE.withMask(Numbers.flags(5, 3, 4));
    assertFiniteDifferences(
        in -> Attention.weightsOfScores(in.query, in.bias, DType.FLOAT64, options), at);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void shorterTypesAreCloseToFloat64(DType dtype) {
    Inputs at = Inputs.of(dtype, 2, 30, 40, 3, 3, 30, 40);
    Options options = Options.NONE.withMask(Numbers.flags(5, 2, 1, 30, 40));
    Inputs at64 =
        Inputs.of(at.tree().leaves().stream().map(leaf -> leaf.astype(DType.FLOAT64)).toList());
    Array cotangent = Numbers.of(9, dtype, 2, 30, 3, 2);

    List<Array> actual = pullback(in -> attend(in, options), at, cotangent).tree().leaves();
    List<Array> expected =
        pullback(in -> attend(in, options), at64, cotangent.astype(DType.FLOAT64)).tree().leaves();

    double precision = dtype == DType.FLOAT32 ? 1e-6 : dtype == DType.FLOAT16 ? 4e-3 : 3e-2;
    for (int input = 0; input < 4; input++) {
      assertThat(actual.get(input).dtype()).isEqualTo(dtype);
      assertThatArray(actual.get(input).astype(DType.FLOAT64))
          .isWithin(precision, expected.get(input));
    }
  }

  /** Many heads are one task each; few heads are split into tasks for queries and for keys. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3"})
  void hasTheSameBitsOnAnyNumberOfThreads(int batch, int heads) {
    Inputs at = Inputs.of(DType.FLOAT32, batch, 300, 280, heads, heads, 300, 280);
    Array mask = Numbers.flags(5, 300, 280);
    Options options = new Options(mask, Numbers.flags(6, 1, 1, 300, 280), 1.5, false);
    List<Array> expected =
        onThreads(1, () -> pullback(in -> attend(in, options), at).tree().leaves());
    for (int threads : new int[] {2, 3, 8}) {
      List<Array> actual =
          onThreads(threads, () -> pullback(in -> attend(in, options), at).tree().leaves());
      for (int input = 0; input < 4; input++) {
        assertThatArray(actual.get(input)).hasSameBitsAs(expected.get(input));
      }
    }
  }

  private static <T> T onThreads(int threads, Supplier<T> work) {
    try (ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, threads - 1))) {
      return Workers.over(pool, threads).<T, RuntimeException>call(work::get);
    }
  }

  @Test
  void aHeadOfABatchElementHasTheBitsThatItHasAlone() {
    Inputs all = Inputs.of(DType.FLOAT32, 3, 70, 90, 2, 2, 70, 90);
    Array cotangent = Numbers.of(9, DType.FLOAT32, 3, 70, 2, 2);
    Inputs together = pullback(in -> attend(in, Options.NONE), all, cotangent);
    for (int element = 0; element < 3; element++) {
      for (int head = 0; head < 2; head++) {
        Inputs one =
            new Inputs(
                part(all.query, element, head),
                part(all.key, element, head),
                part(all.value, element, head),
                Slice.slice(
                    all.bias,
                    new int[] {head, 0, 0},
                    new int[] {head + 1, 70, 90},
                    new int[] {1, 1, 1}));
        Inputs alone =
            pullback(in -> attend(in, Options.NONE), one, part(cotangent, element, head));
        assertThatArray(alone.query).hasSameBitsAs(part(together.query, element, head));
        assertThatArray(alone.key).hasSameBitsAs(part(together.key, element, head));
        assertThatArray(alone.value).hasSameBitsAs(part(together.value, element, head));
      }
    }
  }

  private static Array part(Array array, int element, int head) {
    int[] end = array.shape().dims();
    end[0] = element + 1;
    end[2] = head + 1;
    return Slice.slice(array, new int[] {element, 0, head, 0}, end, new int[] {1, 1, 1, 1});
  }

  /** Gradients that are not wanted are not computed. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aGradientAloneHasTheBitsThatItHasWithOthers(int wanted) {
    Inputs at = Inputs.of(DType.FLOAT32, 1, 70, 90, 2, 70, 1);
    List<Array> all = pullback(in -> attend(in, Options.NONE), at).tree().leaves();
    Array cotangent = Numbers.of(9, DType.FLOAT32, 1, 70, 2, 2);

    Vjp<Array, Array> alone =
        Grad.vjp(
            moved -> {
              List<Array> leaves = new ArrayList<>(at.tree().leaves());
              leaves.set(wanted, moved);
              return attend(Inputs.of(leaves), Options.NONE);
            },
            at.tree().leaves().get(wanted));

    assertThatArray(alone.pullback(cotangent)).hasSameBitsAs(all.get(wanted));
  }

  /** Differentiation does not change the output's bits, here over several spans of keys. */
  @Test
  void keepsTheMaximumAndTheSumOfEachRow() {
    Inputs at = Inputs.of(DType.FLOAT32, 1, 5, 9000, 2, 1);
    Vjp<TreePair<TreePair<Array, Array>, TreePair<Array, Array>>, Array> vjp =
        Grad.vjp(tree -> attend(Inputs.of(tree.leaves()), Options.NONE), at.tree());
    assertThatArray(vjp.output()).hasSameBitsAs(attend(at, Options.NONE));
    Array ones = Array.full(1, DType.FLOAT32, 1, 5, 2, 2);
    Array ofValues = Inputs.of(vjp.pullback(ones).leaves()).value();
    assertThat(Reduce.sum(ofValues).item()).isCloseTo(20, within(1e-4));
  }

  @Test
  void withoutKeysIsZero() {
    Inputs at = Inputs.of(DType.FLOAT32, 1, 5, 0, 2, 1);
    Inputs gradients = pullback(in -> attend(in, Options.NONE), at);
    assertThatArray(gradients.query).hasSameBitsAs(Array.zeros(DType.FLOAT32, 1, 5, 2, 3));
    assertThatArray(gradients.key).hasSameBitsAs(at.key);
    assertThatArray(gradients.bias).hasSameBitsAs(Array.zeros(DType.FLOAT32, 1));
  }

  /** The derivative of a directional derivative. */
  @Test
  void canBeDifferentiatedAgain() {
    Inputs at = Inputs.of(DType.FLOAT64, 1, 3, 4, 2, 2, 3, 4);
    Array mask = Numbers.flags(5, 1, 1, 3, 4);
    Options options = new Options(mask, Numbers.flags(6, 1, 2, 3, 4), 1.25, false);
    Array direction = Numbers.of(8, DType.FLOAT64, at.query.shape().dims());
    Function<Array, Array> slope =
        query -> {
          Array gradient =
              Grad.grad(
                  q ->
                      Reduce.sum(
                          Elementwise.square(
                              Attention.attend(q, at.key, at.value, at.bias, options))),
                  query);
          return Reduce.sum(Elementwise.multiply(gradient, direction));
        };

    double[] second = Grad.grad(slope, at.query).toDoubleArray();

    for (int i = 0; i < second.length; i++) {
      double change = 0;
      for (int sign = -1; sign <= 1; sign += 2) {
        double[] moved = at.query.toDoubleArray();
        moved[i] += sign * STEP;
        change += sign * slope.apply(Array.of(moved, at.query.shape().dims())).item();
      }
      assertThat(second[i]).as("element %d", i).isCloseTo(change / (2 * STEP), within(1e-8));
    }
  }

  @Test
  void theUnfusedDerivativeIsClose() {
    Inputs at = Inputs.of(DType.FLOAT64, 2, 6, 7, 3, 3, 1, 7);
    Options options =
        new Options(Numbers.flags(5, 2, 1, 6, 7), Numbers.flags(6, 2, 3, 6, 7), 1.25, false);
    Array cotangent = Numbers.of(9, DType.FLOAT64, 2, 6, 3, 2);
    Op.VjpContext call =
        new Op.VjpContext(
            at.tree().leaves(), attend(at, options), List.of(), List.of(true, true, true, true));
    Inputs square = Inputs.of(requireAll(WeightGradient.ofAttention(call, cotangent, options)));
    Inputs fused = pullback(in -> attend(in, options), at, cotangent);
    for (int input = 0; input < 4; input++) {
      assertThatArray(square.tree().leaves().get(input))
          .isWithin(1e-14, fused.tree().leaves().get(input));
    }
  }

  private static List<Array> requireAll(List<? extends @Nullable Array> gradients) {
    return gradients.stream().map(Objects::requireNonNull).toList();
  }
}
