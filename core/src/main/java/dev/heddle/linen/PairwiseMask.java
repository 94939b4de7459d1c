package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.MaskPattern;
import dev.heddle.array.storage.Storage;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A mask by a function of each query and key, as far as it can do without its square: as the flags
 * of both, where they are 0 or 1 and the function shows the pairs of ones, or else as the function,
 * to be asked for a tile of pairs at a time.
 *
 * @param query shape {@code [B..., 1, Q, 1]}
 * @param key shape {@code [B..., 1, 1, K]}
 * @param function meant to be elementwise; one that is seen not to be is computed at once
 * @param shape shape {@code [B..., 1, Q, K]}
 */
record PairwiseMask(Array query, Array key, BinaryOperator<Array> function, Shape shape) {
  /** Elements up to which computing the function at once costs less than finding out about it. */
  private static final int FEW = 1 << 12;

  /** The mask without its elements, or null where those must be computed at once. */
  @Nullable Array lazy(DType dtype) {
    if (shape.count() <= FEW || query.tracer() != null || key.tracer() != null) {
      return null;
    }
    MaskPattern.Pairwise pattern = new MaskPattern.Pairwise(query, key, function);
    try {
      if (!isElementwise(pattern)) {
        return null;
      }
      return isFlags(query) && isFlags(key) && isAnd(dtype)
          ? Array.deferred(new MaskPattern.All(List.of(query, key)), shape, dtype)
          : Array.deferred(pattern, shape, dtype);
    } catch (IllegalArgumentException e) {
      return null; // thrown again where the function is computed at once, if it is its own fault
    }
  }

  private static boolean isFlags(Array array) {
    Storage elements = array.storage();
    boolean flags = true;
    for (int i = 0; flags && i < elements.size(); i++) {
      double value = elements.doubleAt(i);
      flags = value == 0 || value == 1;
    }
    return flags;
  }

  /** Whether the function of 0 and 1 is 1 for two ones and 0 otherwise. */
  private boolean isAnd(DType dtype) {
    Array table =
        function.apply(
            zeroAndOne(query.rank(), -2).astype(query.dtype()),
            zeroAndOne(key.rank(), -1).astype(key.dtype()));
    Array and = Array.of(new float[] {0, 0, 0, 1}, table.shape().dims());
    return table.astype(dtype).equals(and.astype(dtype));
  }

  private static Array zeroAndOne(int rank, int axis) {
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    dims[rank + axis] = 2;
    return Array.of(new float[] {0, 1}, dims);
  }

  /**
   * Whether the function gives one query and key alone what it gives them among all keys or all
   * queries, at the corners of the first and the last batch element. One that looks at its
   * arguments as a whole, or at arrays of its own, mostly shows here.
   */
  private boolean isElementwise(MaskPattern.Pairwise pattern) {
    int lastQuery = query.size() - shape.dim(-2);
    int lastKey = key.size() - shape.dim(-1);
    return isElementwiseAt(pattern, 0, 0) && isElementwiseAt(pattern, lastQuery, lastKey);
  }

  private boolean isElementwiseAt(MaskPattern.Pairwise pattern, int queryAt, int keyAt) {
    int queries = shape.dim(-2);
    int keys = shape.dim(-1);
    boolean same = true;
    for (int i : new int[] {0, queries - 1}) {
      Array row = pattern.at(queryAt + i, 1, keyAt, keys);
      same &= row.size() == keys && row.tracer() == null; // which must be asked right away
      for (int j : new int[] {0, keys - 1}) {
        Array column = pattern.at(queryAt, queries, keyAt + j, 1);
        Array alone = pattern.at(queryAt + i, 1, keyAt + j, 1);
        same =
            same
                && column.size() == queries
                && alone.size() == 1
                && Double.compare(value(row, j), value(alone, 0)) == 0
                && Double.compare(value(column, i), value(alone, 0)) == 0;
      }
    }
    return same;
  }

  private static double value(Array array, int at) {
    return array.storage().doubleAt(at);
  }
}
