package dev.heddle.array;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A value made of arrays in a fixed order, a typed pytree: the unit of gradients, optimizers and
 * checkpoints.
 *
 * @param <T> the implementing type
 */
public interface ArrayTree<T extends ArrayTree<T>> {
  /**
   * A list of arrays as one tree; its elements may also be trees, lists and maps.
   *
   * <pre>{@code
   * Pytree params = ArrayTree.of(List.of(weights, bias));
   * params.get("0"); // weights
   * }</pre>
   *
   * @throws IllegalArgumentException if an element is something else
   */
  static Pytree of(List<?> list) {
    return Pytree.of(list);
  }

  /**
   * A map of names to arrays as one tree; its values may also be trees, lists and maps.
   *
   * @throws IllegalArgumentException if a value is something else
   */
  static Pytree of(Map<String, ?> map) {
    return Pytree.of(map);
  }

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

  /**
   * Applies a function to every leaf; {@code jax.tree.map} of one tree.
   *
   * <pre>{@code
   * Variables halves = variables.map(array -> array.astype(DType.BFLOAT16));
   * }</pre>
   *
   * @return the same structure with the results
   */
  default T map(UnaryOperator<Array> function) {
    List<Array> results = new ArrayList<>();
    for (Array leaf : leaves()) {
      results.add(Objects.requireNonNull(function.apply(leaf), "result of the function"));
    }
    return withLeaves(results);
  }

  /**
   * Applies a function to the leaves of this tree and the corresponding leaves of another; {@code
   * jax.tree.map} of two trees.
   *
   * <pre>{@code
   * Variables updated = params.zip(gradients, (p, g) -> p.minus(g.times(0.1)));
   * }</pre>
   *
   * @param other a tree with the same paths, in any order
   * @return the same structure with the results
   * @throws IllegalArgumentException if the paths of the trees differ
   */
  default T zip(T other, BinaryOperator<Array> function) {
    TreeLeaves first = TreeLeaves.of("the first tree", this);
    List<Array> leaves = first.arrays();
    List<Array> otherLeaves = TreeLeaves.of("the second", other).inOrderOf(first);
    List<Array> results = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      Array result = function.apply(leaves.get(i), otherLeaves.get(i));
      results.add(Objects.requireNonNull(result, "result of the function"));
    }
    return withLeaves(results);
  }
}
