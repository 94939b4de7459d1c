package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.TreeLeaves;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Selects parameters, for instance all but biases.
 *
 * <pre>{@code
 * Mask matrices = (path, param) -> param.rank() > 1;
 * Mask kernels = Mask.ofPath(path -> path.endsWith("kernel"));
 * }</pre>
 */
@FunctionalInterface
public interface Mask {
  /**
   * Whether a parameter is selected.
   *
   * @param path its path, such as {@code params/query/kernel}
   * @param param the parameter
   */
  boolean includes(String path, Array param);

  /** A mask that depends on the path only. */
  static Mask ofPath(Predicate<String> path) {
    return (name, param) -> path.test(name);
  }

  /**
   * A mask from a tree of truth values with the parameters' paths.
   *
   * @param flags its leaves have one element each
   * @throws IllegalArgumentException if a leaf has another size; {@link #includes} throws it for a
   *     path that the tree lacks
   */
  static Mask of(ArrayTree<?> flags) {
    Map<String, Boolean> byPath = new HashMap<>();
    TreeLeaves tree = TreeLeaves.of("mask", flags);
    for (int i = 0; i < tree.paths().size(); i++) {
      String path = tree.paths().get(i);
      Array flag = tree.arrays().get(i);
      if (flag.size() != 1) {
        throw new IllegalArgumentException(
            path + ": argument \"mask\": expected one truth value, got " + Arguments.type(flag));
      }
      byPath.put(path, flag.item() != 0);
    }
    return (path, param) -> {
      Boolean flag = byPath.get(path);
      if (flag == null) {
        throw new IllegalArgumentException(
            path + ": argument \"mask\": expected a truth value, got none");
      }
      return flag;
    };
  }
}
