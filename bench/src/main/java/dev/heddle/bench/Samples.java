package dev.heddle.bench;

import java.util.Arrays;

/** The measured times of one engine's calls in one row. */
final class Samples {
  private static final double NANOS_PER_MILLI = 1e6;

  private long[] nanos = new long[64];
  private int count;

  /** Adds all times from a position on. */
  void add(long[] more, int from) {
    int added = more.length - from;
    if (count + added > nanos.length) {
      nanos = Arrays.copyOf(nanos, Math.max(2 * nanos.length, count + added));
    }
    System.arraycopy(more, from, nanos, count, added);
    count += added;
  }

  int count() {
    return count;
  }

  /** The minimum, in milliseconds. */
  double best() {
    return Arrays.stream(nanos, 0, count).min().orElseThrow() / NANOS_PER_MILLI;
  }

  /** The median, in milliseconds. */
  double median() {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0 / NANOS_PER_MILLI;
  }
}
