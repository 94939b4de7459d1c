package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Workers;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sum over axes before the last, which stay with length 1, in row-major order of those axes: of
 * rows that follow one another {@value #SPAN} at a time are added up from the first, and the sum of
 * each such span to the result, so that the rounding of many rows stays that of few. Whole rows are
 * added to rows, as the gradient of a bias wants it. 16-bit types add in float32 and are rounded
 * once.
 *
 * @param sums the output's shape: 1 for the axes that are summed over
 */
record ChainSum(Shape sums) implements Op {
  /** Columns that a thread takes at a time: a few lines of cache of each row. */
  private static final int COLUMNS = 128;

  /** Rows that are added up before their sum is added to the result. */
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
        StridedIterator.places(
            x.shape().range(0, kept),
            Arrays.copyOf(sums.stridesFor(x.shape()), kept),
            0); // where each row goes
    Storage from = x.storage();
    if (x.dtype() == DType.FLOAT64) {
      return Array.wrap(new Storage.F64(sum(from.doubles(), rows, length)), sums);
    }
    return Array.wrap(Storage.ofFloats(x.dtype(), sum(from.floats(), rows, length)), sums);
  }

  private float[] sum(float[] in, int[] rows, int length) {
    float[] out = new float[sums.size()];
    if (rows.length > 0) {
      Arrays.fill(out, -0f); // to which anything adds unchanged
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
            count = spanAt(rows, row);
            Arrays.fill(span, -0f);
            kernels.addRows(in, row * length + at, length, count, span, 0, n);
            kernels.addRows(span, 0, n, 1, out, rows[row] + at, n);
          }
        });
    return out;
  }

  /** How many rows from one on go to the same place, up to a span. */
  private static int spanAt(int[] rows, int row) {
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
      count = spanAt(rows, row);
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
