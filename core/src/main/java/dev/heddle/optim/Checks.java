package dev.heddle.optim;

import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/** Checks of hyperparameters. */
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
