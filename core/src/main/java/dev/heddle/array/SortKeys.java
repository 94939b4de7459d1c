package dev.heddle.array;

/**
 * Maps elements to integer keys of the same order, so that rows are sorted and searched without a
 * comparator: -0 and 0 have the same key, and NaN has the largest.
 */
final class SortKeys {
  private static final int SIGN_OF_INT = 31;
  private static final int SIGN_OF_LONG = 63;

  /** The length of runs that are sorted by insertion before they are merged. */
  private static final int RUN = 16;

  private final long[] keys;

  private SortKeys(long[] keys) {
    this.keys = keys;
  }

  /** The keys of elements in ascending order. */
  static SortKeys ascending(Storage elements) {
    return new SortKeys(keys(elements, Long.MAX_VALUE));
  }

  /** The keys of elements in descending order, NaN first. */
  static SortKeys descending(Storage elements) {
    long[] keys = keys(elements, Long.MAX_VALUE);
    long[] reversed = new long[keys.length]; // keys may be the array's own
    for (int i = 0; i < keys.length; i++) {
      reversed[i] = ~keys[i];
    }
    return new SortKeys(reversed);
  }

  /** The keys of elements in ascending order, but NaN first. */
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
    int bits = Float.floatToRawIntBits(value + 0f); // maps -0 to 0
    return bits ^ (bits >> SIGN_OF_INT & Integer.MAX_VALUE);
  }

  private static long key(double value) {
    long bits = Double.doubleToRawLongBits(value + 0.0);
    return bits ^ (bits >> SIGN_OF_LONG & Long.MAX_VALUE);
  }

  /** The index in its row of the element with the smallest key, the first of equal ones. */
  int first(int from, int length) {
    int best = from;
    for (int i = from + 1; i < from + length; i++) {
      best = keys[i] < keys[best] ? i : best;
    }
    return best - from;
  }

  /**
   * Sorts a row and writes the indices of its first elements; the sort is stable.
   *
   * @param count the number of indices to write to {@code out}, from {@code at} on
   */
  void sort(int from, int length, int[] out, int at, int count) {
    int[] indices = new int[length];
    for (int start = 0; start < length; start += Math.min(RUN, length - start)) {
      insert(indices, from, start, start + Math.min(RUN, length - start));
    }
    int[] merged = new int[length];
    for (long run = RUN; run < length; run *= 2) {
      int end;
      for (int start = 0; start < length; start = end) {
        int middle = (int) Math.min(length, start + run);
        end = (int) Math.min(length, middle + run);
        merge(indices, merged, from, start, middle, end);
      }
      int[] other = indices;
      indices = merged;
      merged = other;
    }
    System.arraycopy(indices, 0, out, at, count);
  }

  private void insert(int[] indices, int from, int start, int end) {
    for (int i = start; i < end; i++) {
      long key = keys[from + i];
      int at = i;
      while (at > start && keys[from + indices[at - 1]] > key) {
        indices[at] = indices[at - 1];
        at--;
      }
      indices[at] = i;
    }
  }

  private void merge(int[] indices, int[] merged, int from, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean takesLeft =
          left < middle
              && (right == end || keys[from + indices[left]] <= keys[from + indices[right]]);
      merged[at] = indices[takesLeft ? left++ : right++];
    }
  }
}
