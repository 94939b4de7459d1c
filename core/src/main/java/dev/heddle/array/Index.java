package dev.heddle.array;

import org.jspecify.annotations.Nullable;

/**
 * An index or slice of an axis, as in NumPy's square brackets, for {@link Slice#get}.
 *
 * <pre>{@code
 * Slice.get(x, Index.at(-1), Index.all(), Index.range(2, 5)); // x[-1, :, 2:5]
 * Slice.get(x, Index.rest(), Index.newAxis());                // x[..., None]
 * Slice.get(x, Index.every(-1));                              // x[::-1]
 * }</pre>
 */
public sealed interface Index {
  /** One index; the axis is removed. Negative indices count from the end. */
  static Index at(int place) {
    return new At(place);
  }

  /** The whole axis, {@code :}. */
  static Index all() {
    return new Range(null, null, 1);
  }

  /** {@code from:to}. Negative indices count from the end. */
  static Index range(int from, int to) {
    return new Range(from, to, 1);
  }

  /** {@code from:to:step}; the step may be negative. */
  static Index range(int from, int to, int step) {
    return new Range(from, to, step);
  }

  /** {@code from:}. */
  static Index from(int from) {
    return new Range(from, null, 1);
  }

  /** {@code :to}. */
  static Index until(int to) {
    return new Range(null, to, 1);
  }

  /** {@code ::step}; backwards if the step is negative. */
  static Index every(int step) {
    return new Range(null, null, step);
  }

  /** A new axis of length 1, NumPy's {@code None}. */
  static Index newAxis() {
    return new NewAxis();
  }

  /** All remaining axes, NumPy's {@code ...}; at most once. */
  static Index rest() {
    return new Rest();
  }

  /**
   * One index.
   *
   * @param place the index, from the end if negative
   */
  record At(int place) implements Index {}

  /**
   * Evenly spaced indices, Python's slice.
   *
   * @param from the first index, null for the axis's start, or its end for a negative step
   * @param to the index after the last, null for no limit
   * @param step not 0
   */
  record Range(@Nullable Integer from, @Nullable Integer to, int step) implements Index {
    /** Checks the step. */
    public Range {
      if (step == 0) {
        throw new IllegalArgumentException("index: expected a step other than 0, got 0");
      }
    }

    /** The first index on an axis of a length. */
    int first(int length) {
      return bounded(from, step > 0 ? 0 : length - 1, length);
    }

    /** The number of indices on an axis of a length. */
    int count(int length) {
      int end = bounded(to, step > 0 ? length : -1, length);
      int distance = step > 0 ? end - first(length) : first(length) - end;
      int size = Math.abs(step);
      return distance <= 0 ? 0 : (distance - 1) / size + 1;
    }

    private int bounded(@Nullable Integer index, int unbounded, int length) {
      if (index == null) {
        return unbounded;
      }
      int normalized = index < 0 ? index + length : index;
      return step > 0 ? Math.clamp(normalized, 0, length) : Math.clamp(normalized, -1, length - 1);
    }
  }

  /** A new axis of length 1. */
  record NewAxis() implements Index {}

  /** All remaining axes. */
  record Rest() implements Index {}
}
