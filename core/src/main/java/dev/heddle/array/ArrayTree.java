package dev.heddle.array;

import java.util.List;

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
}
