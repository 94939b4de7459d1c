package dev.heddle.array.op;

import org.jspecify.annotations.Nullable;

/**
 * What stands in NumPy's square brackets, for {@link Slice#get}.
 *
 * <pre>{@code
 * Slice.get(x, Index.at(-1), Index.all(), Index.range(2, 5)); // x[-1, :, 2:5]
 * Slice.get(x, Index.rest(), Index.newAxis());                // x[..., None]
 * Slice.get(x, Index.every(-1));                              // x[::-1]
 * }</pre>
 */
public sealed interface Index {
  /** One place; the axis disappears. Negative: from the end. */
  static Index at(int place) {
    return new At(place);
  }

  /** All of an axis. */
  static Index all() {
    return new Range(null, null, 1);
  }

  /** From a place (inclusive) to another (exclusive). Negative: from the end. */
  static Index range(int from, int to) {
    return new Range(from, to, 1);
  }

  /** From a place (inclusive) to another (exclusive) in steps, which may be negative. */
  static Index range(int from, int to, int step) {
    return new Range(from, to, step);
  }

  /** From a place on. */
  static Index from(int from) {
    return new Range(from, null, 1);
  }

  /** Up to a place, exclusive. */
  static Index until(int to) {
    return new Range(null, to, 1);
  }

  /** All of an axis in steps; backwards where the step is negative. */
  static Index every(int step) {
    return new Range(null, null, step);
  }

  /** A new axis of length 1, NumPy's {@code None}. */
  static Index newAxis() {
    return new NewAxis();
  }

  /** As many whole axes as are left, NumPy's {@code ...}; at most once. */
  static Index rest() {
    return new Rest();
  }

  /**
   * One place.
   *
   * @param place from the front, or from the end if negative
   */
  record At(int place) implements Index {}

  /**
   * Evenly spaced places, Python's slice.
   *
   * @param from the first, null for the end that the step begins at
   * @param to the one behind the last, null for beyond the other end
   * @param step not 0
   */
  record Range(@Nullable Integer from, @Nullable Integer to, int step) implements Index {
    /** Checks the step. */
    public Range {
      if (step == 0) {
        throw new IllegalArgumentException("index: expected a step other than 0, got 0");
      }
    }

    /** The first place on an axis of some length. */
    int first(int length) {
      return bounded(from, step > 0 ? 0 : length - 1, length);
    }

    /** How many places there are on an axis of some length. */
    int count(int length) {
      int end = bounded(to, step > 0 ? length : -1, length);
      int distance = step > 0 ? end - first(length) : first(length) - end;
      int size = Math.abs(step);
      return distance <= 0 ? 0 : (distance - 1) / size + 1;
    }

    private int bounded(@Nullable Integer place, int open, int length) {
      if (place == null) {
        return open;
      }
      int counted = place < 0 ? place + length : place;
      return step > 0 ? Math.clamp(counted, 0, length) : Math.clamp(counted, -1, length - 1);
    }
  }

  /** A new axis of length 1. */
  record NewAxis() implements Index {}

  /** Whole axes. */
  record Rest() implements Index {}
}
