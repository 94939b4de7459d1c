package dev.heddle.array;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Arrays in nested lists and maps as one tree; made by {@link ArrayTree#of(List)} and {@link
 * ArrayTree#of(Map)}.
 *
 * <pre>{@code
 * Pytree params = ArrayTree.of(Map.of("scale", scale, "layers", List.of(first, second)));
 * params.paths();                       // [layers/0, layers/1, scale]
 * Grad.grad(p -> p.get("scale").times(p.get("layers/0")).sum(), params).get("layers/0");
 * }</pre>
 *
 * @param paths the indices and keys that lead to each array, with {@code /} between them; in the
 *     order of lists, and of maps' sorted keys, as in JAX
 * @param leaves the arrays, in the order of the paths
 */
public record Pytree(List<String> paths, List<Array> leaves) implements ArrayTree<Pytree> {
  /**
   * A tree of arrays with paths.
   *
   * @throws IllegalArgumentException if there is not one path for each array, or one path twice
   */
  public Pytree {
    paths = List.copyOf(paths);
    leaves = List.copyOf(leaves);
    if (paths.size() != leaves.size()) {
      throw new IllegalArgumentException(
          "leaves: expected " + paths.size() + " arrays, got " + leaves.size());
    }
    if (new HashSet<>(paths).size() != paths.size()) {
      throw new IllegalArgumentException("paths: expected each once, got " + paths);
    }
  }

  static Pytree of(Object lists) {
    List<String> paths = new ArrayList<>();
    List<Array> leaves = new ArrayList<>();
    collect("", lists, paths, leaves);
    return new Pytree(paths, leaves);
  }

  private static void collect(String path, Object node, List<String> paths, List<Array> leaves) {
    String below = path.isEmpty() ? "" : path + "/";
    switch (node) {
      case Array array -> {
        paths.add(path);
        leaves.add(array);
      }
      case ArrayTree<?> tree -> {
        tree.paths().forEach(each -> paths.add(below + each));
        leaves.addAll(tree.leaves());
      }
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          collect(below + i, list.get(i), paths, leaves);
        }
      }
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(key.toString(), value));
        sorted.forEach((key, value) -> collect(below + key, value, paths, leaves));
      }
      default ->
          throw new IllegalArgumentException(
              "tree: expected arrays, trees, lists and maps, got a %s at \"%s\""
                  .formatted(node.getClass().getName(), path));
    }
  }

  @Override
  public Pytree withLeaves(List<Array> replacements) {
    return new Pytree(paths, replacements);
  }

  /**
   * The array at a path.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Array get(String path) {
    int at = paths.indexOf(path);
    if (at < 0) {
      throw new IllegalArgumentException(
          "path: expected one of " + paths + ", got \"" + path + "\"");
    }
    return leaves.get(at);
  }
}
