package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A mask by a function of each query and key that is declared to be elementwise: kept as the flags
 * of both, where they are 0 or 1 and the function is their logical and, or else as the function, to
 * be computed for a tile of pairs at a time.
 *
 * @param query shape {@code [B..., 1, Q, 1]}
 * @param key shape {@code [B..., 1, 1, K]}
 * @param function elementwise
 * @param shape shape {@code [B..., 1, Q, K]}
 */
record PairwiseMask(Array query, Array key, Elementwise function, Shape shape) {
  /** Elements up to which computing the function at once costs less than a lazy mask. */
  private static final int FEW = 1 << 12;

  /**
   * A function of which each element of the result depends on its own query and key alone, because
   * whoever made it says so: nothing that is seen from outside could prove it.
   */
  record Elementwise(BinaryOperator<Array> function) implements BinaryOperator<Array> {
    @Override
    public Array apply(Array query, Array key) {
      return function.apply(query, key);
    }
  }

  /** The mask without its elements, or null where those must be computed at once. */
  @Nullable Array lazy(DType dtype) {
    if (shape.count() <= FEW || query.tracer() != null || key.tracer() != null) {
      return null;
    }
    Array pairs = ArrayInternals.pairwise(query, key, function, shape, dtype);
    return pairs != null && isFlags(query) && isFlags(key) && isAnd(dtype)
        ? ArrayInternals.allOf(List.of(query, key), shape, dtype)
        : pairs;
  }

  private static boolean isFlags(Array array) {
    return Arrays.stream(array.toDoubleArray()).allMatch(value -> value == 0 || value == 1);
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
}
