package dev.heddle.kernel;

import java.util.function.IntConsumer;

/**
 * A loop over many elements, split into chunks for the threads of {@link Workers}. Elements are
 * independent, so the chunk boundaries do not affect any bit of the results.
 */
public final class ParallelFor {
  /** Approximate cost of a chunk in multiply-adds: a few microseconds. */
  private static final int CHUNK_COST = 1 << 19;

  private static final int MIN_CHUNK = 256;

  /** Chunk lengths are multiples of this, so only the last one has a partial vector. */
  private static final int CHUNK_MULTIPLE = 64;

  private ParallelFor() {}

  /** The body of the loop, for a range of elements or rows. */
  public interface Work {
    /** Processes a range; writes only the results of that range. */
    void run(int from, int count);
  }

  /**
   * Runs a loop over elements.
   *
   * @param n the number of elements
   * @param cost approximate cost of one element in multiply-adds
   */
  public static void run(int n, int cost, Work work) {
    int length = Math.max(MIN_CHUNK, CHUNK_COST / cost / CHUNK_MULTIPLE * CHUNK_MULTIPLE);
    run(n, length, (long) n * cost, work);
  }

  /**
   * Runs a loop over rows, which are never split.
   *
   * @param rows the number of rows
   * @param length elements of a row
   * @param cost approximate cost of one element in multiply-adds
   */
  public static void rows(int rows, int length, int cost, Work work) {
    long each = Math.max(1, (long) length * cost);
    run(rows, (int) Math.max(1, CHUNK_COST / each), each * rows, work);
  }

  /** As {@link #rows}, with a body for one row. */
  public static void eachRow(int rows, int length, int cost, IntConsumer row) {
    rows(
        rows,
        length,
        cost,
        (first, count) -> {
          for (int i = first; i < first + count; i++) {
            row.accept(i);
          }
        });
  }

  private static void run(int n, int length, long cost, Work work) {
    if (n <= length) {
      if (n > 0) {
        work.run(0, n);
      }
      return;
    }
    Workers.run(
        Math.ceilDiv(n, length), cost, i -> work.run(i * length, Math.min(length, n - i * length)));
  }
}
