package dev.heddle.optim;

import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/** What hyperparameters may be. */
final class Checks {
  private Checks() {}

  /** A finite number that is not below another. */
  static double atLeast(String name, double value, double least) {
    if (Double.isFinite(value) && value >= least) {
      return value;
    }
    throw wrong(name, "a finite number of at least " + text(least), text(value));
  }

  /** Any finite number. */
  static double finite(String name, double value) {
    if (Double.isFinite(value)) {
      return value;
    }
    throw wrong(name, "a finite number", text(value));
  }

  /** How much of a moment is kept: from 0 on, below 1. */
  static double decay(String name, double value) {
    if (value >= 0 && value < 1) {
      return value;
    }
    throw wrong(name, "a number from 0 on and below 1", text(value));
  }

  /** How much of updates before is kept: from 0 to 1. */
  static double momentum(String name, double value) {
    if (value >= 0 && value <= 1) {
      return value;
    }
    throw wrong(name, "a number from 0 to 1", text(value));
  }

  static int atLeast(String name, int value, int least) {
    if (value >= least) {
      return value;
    }
    throw wrong(name, "a number of at least " + least, Integer.toString(value));
  }

  static @Nullable DType floating(String name, @Nullable DType dtype) {
    if (dtype == null || dtype.isFloating()) {
      return dtype;
    }
    throw wrong(name, "a floating-point type", dtype.toString());
  }

  static IllegalArgumentException wrong(String name, String expected, String given) {
    return new IllegalArgumentException(
        "argument \"" + name + "\": expected " + expected + ", got " + given);
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
