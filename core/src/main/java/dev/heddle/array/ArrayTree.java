package dev.heddle.array;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A value made of arrays in a fixed order, JAX's pytree with a type: what gradients, optimizers and
 * checkpoints work on.
 *
 * @param <T> the type itself
 */
public interface ArrayTree<T extends ArrayTree<T>> {
  /** The arrays, in an order that depends on the structure only. */
  List<Array> leaves();

  /**
   * The same structure around other arrays.
   *
   * @param leaves as many as {@link #leaves} gives, in its order
   * @throws IllegalArgumentException if their number differs
   */
  T withLeaves(List<Array> leaves);

  /**
   * The leaves' names for messages and files, with {@code /} between the parts, in the order of
   * {@link #leaves}; their numbers where a tree has no names.
   */
  default List<String> paths() {
    return IntStream.range(0, leaves().size()).mapToObj(Integer::toString).toList();
  }
}
