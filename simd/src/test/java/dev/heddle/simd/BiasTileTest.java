package dev.heddle.simd;

import static dev.heddle.simd.SimdAttention.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.DType;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.StridedView;
import dev.heddle.support.Numbers;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * The bias of a block of scores gives the sums of the scalar loop, for any strides and broadcast
 * axes.
 */
class BiasTileTest {
  private record Strides(int query, int key) {}

  @BeforeAll
  static void chooseTheWidth() {
    if (KernelChoice.current().kernels().name().equals("scalar")) {
      throw new TestAbortedException("left out: no vectors here");
    }
  }

  @Test
  void addsTheBiasOfEachPair() {
    List<Strides> all =
        List.of(
            new Strides(300, 1), // the usual layout
            new Strides(0, 1), // one row for all queries
            new Strides(1, 0), // one column for all keys
            new Strides(0, 0),
            new Strides(1, 70), // transposed
            new Strides(600, 2));
    for (Strides strides : all) {
      for (Rounding rounding : Rounding.values()) {
        for (int count : new int[] {1, 8, 63, 64}) {
          for (int keys : new int[] {1, 5, 96, 97, 200}) {
            compare(strides, rounding, count, keys);
          }
        }
      }
    }
  }

  private static void compare(Strides strides, Rounding rounding, int count, int keys) {
    int first = 3;
    int key = 2;
    int size = 5 + (first + count) * strides.query + (key + keys) * strides.key + 1;
    float[] values = Numbers.of(1, DType.FLOAT32, size).toFloatArray();
    StridedView<float[]> bias = new StridedView<>(values, 5, strides.query, strides.key);
    float[] scores = Numbers.of(2, DType.FLOAT32, (keys + 2) * BLOCK).toFloatArray();
    float[] expected = scores.clone();
    for (int j = 0; j < keys; j++) {
      for (int i = 0; i < count; i++) {
        int at = 5 + (first + i) * strides.query + (key + j) * strides.key;
        int to = BLOCK + j * BLOCK + i;
        expected[to] = rounding.round(expected[to] + values[at]);
      }
    }

    BiasTile.add(bias, rounding, first, count, key, keys, scores, BLOCK);

    for (int j = 0; j < keys + 2; j++) {
      int written = j == 0 || j > keys ? BLOCK : count; // others are unspecified
      for (int i = 0; i < written; i++) {
        assertThat(scores[j * BLOCK + i])
            .as("%s, %s, %s queries, key %s, query %s", strides, rounding, count, j - 1, i)
            .isEqualTo(expected[j * BLOCK + i]);
      }
    }
  }
}
