package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.support.Numbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AffineTest {
  private static final int[] NONE = {};

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
  void hasTheBitsOfAProductAndThenASum(DType dtype) {
    Array x = Numbers.of(1, dtype, 2, 101, 7);
    Array kernel = Numbers.of(2, dtype, 7, 3, 5);
    Array bias = Numbers.of(3, dtype, 3, 5);

    Array together = MatMul.affine(x, kernel, new int[] {2}, new int[] {0}, bias);

    Array product = MatMul.dotGeneral(x, kernel, new int[] {2}, new int[] {0}, NONE, NONE);
    assertThat(together).isEqualTo(product.plus(bias));
  }

  @Test
  void anOperandUsedAgainGivesTheSameBits() {
    Array x = Numbers.of(1, DType.FLOAT32, 20, 9);
    Array kernel = Numbers.of(2, DType.FLOAT32, 9, 33);
    Array first = MatMul.matmul(x, kernel);
    for (int i = 0; i < 3; i++) {
      assertThat(MatMul.matmul(x, kernel)).isEqualTo(first);
    }
  }

  @Test
  void aBiasOfAnotherShapeIsRefused() {
    Array x = Numbers.of(1, DType.FLOAT32, 4, 6);
    Array kernel = Numbers.of(2, DType.FLOAT32, 6, 3, 5);
    Array bias = Numbers.of(3, DType.FLOAT32, 5, 3);

    assertThatThrownBy(() -> MatMul.affine(x, kernel, new int[] {1}, new int[] {0}, bias))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("affine: argument \"bias\": expected shape [3, 5], got [5, 3]");
  }
}
