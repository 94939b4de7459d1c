package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.TreeLeaves;
import org.jspecify.annotations.Nullable;

/** Checks of hyperparameters and trees. */
final class Checks {
  private Checks() {}

  /** Requires a finite number of at least a minimum. */
  static double atLeast(String name, double value, double min) {
    if (Double.isFinite(value) && value >= min) {
      return value;
    }
    throw wrong(name, "a finite number of at least " + text(min), text(value));
  }

  /** Requires a finite number. */
  static double finite(String name, double value) {
    if (Double.isFinite(value)) {
      return value;
    }
    throw wrong(name, "a finite number", text(value));
  }

  /** Requires a decay rate in [0, 1). */
  static double decay(String name, double value) {
    if (value >= 0 && value < 1) {
      return value;
    }
    throw wrong(name, "a number in [0, 1)", text(value));
  }

  /** Requires a decay rate in [0, 1]. */
  static double momentum(String name, double value) {
    if (value >= 0 && value <= 1) {
      return value;
    }
    throw wrong(name, "a number in [0, 1]", text(value));
  }

  static int atLeast(String name, int value, int min) {
    if (value >= min) {
      return value;
    }
    throw wrong(name, "a number of at least " + min, Integer.toString(value));
  }

  static @Nullable DType floating(String name, @Nullable DType dtype) {
    if (dtype == null || dtype.isFloating()) {
      return dtype;
    }
    throw wrong(name, "a floating-point type", dtype.toString());
  }

  /** The leaves of an argument, which must be of floating-point types. */
  static TreeLeaves floating(String name, ArrayTree<?> tree) {
    TreeLeaves leaves = TreeLeaves.of(name, tree);
    for (int i = 0; i < leaves.arrays().size(); i++) {
      if (!leaves.arrays().get(i).dtype().isFloating()) {
        throw new IllegalArgumentException(
            "%s: argument \"%s\": expected a floating-point type, got %s"
                .formatted(leaves.paths().get(i), name, leaves.arrays().get(i).dtype()));
      }
    }
    return leaves;
  }

  static void shape(String path, String what, Array expected, Array actual) {
    if (!actual.shape().equals(expected.shape())) {
      throw new IllegalArgumentException(
          path + ": " + what + ": expected shape " + expected.shape() + ", got " + actual.shape());
    }
  }

  static void dtype(String path, String what, DType expected, Array actual) {
    if (actual.dtype() != expected) {
      throw new IllegalArgumentException(
          path + ": " + what + ": expected " + expected + ", got " + actual.dtype());
    }
  }

  /** An array's type in messages, {@code float32 [2, 3]}. */
  static String type(Array array) {
    return array.dtype() + " " + array.shape();
  }

  static IllegalArgumentException wrong(String name, String expected, String actual) {
    return new IllegalArgumentException(
        "argument \"" + name + "\": expected " + expected + ", got " + actual);
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
