package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Grad;
import org.junit.jupiter.api.Test;

/** Arrays as NumPy prints them. */
class ArrayTextTest {

  @Test
  void aVectorIsOneLine() {
    assertThat(Array.of(new float[] {1, 2.5f, -3}, 3)).hasToString("float32[3] [1.0, 2.5, -3.0]");
    assertThat(Array.of(new boolean[] {true, false}, 2)).hasToString("bool[2] [true, false]");
    assertThat(Array.scalar(7, DType.INT32)).hasToString("int32[] 7");
    assertThat(Array.zeros(DType.FLOAT64, 0)).hasToString("float64[0] []");
  }

  @Test
  void rowsAreLinesAndColumnsAreAligned() {
    assertThat(Array.of(new float[] {1, 2.5f, -3, 10, 0, 4}, 2, 3))
        .hasToString(
            """
            float32[2, 3]
            [[ 1.0,  2.5, -3.0],
             [10.0,  0.0,  4.0]]\
            """);
    assertThat(Array.of(new int[] {1, 2, 3, 4}, 2, 1, 2))
        .hasToString(
            """
            int32[2, 1, 2]
            [[[1, 2]],

             [[3, 4]]]\
            """);
    assertThat(Array.zeros(DType.FLOAT32, 2, 0, 3)).hasToString("float32[2, 0, 3]\n[]");
  }

  @Test
  void largeArraysAreSummarized() {
    assertThat(Creation.arange(1001)).hasToString("int32[1001] [0, 1, 2, ..., 998, 999, 1000]");
    assertThat(Creation.arange(2000).reshape(200, 10))
        .hasToString(
            """
            int32[200, 10]
            [[   0,    1,    2,  ...,    7,    8,    9],
             [  10,   11,   12,  ...,   17,   18,   19],
             [  20,   21,   22,  ...,   27,   28,   29],
             ...,
             [1970, 1971, 1972,  ..., 1977, 1978, 1979],
             [1980, 1981, 1982,  ..., 1987, 1988, 1989],
             [1990, 1991, 1992,  ..., 1997, 1998, 1999]]\
            """);
  }

  @Test
  void aTracedArrayPrintsItsElements() {
    Array x = Array.of(new float[] {1, 2}, 2);
    Grad.grad(
        traced -> {
          assertThat(traced).hasToString("float32[2] [1.0, 2.0]");
          return traced.sum();
        },
        x);
  }
}
