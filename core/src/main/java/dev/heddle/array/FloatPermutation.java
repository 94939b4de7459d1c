package dev.heddle.array;

import dev.heddle.kernel.ElementKernels;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.ParallelFor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A permutation of the axes of float32 elements that moves whole rows or transposes matrices, as
 * attention and matrix products need.
 *
 * @param dims the lengths in the old order, with axes that stay adjacent merged
 * @param axes the old axis of each new axis
 */
record FloatPermutation(int[] dims, int[] axes) {
  /** The cost of one element in multiply-adds, roughly. */
  private static final int COST = 8;

  /** Rows of a matrix that are transposed together. */
  private static final int ROWS = 64;

  static FloatPermutation of(int[] dims, int[] axes) {
    List<int[]> groups = new ArrayList<>(); // first axis and length of each, in the new order
    for (int i = 0; i < axes.length; i++) {
      if (i > 0 && axes[i] == axes[i - 1] + 1) {
        groups.getLast()[1] *= dims[axes[i]];
      } else {
        groups.add(new int[] {axes[i], dims[axes[i]]});
      }
    }
    int[] lengths = new int[groups.size()];
    int[] order = new int[groups.size()];
    for (int i = 0; i < order.length; i++) {
      int first = groups.get(i)[0];
      int place = (int) groups.stream().filter(group -> group[0] < first).count();
      order[i] = place;
      lengths[place] = groups.get(i)[1];
    }
    return new FloatPermutation(lengths, order);
  }

  /** The elements in the new order; null for other permutations. */
  float @Nullable [] permute(float[] in) {
    int rank = axes.length;
    if (in.length == 0 || rank <= 1) {
      return in.clone();
    }
    if (rank == 2) {
      return transpose(in, 1, dims[0], dims[1]);
    }
    if (rank == 3 && axes[0] == 0) {
      return transpose(in, dims[0], dims[1], dims[2]);
    }
    boolean movesRows = axes[rank - 1] == rank - 1;
    return movesRows ? moveRows(in) : null;
  }

  private static float[] transpose(float[] in, int batch, int rows, int cols) {
    float[] out = new float[in.length];
    ElementKernels kernels = KernelChoice.current().kernels();
    int parts = Math.ceilDiv(rows, ROWS);
    ParallelFor.eachRow(
        batch * parts,
        Math.min(rows, ROWS) * cols,
        COST,
        i -> {
          int matrix = i / parts * rows * cols;
          int row = i % parts * ROWS;
          int height = Math.min(ROWS, rows - row);
          kernels.transpose(in, matrix + row * cols, cols, height, cols, out, matrix + row, rows);
        });
    return out;
  }

  private float[] moveRows(float[] in) {
    int last = dims.length - 1;
    int length = dims[last];
    int[] strides = new int[dims.length];
    strides[last] = 1;
    for (int axis = last - 1; axis >= 0; axis--) {
      strides[axis] = strides[axis + 1] * dims[axis + 1];
    }
    float[] out = new float[in.length];
    ParallelFor.rows(
        in.length / length,
        length,
        COST,
        (first, count) -> {
          for (int row = first; row < first + count; row++) {
            int from = 0;
            int rest = row;
            for (int i = last - 1; i >= 0; i--) {
              from += rest % dims[axes[i]] * strides[axes[i]];
              rest /= dims[axes[i]];
            }
            System.arraycopy(in, from, out, row * length, length);
          }
        });
    return out;
  }
}
