package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.TreeLeaves;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks of hyperparameters and trees. Messages name where, the argument in Java and, where that
 * differs, in Optax, what was expected and what came.
 */
final class Arguments {
  private Arguments() {}

  /** Requires a finite number of at least a minimum. */
  static double atLeast(String where, String name, double value, double min) {
    boolean fits = Double.isFinite(value) && value >= min;
    return require(fits, where, name, "a finite number of at least " + text(min), value);
  }

  /** Requires a finite number. */
  static double finite(String where, String name, double value) {
    return require(Double.isFinite(value), where, name, "a finite number", value);
  }

  /** Requires a number above 0. */
  static double above0(String where, String name, double value) {
    return require(value > 0, where, name, "a number above 0", value);
  }

  /** Requires a decay rate in [0, 1). */
  static double decay(String where, String name, double value) {
    return require(value >= 0 && value < 1, where, name, "a number in [0, 1)", value);
  }

  /** Requires a decay rate in [0, 1]. */
  static double momentum(String where, String name, double value) {
    return require(value >= 0 && value <= 1, where, name, "a number in [0, 1]", value);
  }

  private static double require(
      boolean fits, String where, String name, String expected, double value) {
    if (fits) {
      return value;
    }
    throw wrong(where, name, expected, text(value));
  }

  static int atLeast(String where, String name, int value, int min) {
    if (value >= min) {
      return value;
    }
    throw wrong(where, name, "a number of at least " + min, value);
  }

  static @Nullable DType floating(String where, String name, @Nullable DType dtype) {
    if (dtype == null || dtype.isFloating()) {
      return dtype;
    }
    throw wrong(where, name, "a floating-point type", dtype);
  }

  /** The leaves of an argument, which must be of floating-point types. */
  static TreeLeaves floating(String name, ArrayTree<?> tree) {
    TreeLeaves leaves = TreeLeaves.of(name, tree);
    for (int i = 0; i < leaves.arrays().size(); i++) {
      if (!leaves.arrays().get(i).dtype().isFloating()) {
        throw wrong(
            leaves.paths().get(i), name, "a floating-point type", leaves.arrays().get(i).dtype());
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

  /**
   * @param name Optax's name of the argument
   */
  static IllegalArgumentException wrong(String where, String name, String expected, Object actual) {
    String java =
        Pattern.compile("_(.)")
            .matcher(name)
            .replaceAll(at -> at.group(1).toUpperCase(Locale.ROOT));
    return new IllegalArgumentException(
        "%s: argument \"%s\"%s: expected %s, got %s"
            .formatted(where, java, java.equals(name) ? "" : " (" + name + ")", expected, actual));
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
