package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The leaves of a tree with their paths, and checks that two trees match. */
record Tree(String what, List<String> paths, List<Array> arrays) {
  /**
   * @param what the argument's name
   */
  static Tree of(String what, @Nullable ArrayTree<?> tree) {
    if (tree == null) { // the annotations are not checked at run time
      throw new IllegalArgumentException(
          "argument \"" + what + "\": expected a tree of arrays, got null");
    }
    return new Tree(what, tree.paths(), tree.leaves());
  }

  /** An array's type in messages, {@code float32 [2, 3]}. */
  static String type(Array array) {
    return array.dtype() + " " + array.shape();
  }

  Tree requireFloating() {
    for (int i = 0; i < arrays.size(); i++) {
      if (!arrays.get(i).dtype().isFloating()) {
        throw new IllegalArgumentException(
            paths.get(i)
                + ": argument \""
                + what
                + "\": expected a floating-point type, got "
                + arrays.get(i).dtype());
      }
    }
    return this;
  }

  boolean hasFloat64() {
    return arrays.stream().anyMatch(array -> array.dtype() == DType.FLOAT64);
  }

  /** The arrays in the order of another tree, which must have the same paths. */
  List<Array> inOrderOf(Tree other) {
    if (paths.equals(other.paths)) {
      return arrays;
    }
    Map<String, Array> byPath = new HashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      byPath.put(paths.get(i), arrays.get(i));
    }
    List<Array> ordered = new ArrayList<>();
    for (String path : other.paths) {
      if (!byPath.containsKey(path)) {
        throw new IllegalArgumentException(
            path + ": expected in both " + other.what + " and " + what + ", got none in " + what);
      }
      ordered.add(Objects.requireNonNull(byPath.remove(path)));
    }
    for (String path : byPath.keySet().stream().sorted().limit(1).toList()) {
      throw new IllegalArgumentException(
          path
              + ": expected in both "
              + other.what
              + " and "
              + what
              + ", got none in "
              + other.what);
    }
    return ordered;
  }

  static void requireShape(String path, String what, Array expected, Array actual) {
    if (!actual.shape().equals(expected.shape())) {
      throw new IllegalArgumentException(
          path + ": " + what + ": expected shape " + expected.shape() + ", got " + actual.shape());
    }
  }

  static void requireType(String path, String what, DType expected, Array actual) {
    if (actual.dtype() != expected) {
      throw new IllegalArgumentException(
          path + ": " + what + ": expected " + expected + ", got " + actual.dtype());
    }
  }
}
