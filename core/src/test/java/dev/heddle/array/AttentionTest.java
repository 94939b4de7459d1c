package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Attention.Options;
import dev.heddle.grad.Grad;
import dev.heddle.kernel.Band;
import dev.heddle.support.Attentions;
import dev.heddle.support.Numbers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "3, 17", "7, 255", "5, 256", "5, 257", "2, 600"})
  void isTheSoftmaxOfScoresTimesValues(int queries, int keys) {
    Array q = Numbers.of(1, DType.FLOAT32, 2, queries, 3, 5);
    Array k = Numbers.of(2, DType.FLOAT32, 2, keys, 3, 5);
    Array v = Numbers.of(3, DType.FLOAT32, 2, keys, 3, 4);
    Array bias = Numbers.of(4, DType.FLOAT32, 2, 3, queries, keys);
    Array mask = Numbers.flags(5, 2, 3, queries, keys);

    Array out = Attention.attend(q, k, v, bias, Options.NONE.withMask(mask));

    assertThat(out.shape()).isEqualTo(Shape.of(2, queries, 3, 4));
    double[] expected = Attentions.attend(q, k, v, bias, mask);
    assertThat(out.toDoubleArray()).containsExactly(expected, within(4e-6));
  }

  @Test
  void agreesInFloat64ToItsPrecision() {
    Array q = Numbers.of(1, DType.FLOAT64, 1, 4, 2, 3);
    Array k = Numbers.of(2, DType.FLOAT64, 1, 300, 2, 3);
    Array v = Numbers.of(3, DType.FLOAT64, 1, 300, 2, 3);

    Array out = Attention.attend(q, k, v, null, Options.NONE);

    assertThat(out.dtype()).isEqualTo(DType.FLOAT64);
    double[] expected = Attentions.attend(q, k, v, null, null);
    assertThat(out.toDoubleArray()).containsExactly(expected, within(1e-14));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 300, 4096, 4097, 9000, 13000})
  void aQueryAloneHasTheBitsOfItsRow(int keys) {
    Array q = Numbers.of(1, DType.FLOAT32, 1, 40, 1, 2);
    Array k = Numbers.of(2, DType.FLOAT32, 1, keys, 1, 2);
    Array v = Numbers.of(3, DType.FLOAT32, 1, keys, 1, 2);
    Array all = Attention.attend(q, k, v, null, Options.NONE);
    for (int row : new int[] {0, 31, 39}) {
      float[] one = Arrays.copyOfRange(q.toFloatArray(), row * 2, row * 2 + 2);
      Array alone = Attention.attend(Array.of(one, 1, 1, 1, 2), k, v, null, Options.NONE);
      float[] expected = Arrays.copyOfRange(all.toFloatArray(), row * 2, row * 2 + 2);
      assertThat(alone).isEqualTo(Array.of(expected, 1, 1, 1, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 257, 700, 4200})
  void aCausalPatternHasTheBitsOfTheSameMaskReadInFull(int length) {
    Array q = Numbers.of(1, DType.FLOAT32, 1, length, 1, 2);
    Array k = Numbers.of(2, DType.FLOAT32, 1, length, 1, 2);
    Array v = Numbers.of(3, DType.FLOAT32, 1, length, 1, 2);
    Array causal =
        Array.deferred(
            new MaskPattern.Diagonals(Band.CAUSAL), Shape.of(1, 1, length, length), DType.BOOL);
    Array read = Array.wrap(causal.storage(), causal.shape());

    assertThat(Attention.attend(q, k, v, null, Options.NONE.withMask(causal)))
        .isEqualTo(Attention.attend(q, k, v, null, Options.NONE.withMask(read)));
  }

  @ParameterizedTest
  @CsvSource({"4, 2", "6, 1", "6, 3", "2, 2"})
  void headsThatShareKeysHaveTheBitsOfRepeatedKeys(int heads, int keyHeads) {
    int group = heads / keyHeads;
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
      Array q = Numbers.of(1, dtype, 2, 70, heads, 8);
      Array k = Numbers.of(2, dtype, 2, 300, keyHeads, 8);
      Array v = Numbers.of(3, dtype, 2, 300, keyHeads, 5);
      Array band =
          Array.deferred(
              new MaskPattern.Diagonals(new Band(40, 190)), Shape.of(1, 1, 70, 300), DType.BOOL);
      Options options = Options.NONE.withMask(band);

      Array out = Attention.attend(q, k, v, null, options);
      Array weights = Attention.weights(q, k, null, options);

      Array keys = Repeat.repeat(k, group, -2);
      assertThat(out)
          .isEqualTo(Attention.attend(q, keys, Repeat.repeat(v, group, -2), null, options));
      assertThat(weights).isEqualTo(Attention.weights(q, keys, null, options));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void aScaleMultipliesTheScores(DType dtype) {
    Array q = Numbers.of(1, dtype, 1, 9, 2, 16);
    Array k = Numbers.of(2, dtype, 1, 12, 2, 16);

    Array usual = Attention.weights(q, k, null, Options.NONE);
    Array twice = Attention.weights(q, k, null, Options.NONE.withScale(0.5));

    assertThat(Attention.weights(q, k, null, Options.NONE.withScale(0.25))).isEqualTo(usual);
    assertThat(twice).isEqualTo(Attention.weights(q.times(2), k, null, Options.NONE));
  }

  @Test
  void aSoftCapBendsScoresBeforeTheBias() {
    Array q = Numbers.of(1, DType.FLOAT64, 2, 9, 2, 8);
    Array k = Numbers.of(2, DType.FLOAT64, 2, 12, 1, 8);
    Array bias = Numbers.of(3, DType.FLOAT64, 2, 2, 9, 12);
    Array factor = Numbers.of(4, DType.FLOAT64, 2, 2, 9, 12);
    double limit = 0.7;
    Options options = Options.NONE.withSoftCap(limit);

    List<Array> actual =
        Grad.grad(
                in ->
                    Attention.attend(
                            in.leaves().get(0),
                            in.leaves().get(1),
                            in.leaves().get(1),
                            in.leaves().get(2),
                            options)
                        .sum(),
                ArrayTree.of(List.of(q, k, bias)))
            .leaves();
    List<Array> expected =
        Grad.grad(
                in -> {
                  Array keys = Repeat.repeat(in.leaves().get(1), 2, -2);
                  Array scores =
                      capped(in.leaves().get(0), in.leaves().get(1), limit)
                          .plus(in.leaves().get(2));
                  Array weights = Softmax.softmax(scores, -1);
                  return Einsum.einsum("...hqk,...khd->...qhd", weights, keys).sum();
                },
                ArrayTree.of(List.of(q, k, bias)))
            .leaves();

    for (int i = 0; i < 3; i++) {
      assertThat(actual.get(i).toDoubleArray())
          .containsExactly(expected.get(i).toDoubleArray(), within(1e-13));
    }
    Array ofWeights = Grad.grad(x -> Attention.weights(x, k, bias, options).times(factor).sum(), q);
    Array ofSoftmax =
        Grad.grad(x -> Softmax.softmax(capped(x, k, limit).plus(bias), -1).times(factor).sum(), q);
    assertThat(ofWeights.toDoubleArray()).containsExactly(ofSoftmax.toDoubleArray(), within(1e-13));
  }

  private static Array capped(Array query, Array key, double limit) {
    Array keys = Repeat.repeat(key, query.shape().dim(-2) / key.shape().dim(-2), -2);
    Array products = Einsum.einsum("...qhd,...khd->...hqk", query, keys).dividedBy(Math.sqrt(8));
    return products.dividedBy(limit).tanh().times(limit);
  }

  @Test
  void theGradientUnderAScaleIsThatOfScaledQueries() {
    Array q = Numbers.of(1, DType.FLOAT64, 1, 9, 2, 8);
    Array k = Numbers.of(2, DType.FLOAT64, 1, 12, 2, 8);
    double scale = 0.7;

    Array actual =
        Grad.grad(x -> Attention.attend(x, k, k, null, Options.NONE.withScale(scale)).sum(), q);
    Array expected =
        Grad.grad(
            x -> Attention.attend(x.times(scale * Math.sqrt(8)), k, k, null, Options.NONE).sum(),
            q);

    assertThat(actual.toDoubleArray()).containsExactly(expected.toDoubleArray(), within(1e-13));
  }

  @ParameterizedTest
  @CsvSource({"4, 2", "6, 1", "6, 3"})
  void gradientsOfSharedKeysAreSumsOverTheHeadsOfQueries(int heads, int keyHeads) {
    int group = heads / keyHeads;
    Array q = Numbers.of(1, DType.FLOAT64, 3, 9, heads, 8);
    Array k = Numbers.of(2, DType.FLOAT64, 3, 12, keyHeads, 8);
    Array v = Numbers.of(3, DType.FLOAT64, 3, 12, keyHeads, 5);
    Array factor = Numbers.of(4, DType.FLOAT64, 3, 9, heads, 5);

    List<Array> shared =
        Grad.grad(
                in -> {
                  List<Array> a = in.leaves();
                  return Attention.attend(a.get(0), a.get(1), a.get(2), null, Options.NONE)
                      .times(factor)
                      .sum();
                },
                ArrayTree.of(List.of(q, k, v)))
            .leaves();
    List<Array> expected =
        Grad.grad(
                in -> {
                  List<Array> a = in.leaves();
                  Array keys = Repeat.repeat(a.get(1), group, -2);
                  Array values = Repeat.repeat(a.get(2), group, -2);
                  return Attention.attend(a.get(0), keys, values, null, Options.NONE)
                      .times(factor)
                      .sum();
                },
                ArrayTree.of(List.of(q, k, v)))
            .leaves();

    for (int i = 0; i < 3; i++) {
      assertThat(shared.get(i).toDoubleArray())
          .containsExactly(expected.get(i).toDoubleArray(), within(1e-14));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void aCausalRowWhoseScoresAreAllLowIsRecomputedWithAllKeys(DType dtype) {
    Array q = Numbers.of(1, dtype, 1, 3, 1, 2);
    Array v = Numbers.of(2, dtype, 1, 3, 1, 2);
    Array bias = Array.full(Double.NEGATIVE_INFINITY, dtype, 1, 1, 3, 3);
    Array causal =
        Array.deferred(new MaskPattern.Diagonals(Band.CAUSAL), Shape.of(1, 1, 3, 3), DType.BOOL);

    Array weights = Attention.weights(q, q, bias, Options.NONE.withMask(causal));
    Array out = Attention.attend(q, q, v, bias, Options.NONE.withMask(causal));

    double nan = Double.NaN;
    assertThat(weights.toDoubleArray()).containsExactly(0, .5, .5, 0, 0, 1, nan, nan, nan);
    Array read = Array.wrap(causal.storage(), causal.shape());
    assertThat(out).isEqualTo(Attention.attend(q, q, v, bias, Options.NONE.withMask(read)));
  }

  /**
   * The bias makes a score the lowest number: it has the weight of a masked one, but is not
   * skipped.
   */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void keysThatAreSkippedHaveTheBitsOfKeysThatAreNot(DType dtype) {
    int keys = 4700;
    Array q = Numbers.of(1, dtype, 1, 40, 1, 2);
    Array k = Numbers.of(2, dtype, 1, keys, 1, 2);
    Array v = Numbers.of(3, dtype, 1, keys, 1, 2);
    boolean[] attended = new boolean[40 * keys];
    Arrays.fill(attended, 600, 640, true); // row 0: some keys of the third tile
    Arrays.fill(attended, 2 * keys - 3, 2 * keys, true); // row 1: the last ones; row 2: none
    Arrays.fill(attended, 3 * keys, 40 * keys, true);
    Array mask = Array.of(attended, 1, 1, 40, keys);
    Array lowest = Array.scalar(dtype.finfoMin(), dtype);
    Array bias = Where.where(mask, Array.scalar(0, dtype), lowest);

    assertThat(Attention.attend(q, k, v, null, Options.NONE.withMask(mask)))
        .isEqualTo(Attention.attend(q, k, v, bias, Options.NONE));
  }

  @Test
  void aFullyMaskedRowIsTheMeanOfAllValues() {
    Array q = Numbers.of(1, DType.FLOAT32, 1, 1, 1, 2);
    Array v = Array.of(new float[] {1, 2, 3, 6}, 1, 4, 1, 1);
    Array k = Numbers.of(2, DType.FLOAT32, 1, 4, 1, 2);
    Array mask = Array.of(new boolean[4], 1, 1, 1, 4);

    Array out = Attention.attend(q, k, v, null, Options.NONE.withMask(mask));

    assertThat(out.toFloatArray()).containsExactly(3f);
  }

  @Test
  void aMaskedKeyOfNoWeightAddsNothingEvenWhereItsValueIsNotFinite() {
    Array q = Numbers.of(1, DType.FLOAT32, 1, 1, 1, 2);
    Array k = Numbers.of(2, DType.FLOAT32, 1, 3, 1, 2);
    Array v = Array.of(new float[] {Float.NaN, 5, Float.POSITIVE_INFINITY}, 1, 3, 1, 1);
    Array mask = Array.of(new boolean[] {false, true, false}, 1, 1, 1, 3);

    Array out = Attention.attend(q, k, v, null, Options.NONE.withMask(mask));

    assertThat(out.toFloatArray()).containsExactly(5f);
  }

  /** Keys of a later tile, of a later span, and of an earlier one. */
  @ParameterizedTest
  @CsvSource({
    "0, 299, 300",
    "0, 4999, 5000",
    "4998, 0, 5000",
    "5000, 8999, 9000",
    "8998, 5000, 9000"
  })
  void aValueThatIsNotFiniteHasNoEffectBelowAFarGreaterScore(int lost, int greater, int keys) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16}) {
      double score = dtype == DType.FLOAT64 ? 2000 : 300; // exp of the others is 0
      double[] scores = new double[keys];
      scores[greater] = score;
      double[] values = new double[2 * keys];
      Arrays.fill(values, 1);
      values[2 * lost] = Double.POSITIVE_INFINITY;
      values[2 * lost + 1] = Double.NEGATIVE_INFINITY;
      values[2 * greater] = 7;
      values[2 * greater + 1] = -7;
      Array q = Array.zeros(dtype, 1, 1, 1, 2);
      Array k = Array.zeros(dtype, 1, keys, 1, 2);
      Array v = Array.of(values, 1, keys, 1, 2).astype(dtype);
      Array bias = Array.of(scores, 1, 1, 1, keys).astype(dtype);

      Array out = Attention.attend(q, k, v, bias, Options.NONE);

      assertThat(out.toDoubleArray()).as("%s", dtype).containsExactly(7, -7);
    }
  }

  /** The bias is near float16's lowest number, so that masked keys have weight. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keysMaskedInWholeTilesHaveWeightWhereTheScoresAreAlmostAsLow(boolean causal) {
    int keys = 600;
    Array q = Array.zeros(DType.FLOAT16, 1, keys, 1, 1);
    boolean[] attended = new boolean[keys * keys];
    double[] expected = new double[keys];
    double masked = StrictMath.exp(-0.5); // -65504 relative to -65503.5
    for (int i = 0; i < keys; i++) {
      int shown = causal ? i + 1 : 1;
      Arrays.fill(attended, i * keys, i * keys + shown, true);
      expected[i] = (shown + 2 * (keys - shown) * masked) / (shown + (keys - shown) * masked);
    }
    Array mask = Array.of(attended, 1, 1, keys, keys);
    Array bias = Array.full(-65503.5, DType.FLOAT32, 1, 1, 1, keys);
    for (int query = 0; query < keys; query += 150) {
      double[] values = new double[keys]; // 1 where this row attends to the key, else 2
      Arrays.fill(values, 2);
      Arrays.fill(values, 0, causal ? query + 1 : 1, 1);
      Array v = Array.of(values, 1, keys, 1, 1).astype(DType.FLOAT16);
      Array out = Attention.attend(q, q, v, bias, Options.NONE.withMask(mask));
      assertThat(out.get(0, query, 0, 0).item())
          .as("query %d", query)
          .isCloseTo(expected[query], within(2e-3));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void aMeanThatRoundsToZeroIsThePositiveZero(DType dtype) {
    double least = dtype == DType.FLOAT64 ? Double.MIN_VALUE : Float.MIN_VALUE;
    for (int keys : new int[] {4, 300, 5000}) {
      Array q = Array.zeros(dtype, 1, 1, 1, 1);
      Array k = Array.zeros(dtype, 1, keys, 1, 1);
      double[] values = new double[keys];
      values[1] = -least;
      Array v = Array.of(values, 1, keys, 1, 1).astype(dtype);
      assertThat(v.get(0, 1, 0, 0).item()).isNegative();

      Array out = Attention.attend(q, k, v, null, Options.NONE);

      assertThat(out).isEqualTo(Array.zeros(dtype, 1, 1, 1, 1)); // in bits
    }
  }

  @Test
  void withoutKeysTheResultIsZero() {
    Array q = Numbers.of(1, DType.FLOAT32, 2, 3, 1, 2);
    Array none = Array.zeros(DType.FLOAT32, 2, 0, 1, 2);

    assertThat(Attention.attend(q, none, none, null, Options.NONE))
        .isEqualTo(Array.zeros(DType.FLOAT32, 2, 3, 1, 2));
  }

  @Test
  void aRowWithNaNOrInfinityIsNaNAndTheOthersAreNot() {
    Array q = Array.of(new float[] {1, 1, 1}, 1, 3, 1, 1);
    Array k = Array.of(new float[] {0, 0}, 1, 2, 1, 1);
    float inf = Float.POSITIVE_INFINITY;
    Array bias = Array.of(new float[] {0, Float.NaN, inf, 0, 0, 0}, 1, 1, 3, 2);
    Array v = Array.of(new float[] {2, 4}, 1, 2, 1, 1);

    assertThat(Attention.attend(q, k, v, bias, Options.NONE).toFloatArray())
        .containsExactly(Float.NaN, Float.NaN, 3f);
  }

  @Test
  void weightsTimesValuesAreTheOutput() {
    Array q = Numbers.of(1, DType.FLOAT32, 1, 6, 2, 4);
    Array k = Numbers.of(2, DType.FLOAT32, 1, 9, 2, 4);
    Array v = Numbers.of(3, DType.FLOAT32, 1, 9, 2, 4);
    Array mask = Numbers.flags(4, 6, 9);

    Array weights = Attention.weights(q, k, null, Options.NONE.withMask(mask));
    Array out = Attention.attend(q, k, v, null, Options.NONE.withMask(mask));

    assertThat(weights.shape()).isEqualTo(Shape.of(1, 2, 6, 9));
    Array sum = Einsum.einsum("bhqk,bkhd->bqhd", weights, v);
    assertThat(sum.toDoubleArray()).containsExactly(out.toDoubleArray(), within(1e-6));
  }

  @Test
  void weightsOfGivenScoresAreThoseOfTheirProduct() {
    Array q = Numbers.of(1, DType.FLOAT32, 1, 6, 2, 4);
    Array k = Numbers.of(2, DType.FLOAT32, 1, 9, 2, 4);
    Array mask = Numbers.flags(4, 6, 9);
    Array scores = Einsum.einsum("bqhd,bkhd->bhqk", q.dividedBy(2), k); // 2 is the root of 4

    assertThat(Attention.weightsOfScores(scores, null, DType.FLOAT32, Options.NONE.withMask(mask)))
        .isEqualTo(Attention.weights(q, k, null, Options.NONE.withMask(mask)));
  }

  @Test
  void dropoutMultipliesWeightsAfterTheirSum() {
    Array q = Numbers.of(1, DType.FLOAT32, 1, 2, 1, 4);
    Array k = Numbers.of(2, DType.FLOAT32, 1, 4, 1, 4);
    Array v = Numbers.of(3, DType.FLOAT32, 1, 4, 1, 3);
    Array keep = Array.of(new boolean[] {true, false, false, true, true, true, false, true}, 2, 4);
    Array weights = Attention.weights(q, k, null, Options.NONE);

    Array out = Attention.attend(q, k, v, null, new Options(null, keep, 2, false));

    Array dropped = Elementwise.multiply(weights, keep.astype(DType.FLOAT32).times(2));
    Array expected = Einsum.einsum("bhqk,bkhd->bqhd", dropped, v);
    assertThat(out.toDoubleArray()).containsExactly(expected.toDoubleArray(), within(1e-6));
  }

  @Test
  void aMaskThatWouldEnlargeTheResultIsRefused() {
    Array q = Numbers.of(1, DType.FLOAT32, 1, 1, 1, 2);
    Array mask = Numbers.flags(1, 1, 1, 5, 1);

    assertThatThrownBy(() -> Attention.attend(q, q, q, null, Options.NONE.withMask(mask)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "attention: argument \"mask\": expected a shape that broadcasts to the scores"
                + " [1, 1, 1, 1] ([batch..., heads, queries, keys]), got [1, 1, 5, 1]");
  }
}
