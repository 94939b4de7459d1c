package dev.heddle.support;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import org.junit.jupiter.api.Test;

class ArrayAssertTest {
  private final Array expected = Array.of(new float[] {1, 2, Float.NaN, 4}, 2, 2);

  @Test
  void allNansAreEqual() {
    Array other = Array.of(new float[] {1, 2, Float.intBitsToFloat(0xffc00001), 4}, 2, 2);
    assertThatArray(other).hasSameBitsAs(expected).isWithin(0, expected).isWithinUlps(0, expected);
  }

  @Test
  void namesTheFirstElementThatDiffers() {
    Array other = Array.of(new float[] {1, Math.nextUp(2f), Float.NaN, 5}, 2, 2);
    assertThatThrownBy(() -> assertThatArray(other).hasSameBitsAs(expected))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("2 of 4 elements of float32[2, 2] differ, the first at 1")
        .hasMessageContaining("expected 2.0 (40000000), got 2.000000238418579 (40000001)");
  }

  @Test
  void negativeZeroHasOtherBitsButIsNoUlpAway() {
    Array zero = Array.scalar(0, DType.BFLOAT16);
    Array negative = Array.scalar(-0.0, DType.BFLOAT16);
    assertThatArray(negative).isWithinUlps(0, zero).isWithin(0, zero);
    assertThatThrownBy(() -> assertThatArray(negative).hasSameBitsAs(zero))
        .hasMessageContaining("got -0.0 (8000)");
  }

  @Test
  void countsUlpsInTheArraysOwnType() {
    Array one = Array.scalar(1, DType.FLOAT16);
    Array next = Array.scalar(1 + 0x1p-10, DType.FLOAT16);
    assertThatArray(next).isWithinUlps(1, one);
    assertThatThrownBy(() -> assertThatArray(next).isWithinUlps(0, one))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void measuresAgainstTheLargestValueAndKeepsInfinitiesInPlace() {
    Array large = Array.of(new double[] {1, -1000, Double.POSITIVE_INFINITY});
    assertThatArray(Array.of(new double[] {1.9, -1000, Double.POSITIVE_INFINITY}))
        .isWithin(1e-3, large);
    assertThatThrownBy(() ->
            assertThatArray(Array.of(new double[] {2.1, -1000, Double.POSITIVE_INFINITY}))
                .isWithin(1e-3, large))
        .hasMessageContaining("the first at 0");
    assertThatThrownBy(
            () -> assertThatArray(Array.of(new double[] {1, -1000, 1e300})).isWithin(1e-3, large))
        .hasMessageContaining("the first at 2");
  }

  @Test
  void typeAndShapeComeFirst() {
    assertThatThrownBy(
            () -> assertThatArray(Array.of(new int[] {1, 2, 3, 4})).hasSameBitsAs(expected))
        .hasMessageContaining("expected float32[2, 2], got int32[4]");
  }
}
