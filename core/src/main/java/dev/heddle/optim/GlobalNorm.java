package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Reduce;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Workers;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The global norm of a tree: each leaf's sum of squares in 16 lanes, the sum of these in the order
 * of the paths' names, and its square root. So the result does not depend on the order of the
 * leaves in the tree.
 */
final class GlobalNorm {
  private static final int COST = 32;

  private GlobalNorm() {}

  static Array of(List<String> paths, List<Array> arrays) {
    if (arrays.isEmpty()) {
      return Array.scalar(0, DType.FLOAT32);
    }
    Array[] sums = new Array[arrays.size()];
    Workers.run(
        sums.length,
        arrays.stream().mapToLong(Array::size).sum() * COST,
        i -> sums[i] = sumOfSquares(arrays.get(i)));
    return IntStream.range(0, sums.length)
        .boxed()
        .sorted(Comparator.comparing(i -> paths.get(i).replace('/', '\0')))
        .map(i -> sums[i])
        .reduce(Array::plus)
        .map(Elementwise::sqrt)
        .orElseThrow();
  }

  private static Array sumOfSquares(Array array) {
    if (array.dtype() == DType.FLOAT32 && array.tracer() == null) {
      Kernels kernels = KernelChoice.current().kernels();
      float sum = kernels.sumOfSquares(ArrayInternals.floats(array), 0, array.size());
      return Array.scalar(sum, DType.FLOAT32);
    }
    return Reduce.sum(Elementwise.square(array));
  }
}
