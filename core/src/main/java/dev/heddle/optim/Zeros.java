package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Initial states of zeros. */
final class Zeros {
  private Zeros() {}

  /**
   * Zeros of the shapes of a tree.
   *
   * @param dtype their type, or null for the tree's own
   */
  static OptState like(ArrayTree<?> tree, @Nullable DType dtype) {
    List<Array> zeros = tree.leaves().stream().map(leaf -> like(leaf, dtype)).toList();
    return OptState.of(tree.paths(), zeros);
  }

  static Array like(Array array, @Nullable DType dtype) {
    return Array.zeros(dtype == null ? array.dtype() : dtype, array.shape().dims());
  }
}
