package dev.heddle.array;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A value made of arrays in a fixed order, a typed pytree: the unit of gradients, optimizers and
 * checkpoints.
 *
 * @param <T> the implementing type
 */
public interface ArrayTree<T extends ArrayTree<T>> {
  /** The arrays, in an order that depends on the structure only. */
  List<Array> leaves();

  /**
   * The same structure with other arrays.
   *
   * @param leaves as many as {@link #leaves} gives, in its order
   * @throws IllegalArgumentException if their number differs
   */
  T withLeaves(List<Array> leaves);

  /**
   * The leaves' names in messages and files, with {@code /} between their parts, in the order of
   * {@link #leaves}; by default their numbers.
   */
  default List<String> paths() {
    return IntStream.range(0, leaves().size()).mapToObj(Integer::toString).toList();
  }
}
