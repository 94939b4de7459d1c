package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Numbers;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Elementwise operations on shapes that broadcast, small ones and ones that use all threads. */
class BroadcastTest {
  private static final int[] FULL = {3, 4, 5};

  /** Every combination of three operands whose three axes are full or of length 1. */
  static IntStream cases() {
    return IntStream.range(0, 512);
  }

  private static int[] shape(int bits) {
    return new int[] {
      (bits & 1) != 0 ? FULL[0] : 1, (bits & 2) != 0 ? FULL[1] : 1, (bits & 4) != 0 ? FULL[2] : 1
    };
  }

  private static Array spread(Array x) {
    return x.plus(Array.zeros(DType.FLOAT32, FULL)); // the sum of two is checked below
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whereSelectsFromWhatBroadcasts(int bits) {
    Array condition = Numbers.flags(1, shape(bits));
    Array x = Numbers.of(2, DType.FLOAT32, shape(bits >> 3));
    Array y = Numbers.of(3, DType.FLOAT32, shape(bits >> 6));
    Array result = spread(Where.where(condition, x, y));
    float[] flags = spread(condition.astype(DType.FLOAT32)).toFloatArray();
    float[] ofX = spread(x).toFloatArray();
    float[] ofY = spread(y).toFloatArray();
    float[] expected = new float[flags.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = flags[i] != 0 ? ofX[i] : ofY[i];
    }
    assertThat(result.toFloatArray()).isEqualTo(expected);
  }

  @Test
  void sumsOfLargeArraysAreThoseOfTheirElements() {
    int[] full = {40, 50, 700};
    List<int[]> shapes =
        List.of(full, new int[] {40, 1, 700}, new int[] {1, 50, 1}, new int[] {700}, new int[] {1});
    for (int[] a : shapes) {
      Array x = Numbers.of(4, DType.FLOAT32, a);
      Array y = Numbers.of(5, DType.FLOAT32, full);
      float[] ofX = x.toFloatArray();
      float[] ofY = y.toFloatArray();
      int[] strides = x.shape().stridesFor(y.shape());
      float[] sum = new float[ofY.length];
      float[] difference = new float[ofY.length];
      for (int i = 0; i < sum.length; i++) {
        int at = i / 35000 * strides[0] + i / 700 % 50 * strides[1] + i % 700 * strides[2];
        sum[i] = ofX[at] + ofY[i];
        difference[i] = ofX[at] - ofY[i];
      }
      assertThat(x.plus(y).toFloatArray()).isEqualTo(sum);
      assertThat(x.minus(y).toFloatArray()).isEqualTo(difference);
    }
  }
}
