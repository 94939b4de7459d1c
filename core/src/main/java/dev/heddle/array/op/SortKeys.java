package dev.heddle.array.op;

import dev.heddle.array.storage.Storage;

/**
 * Elements as integers of the same order, so that rows are sorted and searched without a
 * comparator: -0 and 0 have one key, and NaN has the largest.
 */
final class SortKeys {
  private static final int SIGN_OF_INT = 31;
  private static final int SIGN_OF_LONG = 63;

  /** Sorted by insertion before they are merged. */
  private static final int RUN = 16;

  private final long[] keys;

  private SortKeys(long[] keys) {
    this.keys = keys;
  }

  /** The keys of elements in ascending order. */
  static SortKeys ascending(Storage elements) {
    return new SortKeys(keys(elements, Long.MAX_VALUE));
  }

  /** The keys of elements in descending order, NaN before all. */
  static SortKeys descending(Storage elements) {
    long[] keys = keys(elements, Long.MAX_VALUE);
    long[] reversed = new long[keys.length]; // the others may be the array's own
    for (int i = 0; i < keys.length; i++) {
      reversed[i] = ~keys[i];
    }
    return new SortKeys(reversed);
  }

  /** The keys of elements in ascending order, but NaN before all. */
  static SortKeys ascendingAfterNan(Storage elements) {
    return new SortKeys(keys(elements, Long.MIN_VALUE));
  }

  private static long[] keys(Storage elements, long nan) {
    if (!elements.dtype().isFloating()) {
      return elements.longs();
    }
    long[] keys = new long[elements.size()];
    switch (elements) {
      case Storage.F64(double[] values) -> {
        for (int i = 0; i < keys.length; i++) {
          double value = values[i];
          keys[i] = Double.isNaN(value) ? nan : key(value);
        }
      }
      default -> {
        float[] values = elements.floats();
        for (int i = 0; i < keys.length; i++) {
          float value = values[i];
          keys[i] = Float.isNaN(value) ? nan : key(value);
        }
      }
    }
    return keys;
  }

  private static long key(float value) {
    int bits = Float.floatToRawIntBits(value + 0f); // 0 of -0
    return bits ^ (bits >> SIGN_OF_INT & Integer.MAX_VALUE);
  }

  private static long key(double value) {
    long bits = Double.doubleToRawLongBits(value + 0.0);
    return bits ^ (bits >> SIGN_OF_LONG & Long.MAX_VALUE);
  }

  /** The place of the first element of a row, counted from the row's begin. */
  int first(int from, int length) {
    int best = from;
    for (int i = from + 1; i < from + length; i++) {
      best = keys[i] < keys[best] ? i : best;
    }
    return best - from;
  }

  /**
   * The places of a row's first elements, counted from the row's begin; equal ones keep their
   * order.
   *
   * @param count how many go to {@code out}, from {@code at} on
   */
  void sort(int from, int length, int[] out, int at, int count) {
    int[] places = new int[length];
    for (int start = 0; start < length; start += Math.min(RUN, length - start)) {
      insert(places, from, start, start + Math.min(RUN, length - start));
    }
    int[] merged = new int[length];
    for (long run = RUN; run < length; run *= 2) {
      int end;
      for (int start = 0; start < length; start = end) {
        int middle = (int) Math.min(length, start + run);
        end = (int) Math.min(length, middle + run);
        merge(places, merged, from, start, middle, end);
      }
      int[] other = places;
      places = merged;
      merged = other;
    }
    System.arraycopy(places, 0, out, at, count);
  }

  private void insert(int[] places, int from, int start, int end) {
    for (int i = start; i < end; i++) {
      long key = keys[from + i];
      int at = i;
      while (at > start && keys[from + places[at - 1]] > key) {
        places[at] = places[at - 1];
        at--;
      }
      places[at] = i;
    }
  }

  private void merge(int[] places, int[] merged, int from, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takesLeft =
          left < middle
              && (right == end || keys[from + places[left]] <= keys[from + places[right]]);
      merged[at] = places[takesLeft ? left++ : right++];
    }
  }
}
