package dev.heddle.array;

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
  /** Rows whose sum is added to the result at once. */
  static final int SPAN = 64;

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
    Storage out =
        x.storage()
            .mapped(
                sums.size(),
                (from, to) -> RowLoops.chainSum(from, rows, to, length),
                (from, to) -> RowLoops64.chainSum(from, rows, to, length));
    return Array.wrap(out, sums);
  }

  /** The number of consecutive rows, up to a span, with the same output row. */
  static int spanLength(int[] rows, int row) {
    int count = 1;
    while (count < SPAN && row + count < rows.length && rows[row + count] == rows[row]) {
      count++;
    }
    return count;
  }

  @Override
  public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
    return Collections.singletonList(Reshape.repeated(cotangent, call.input(0).shape()));
  }
}
