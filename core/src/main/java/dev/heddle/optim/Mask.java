package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which parameters something is done with, for instance all but biases.
 *
 * <pre>{@code
 * Mask matrices = (path, param) -> param.rank() > 1;
 * Mask kernels = Mask.ofPath(path -> path.endsWith("kernel"));
 * }</pre>
 */
@FunctionalInterface
public interface Mask {
  /**
   * Whether a parameter is meant.
   *
   * @param path its path, as {@code params/query/kernel}
   * @param param the parameter
   */
  boolean includes(String path, Array param);

  /** A mask that looks at the path only. */
  static Mask ofPath(Predicate<String> path) {
    return (name, param) -> path.test(name);
  }

  /**
   * The mask of a tree of truth values with the parameters' paths.
   *
   * @param flags its leaves have one element each
   * @throws IllegalArgumentException if a leaf has more or fewer; later, for a parameter that the
   *     tree does not have
   */
  static Mask of(ArrayTree<?> flags) {
    Map<String, Boolean> byPath = new HashMap<>();
    Tree tree = Tree.of("mask", flags);
    for (int i = 0; i < tree.paths().size(); i++) {
      String path = tree.paths().get(i);
      Array flag = tree.arrays().get(i);
      if (flag.size() != 1) {
        throw new IllegalArgumentException(
            path + ": argument \"mask\": expected one truth value, got " + Tree.type(flag));
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
