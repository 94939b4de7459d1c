package dev.heddle.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomTest {
  @Test
  void classesHaveTheirProbabilities() {
    Array logits = Elementwise.log(Array.of(new float[] {0.5f, 0.25f, 0, 0.25f}));
    Array drawn = Random.categorical(Key.of(1), logits, -1, 10_000);
    int[] counts = new int[4];
    for (long each : drawn.toLongArray()) {
      counts[(int) each]++;
    }
    assertThat(counts[0]).isBetween(4_800, 5_200);
    assertThat(counts[1]).isBetween(2_350, 2_650);
    assertThat(counts[2]).isZero();
    Array rows = Array.zeros(DType.FLOAT16, 2, 3, 5);
    assertThat(Random.categorical(Key.of(1), rows).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(Random.categorical(Key.of(1), rows, 1).shape()).isEqualTo(Shape.of(2, 5));
    assertThat(Random.categorical(Key.of(1), rows, 0, 7, 3, 5).dtype()).isEqualTo(DType.INT32);
  }

  @Test
  void classesThatCannotBeDrawn() {
    Array rows = Array.zeros(DType.FLOAT32, 2, 3);
    assertThatThrownBy(() -> Random.categorical(Key.of(1), rows.astype(DType.INT32)))
        .hasMessage(
            "categorical: argument \"logits\": expected a floating-point array with an axis of"
                + " classes, got int32[2, 3]");
    assertThatThrownBy(() -> Random.categorical(Key.of(1), rows, 1, 3))
        .hasMessage(
            "categorical: argument \"shape\": expected one that ends with [2], that of the logits"
                + " without the axis of the classes, got [3]");
    assertThatThrownBy(() -> Random.gumbel(Key.of(1), DType.BOOL, 3))
        .hasMessage("gumbel: argument \"dtype\": expected a floating-point type, got bool");
  }

  private static final Key KEY = Key.of(7);

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
  void uniformNumbersKeepTheirBounds(DType dtype) {
    double[] drawn = Random.uniform(KEY, -2, 5, dtype, 2003).toDoubleArray();
    assertThat(Arrays.stream(drawn)).allMatch(x -> x >= -2 && x <= 5);
    assertThat(mean(drawn)).isCloseTo(1.5, within(.2));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
  void truncatedNumbersStayInsideTheirBounds(DType dtype) {
    double[] drawn = Random.truncatedNormal(KEY, -.5, 2, dtype, 2003).toDoubleArray();
    assertThat(Arrays.stream(drawn)).allMatch(x -> x > -.5 && x < 2);
  }

  @Test
  void normalNumbersHaveMeanZeroAndVarianceOne() {
    double[] drawn = Random.normal(KEY, DType.FLOAT32, 50_021).toDoubleArray();
    assertThat(mean(drawn)).isCloseTo(0, within(.02));
    assertThat(mean(Arrays.stream(drawn).map(x -> x * x).toArray())).isCloseTo(1, within(.03));
  }

  @Test
  void partitionableDrawsDoNotDependOnTheirSize() {
    float[] few = Random.uniform(KEY, DType.FLOAT32, 5).toFloatArray();
    float[] many = Random.uniform(KEY, DType.FLOAT32, 9).toFloatArray();
    assertThat(Arrays.copyOf(many, 5)).isEqualTo(few);
    Key original = KEY.partitionable(false);
    float[] fewOriginal = Random.uniform(original, DType.FLOAT32, 5).toFloatArray();
    float[] manyOriginal = Random.uniform(original, DType.FLOAT32, 9).toFloatArray();
    assertThat(Arrays.copyOf(manyOriginal, 5)).isNotEqualTo(fewOriginal);
  }

  @Test
  void bernoulliIsTrueWhereAUniformNumberIsBelow() {
    float[] uniform = Random.uniform(KEY, DType.FLOAT32, 101).toFloatArray();
    boolean[] drawn = Random.bernoulli(KEY, .3, DType.FLOAT32, 101).toBooleanArray();
    IntStream.range(0, 101).forEach(i -> assertThat(drawn[i]).isEqualTo(uniform[i] < .3f));
  }

  @Test
  void permutationsOfAnAxisMoveWholeRows() {
    Array x = Array.of(IntStream.range(0, 42).toArray(), 7, 6);
    long[] rows = Random.permutation(KEY, x, 0).toLongArray();
    long[] order = Random.permutation(KEY, 7).toLongArray();
    for (int i = 0; i < rows.length; i++) {
      assertThat(rows[i]).isEqualTo(6 * order[i / 6] + i % 6);
    }
    assertThat(Arrays.stream(order).sorted()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(order).isNotEqualTo(IntStream.range(0, 7).asLongStream().toArray());
  }

  @Test
  void permutationsOfTheLastAxisKeepRowsApart() {
    Array x = Array.of(IntStream.range(0, 42).toArray(), 7, 6);
    long[] moved = Random.permutation(KEY, x, -1).toLongArray();
    long[] order = Random.permutation(KEY, 6).toLongArray();
    for (int i = 0; i < moved.length; i++) {
      assertThat(moved[i]).isEqualTo(i / 6 * 6 + order[i % 6]);
    }
  }

  @Test
  void orthogonalMatricesHaveOrthonormalColumnsOrRows() {
    double[] tall = Random.orthogonal(KEY, 13, 5, DType.FLOAT64).toDoubleArray();
    for (int a = 0; a < 5; a++) {
      for (int b = 0; b < 5; b++) {
        double dot = 0;
        for (int i = 0; i < 13; i++) {
          dot += tall[i * 5 + a] * tall[i * 5 + b];
        }
        assertThat(dot).isCloseTo(a == b ? 1 : 0, within(1e-14));
      }
    }
    double[] wide = Random.orthogonal(KEY, 5, 13, DType.FLOAT64).toDoubleArray();
    assertThat(wide[3 * 13 + 7]).isEqualTo(tall[7 * 5 + 3]);
  }

  @Test
  void sixteenBitsAreWordsBelow65536() {
    Array words = Random.bits(KEY, 16, 1001);
    assertThat(words.dtype()).isEqualTo(DType.UINT32);
    assertThat(Arrays.stream(words.toLongArray()))
        .allMatch(x -> x < 1 << 16)
        .anyMatch(x -> x > 1 << 15);
  }

  @Test
  void errorsNameTheArgument() {
    assertThatThrownBy(() -> Random.normal(KEY, DType.INT32, 2))
        .hasMessage("normal: argument \"dtype\": expected a floating-point type, got int32");
    assertThatThrownBy(() -> Random.uniform(KEY, 2, 1, DType.FLOAT32, 2))
        .hasMessage("uniform: arguments \"lo\" and \"hi\": expected lo <= hi, got 2.0 and 1.0");
    assertThatThrownBy(() -> Random.truncatedNormal(KEY, 1, Double.NaN, DType.FLOAT32, 2))
        .hasMessage(
            "truncated_normal: arguments \"lower\" and \"upper\": expected lower < upper, got 1.0"
                + " and NaN");
    assertThatThrownBy(() -> Random.bernoulli(KEY, Double.NaN, DType.FLOAT32, 2))
        .hasMessage("bernoulli: argument \"p\": expected a probability, got NaN");
    assertThatThrownBy(() -> Random.bits(KEY, 12, 2))
        .hasMessage("bits: argument \"width\": expected 8, 16, 32 or 64, got 12");
    assertThatThrownBy(() -> Random.randint(KEY, 0, 5, DType.BOOL, 2))
        .hasMessage("randint: argument \"dtype\": expected an integer type, got bool");
    assertThatThrownBy(() -> Random.orthogonal(KEY, 2, 2, DType.BFLOAT16))
        .hasMessage("orthogonal: argument \"dtype\": expected float32 or float64, got bfloat16");
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
