package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Workers;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sum over axes before the last, which are kept with length 1, in row-major order of these axes:
 * {@value #SPAN} consecutive rows are summed from the first, and the sum of each such span is added
 * to the result, which limits the rounding error for many rows. Whole rows are added to rows, as
 * for the gradient of a bias. 16-bit types are summed in float32 and rounded once.
 *
 * @param sums the output's shape: 1 for the axes that are summed over
 */
record ChainSum(Shape sums) implements Op {
  /** Columns of a task: a few cache lines of each row. */
  private static final int COLUMNS = 128;

  /** Rows whose sum is added to the result at once. */
  static final int SPAN = 64;

  private static final int COST = 8;

  @Override
  public String name() {
    return "reduce_sum";
  }

  @Override
  public Array forward(List<Array> inputs) {
    Array x = inputs.getFirst();
    int kept = sums.rank();
    while (kept > 0 && sums.dim(kept - 1) == x.shape().dim(kept - 1)) {
      kept--;
    }
    int length = x.shape().range(kept, x.rank()).size();
    int[] rows =
        StridedIterator.indices(
            x.shape().range(0, kept),
            Arrays.copyOf(sums.stridesFor(x.shape()), kept),
            0); // the output row of each input row
    Storage from = x.storage();
    if (x.dtype() == DType.FLOAT64) {
      return Array.wrap(new Storage.F64(sum(from.doubles(), rows, length)), sums);
    }
    return Array.wrap(Storage.ofFloats(x.dtype(), sum(from.floats(), rows, length)), sums);
  }

  private float[] sum(float[] in, int[] rows, int length) {
    float[] out = new float[sums.size()];
    if (rows.length > 0) {
      Arrays.fill(out, -0f); // the identity of addition
    }
    Kernels kernels = KernelChoice.current().kernels();
    Workers.run(
        Math.ceilDiv(length, COLUMNS),
        (long) in.length * COST,
        block -> {
          int at = block * COLUMNS;
          int n = Math.min(COLUMNS, length - at);
          float[] span = new float[n];
          int count;
          for (int row = 0; row < rows.length; row += count) {
            count = spanLength(rows, row);
            Arrays.fill(span, -0f);
            kernels.addRows(in, row * length + at, length, count, span, 0, n);
            kernels.addRows(span, 0, n, 1, out, rows[row] + at, n);
          }
        });
    return out;
  }

  /** The number of consecutive rows, up to a span, with the same output row. */
  private static int spanLength(int[] rows, int row) {
    int count = 1;
    while (count < SPAN && row + count < rows.length && rows[row + count] == rows[row]) {
      count++;
    }
    return count;
  }

  private double[] sum(double[] in, int[] rows, int length) {
    double[] out = new double[sums.size()];
    if (rows.length > 0) {
      Arrays.fill(out, -0d);
    }
    double[] span = new double[length];
    int count;
    for (int row = 0; row < rows.length; row += count) {
      count = spanLength(rows, row);
      Arrays.fill(span, -0d);
      for (int r = row; r < row + count; r++) {
        for (int i = 0; i < length; i++) {
          span[i] += in[r * length + i];
        }
      }
      for (int i = 0; i < length; i++) {
        out[rows[row] + i] += span[i];
      }
    }
    return out;
  }

  @Override
  public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
    return Collections.singletonList(Reshape.repeated(cotangent, call.input(0).shape()));
  }
}
