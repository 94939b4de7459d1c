package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.Lanes;
import dev.heddle.kernel.Polynomials;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Compares operations in bits with loops in the documented order of operations. */
class OrderTest {
  @Provide
  Arbitrary<Array> cubes() {
    Arbitrary<Integer> lengths = Arbitraries.of(1, 2, 3, 5, 17, 33);
    return lengths.array(int[].class).ofSize(3).map(OrderTest::waves);
  }

  private static Array waves(int... dims) {
    int size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (StrictMath.sin(i * 1.7) * StrictMath.exp(i % 11));
    }
    return Array.of(values, dims);
  }

  @Property(tries = 60, seed = "1")
  void aSumUsesLanesForAnyReducedAxes(@ForAll("cubes") Array x) {
    int a = x.shape().dim(0);
    int b = x.shape().dim(1);
    int c = x.shape().dim(2);
    float[] in = x.toFloatArray();
    float[] middle = new float[a * c];
    float[] outer = new float[b];
    for (int j = 0; j < b; j++) {
      float[] row = new float[a * c];
      for (int i = 0; i < a; i++) {
        System.arraycopy(in, (i * b + j) * c, row, i * c, c);
      }
      outer[j] = Lanes.sum(row, 0, row.length);
    }
    for (int i = 0; i < a; i++) {
      for (int k = 0; k < c; k++) {
        float[] row = new float[b];
        for (int j = 0; j < b; j++) {
          row[j] = in[(i * b + j) * c + k];
        }
        middle[i * c + k] = Lanes.sum(row, 0, b);
      }
    }

    assertThat(x.sum(1)).isEqualTo(Array.of(middle, a, c));
    assertThat(x.sum(0, 2)).isEqualTo(Array.of(outer, b));
    assertThat(x.sum(2, 0)).isEqualTo(Array.of(outer, b));
    assertThat(x.sum()).isEqualTo(x.reshape(-1).sum(0));
  }

  @Property(tries = 60, seed = "1")
  void theSoftmaxOfAnAxisIsThatOfItsRows(
      @ForAll("cubes") Array x, @ForAll @IntRange(min = 0, max = 2) int axis) {
    Array moved = Transpose.moveaxis(x, axis, -1);
    int length = moved.shape().dim(-1);
    float[] rows = moved.toFloatArray();
    for (int from = 0; from < rows.length; from += length) {
      float max = Lanes.max(rows, from, length);
      for (int i = from; i < from + length; i++) {
        rows[i] = Polynomials.exp(rows[i] - max);
      }
      float sum = Lanes.sum(rows, from, length);
      for (int i = from; i < from + length; i++) {
        rows[i] /= sum;
      }
    }

    assertThat(Transpose.moveaxis(Softmax.softmax(x, axis), axis, -1))
        .isEqualTo(Array.of(rows, moved.shape().dims()));
  }

  @Property(tries = 60, seed = "1")
  void anEinsumIsAChainOfFusedMultiplyAdds(@ForAll("cubes") Array x) {
    Array y = Transpose.transpose(x, 2, 1, 0);
    int a = x.shape().dim(0);
    int b = x.shape().dim(1);
    int c = x.shape().dim(2);
    float[] in = x.toFloatArray();
    float[] out = new float[a * a];
    for (int i = 0; i < a; i++) {
      for (int j = 0; j < a; j++) {
        for (int k = 0; k < b * c; k++) {
          out[i * a + j] = Math.fma(in[i * b * c + k], in[j * b * c + k], out[i * a + j]);
        }
      }
    }

    assertThat(Einsum.einsum("ibc,cbj->ij", x, y)).isEqualTo(Array.of(out, a, a));
  }

  @Property(tries = 60, seed = "1")
  void broadcastingRepeats(@ForAll("cubes") Array x) {
    Array row = x.get(0, 0);
    Array column = Slice.get(x, Index.all(), Index.range(0, 1), Index.range(0, 1));
    int[] dims = x.shape().dims();

    assertThat(x.plus(row)).isEqualTo(x.plus(Reshape.broadcastTo(row, dims)));
    assertThat(column.times(x)).isEqualTo(Reshape.broadcastTo(column, dims).times(x));
    assertThat(Transpose.transpose(Transpose.transpose(x, 1, 2, 0), 2, 0, 1)).isEqualTo(x);
    assertThat(Slice.flip(Slice.flip(x, 1), 1)).isEqualTo(x);
    assertThat(Concatenate.concatenate(Concatenate.split(x, x.shape().dim(1), 1), 1)).isEqualTo(x);
  }

  @Property(tries = 40, seed = "1")
  void sixteenBitFloatsAreRoundedOncePerOperation(@ForAll("cubes") Array x) {
    for (DType dtype : new DType[] {DType.BFLOAT16, DType.FLOAT16}) {
      Array half = Elementwise.tanh(x).astype(dtype);
      Array wide = half.astype(DType.FLOAT32);

      assertThat(half.times(half)).isEqualTo(wide.times(wide).astype(dtype));
      assertThat(Elementwise.exp(half)).isEqualTo(Elementwise.exp(wide).astype(dtype));
      assertThat(half.sum(1)).isEqualTo(wide.sum(1).astype(dtype));
      assertThat(half.mean(0, 2)).isEqualTo(wide.mean(0, 2).astype(dtype));
    }
  }
}
