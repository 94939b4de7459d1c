package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;

import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Permutes float32 as the other types, here float64, element by element. */
class FloatPermutationTest {
  @ParameterizedTest
  @MethodSource("orders")
  void equalsThePermutationOfOtherTypes(List<Integer> order) {
    int[] axes = order.stream().mapToInt(Integer::intValue).toArray();
    for (int[] dims : new int[][] {{3, 5, 4, 7}, {1, 70, 2, 33}, {17, 1, 1, 130}, {2, 0, 3, 4}}) {
      Array x = Numbers.of(1, DType.FLOAT32, dims);
      Array expected = x.astype(DType.FLOAT64).transpose(axes).astype(DType.FLOAT32);
      assertThatArray(x.transpose(axes)).hasSameBitsAs(expected);
    }
  }

  static List<List<Integer>> orders() {
    List<List<Integer>> orders = new ArrayList<>();
    for (int code = 0; code < 256; code++) {
      List<Integer> order = List.of(code / 64, code / 16 % 4, code / 4 % 4, code % 4);
      if (order.stream().distinct().count() == 4) {
        orders.add(order);
      }
    }
    return orders;
  }
}
