package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SortTest {
  private static final float NAN = Float.NaN;

  @Test
  void sortsAlongAnAxis() {
    Array x = Array.of(new float[] {3, 1, 2, 0, 5, 4}, 2, 3);
    assertThat(Sort.sort(x, -1).toFloatArray()).containsExactly(1, 2, 3, 0, 4, 5);
    assertThat(Sort.sort(x, 0).toFloatArray()).containsExactly(0, 1, 2, 3, 5, 4);
    assertThat(Sort.argsort(x, 1).toLongArray()).containsExactly(1, 2, 0, 0, 2, 1);
    assertThat(Sort.argsort(x, 0).toLongArray()).containsExactly(1, 0, 0, 0, 1, 1);
  }

  @Test
  void theLargestHaveTheirIndices() {
    Sort.TopK top = Sort.topK(Array.of(new float[] {1, 4, 2, 4, 3, 0}, 2, 3), 2);
    assertThat(top.values().toFloatArray()).containsExactly(4, 2, 4, 3);
    assertThat(top.indices().toLongArray()).containsExactly(1, 2, 0, 1);
  }

  @Test
  void nanIsLargestAndTheFirstExtreme() {
    Array x = Array.of(new float[] {1, NAN, Float.POSITIVE_INFINITY, -NAN, 0}, 5);
    assertThat(Sort.argsort(x, 0).toLongArray()).containsExactly(4, 0, 2, 1, 3);
    assertThat(Sort.topK(x, 4).indices().toLongArray()).containsExactly(1, 3, 2, 0);
    assertThat(Sort.argmax(x).toLongArray()).containsExactly(1);
    assertThat(Sort.argmin(x).toLongArray()).containsExactly(1);
  }

  @Test
  void zerosAreEqualAndEqualOnesKeepTheirOrder() {
    Array x = Array.of(new float[] {0f, -0f, 1, -1, 0f, -0f}, 6);
    assertThat(Sort.argsort(x, 0).toLongArray()).containsExactly(3, 0, 1, 4, 5, 2);
    assertThat(Sort.topK(x, 6).indices().toLongArray()).containsExactly(2, 0, 1, 4, 5, 3);
    assertThat(Sort.argmax(Array.of(new float[] {-0f, 0f}, 2)).toLongArray()).containsExactly(0);
    assertThat(Sort.argmin(Array.of(new float[] {0f, -0f}, 2)).toLongArray()).containsExactly(0);
  }

  @Test
  void extremesOfIntegers() {
    Array x = Array.of(new long[] {5, Long.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE}, 4);
    assertThat(Sort.argsort(x, 0).toLongArray()).containsExactly(1, 3, 0, 2);
    assertThat(Sort.topK(x, 4).indices().toLongArray()).containsExactly(2, 0, 1, 3);
    assertThat(x.toLongArray()).containsExactly(5, Long.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  /** Rows of lengths around that of a run, and long ones, with few and with many ties. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void isTheOrderOfAComparator(DType dtype) {
    SplittableRandom random = new SplittableRandom(18);
    for (int length : new int[] {1, 2, 15, 16, 17, 31, 32, 33, 48, 65, 1000}) {
      for (int values : new int[] {2, 50, 1_000_000}) {
        double[] drawn = random.doubles(3L * length).map(u -> (int) (u * values)).toArray();
        Array x = Cast.astype(Array.of(drawn, 3, length), dtype);
        double[] now = Cast.astype(x, DType.FLOAT64).toDoubleArray();
        long[] places = Sort.argsort(x, -1).toLongArray();
        long[] largest = Sort.topK(x, length).indices().toLongArray();
        for (int row = 0; row < 3; row++) {
          int from = row * length;
          Comparator<Integer> order = Comparator.comparingDouble(i -> now[from + i]);
          assertThat(part(places, from, length)).isEqualTo(sorted(length, order));
          assertThat(part(largest, from, length)).isEqualTo(sorted(length, order.reversed()));
          assertThat(Sort.argmax(x, -1).toLongArray()[row]).isEqualTo(largest[from]);
          assertThat(Sort.argmin(x, -1).toLongArray()[row]).isEqualTo(places[from]);
        }
      }
    }
  }

  @Test
  void negativeNumbersAndDoublesHaveTheirOrder() {
    double[] drawn = new SplittableRandom(3).doubles(500, -1, 1).toArray();
    long[] expected = sorted(500, Comparator.comparingDouble(i -> drawn[i]));
    assertThat(Sort.argsort(Array.of(drawn, 500), 0).toLongArray()).isEqualTo(expected);
    double[] close = {1, Math.nextUp(1.0), -1, Math.nextDown(-1.0), Double.NEGATIVE_INFINITY};
    assertThat(Sort.argsort(Array.of(close, 5), 0).toLongArray()).containsExactly(4, 3, 2, 0, 1);
  }

  private static long[] part(long[] all, int from, int length) {
    return IntStream.range(from, from + length).mapToLong(i -> all[i]).toArray();
  }

  private static long[] sorted(int length, Comparator<Integer> order) {
    return IntStream.range(0, length).boxed().sorted(order).mapToLong(i -> i).toArray();
  }
}
