package dev.heddle.array;

import java.util.Arrays;

/** Checks of axes, shared by the operations that take them. */
final class Axes {
  private Axes() {}

  /** Normalizes an axis, which may be counted from the end. */
  static int one(String operation, String argument, int axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException(
          operation
              + ": argument \""
              + argument
              + "\": "
              + (rank == 0
                  ? "expected none for a scalar"
                  : "expected -" + rank + " to " + (rank - 1))
              + ", got "
              + axis);
    }
    return axis < 0 ? axis + rank : axis;
  }

  static int one(String operation, int axis, Shape shape) {
    return one(operation, "axis", axis, shape.rank());
  }

  /** Normalizes axes, in the given order; none stands for all axes. */
  static int[] allOr(String operation, int[] axes, Shape shape) {
    return axes.length == 0 ? first(shape.rank()) : many(operation, axes, shape.rank());
  }

  /** Normalizes axes, in the given order, each at most once. */
  static int[] many(String operation, int[] axes, int rank) {
    int[] normal = new int[axes.length];
    boolean[] taken = new boolean[rank];
    for (int i = 0; i < axes.length; i++) {
      int axis = one(operation, "axes", axes[i], rank);
      if (taken[axis]) {
        throw new IllegalArgumentException(
            "%s: argument \"axes\": expected each axis once, got %s"
                .formatted(operation, Arrays.toString(axes)));
      }
      taken[axis] = true;
      normal[i] = axis;
    }
    return normal;
  }

  /** 0, 1, ..., count - 1. */
  static int[] first(int count) {
    return range(0, count);
  }

  /** from, from + 1, ..., {@code count} of them. */
  static int[] range(int from, int count) {
    int[] axes = new int[count];
    for (int i = 0; i < count; i++) {
      axes[i] = from + i;
    }
    return axes;
  }

  /** The inverse permutation. */
  static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  /** The axes below {@code rank} that are not among the given ones, ascending. */
  static int[] others(int[] axes, int rank) {
    boolean[] taken = new boolean[rank];
    for (int axis : axes) {
      taken[axis] = true;
    }
    int[] others = new int[rank - axes.length];
    int n = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (!taken[axis]) {
        others[n++] = axis;
      }
    }
    return others;
  }

  static int[] concat(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** Whether axes are 0, 1, 2, ... */
  static boolean areInOrder(int[] axes) {
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** Whether axes are in order except that the first {@code count} come last. */
  static boolean areExchanged(int[] axes, int count) {
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] != (count + i) % axes.length) {
        return false;
      }
    }
    return true;
  }

  /** The lengths of the given axes. */
  static Shape lengths(Shape shape, int... axes) {
    return Shape.of(pick(shape.dims(), axes));
  }

  /** The values at the given indices. */
  static int[] pick(int[] values, int... indices) {
    int[] picked = new int[indices.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = values[indices[i]];
    }
    return picked;
  }
}
