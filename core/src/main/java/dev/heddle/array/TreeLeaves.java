package dev.heddle.array;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The leaves of a tree with their paths, by which the leaves of two trees are matched.
 *
 * @param name the tree's name in messages, such as that of the argument
 */
public record TreeLeaves(String name, List<String> paths, List<Array> arrays) {
  /**
   * The leaves of a tree.
   *
   * @throws IllegalArgumentException if it is null
   */
  public static TreeLeaves of(String name, @Nullable ArrayTree<?> tree) {
    if (tree == null) { // the annotations are not checked at run time
      throw new IllegalArgumentException(
          "argument \"" + name + "\": expected a tree of arrays, got null");
    }
    return new TreeLeaves(name, tree.paths(), tree.leaves());
  }

  /**
   * The arrays in the order of another tree.
   *
   * @throws IllegalArgumentException if the paths differ; the message names the first that only one
   *     tree has
   */
  public List<Array> inOrderOf(TreeLeaves other) {
    if (paths.equals(other.paths)) {
      return arrays;
    }
    SequencedMap<String, Array> byPath = new LinkedHashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      byPath.put(paths.get(i), arrays.get(i));
    }
    List<Array> ordered = new ArrayList<>();
    for (String path : other.paths) {
      Array array = byPath.remove(path);
      if (array == null) {
        throw missing(path, other, name);
      }
      ordered.add(array);
    }
    if (!byPath.isEmpty()) {
      throw missing(byPath.firstEntry().getKey(), other, other.name);
    }
    return ordered;
  }

  private IllegalArgumentException missing(String path, TreeLeaves other, String in) {
    return new IllegalArgumentException(
        path + ": expected in both " + other.name + " and " + name + ", got none in " + in);
  }
}
