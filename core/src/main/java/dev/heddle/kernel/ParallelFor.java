package dev.heddle.kernel;

/**
 * Work on many elements, cut into stretches that the threads of {@link Workers} take. Every element
 * is computed alone, so where the cuts are changes no bit.
 */
public final class ParallelFor {
  /** Multiply-adds that a stretch is worth, roughly: a few microseconds. */
  private static final int WORTH = 1 << 19;

  private static final int SHORTEST = 256;

  /** So that only the last stretch has elements that fill no vector. */
  private static final int MULTIPLE = 64;

  private ParallelFor() {}

  /** What is done with some elements, or some rows, that lie one after another. */
  public interface Work {
    /** Does them; writes only what belongs to them. */
    void run(int from, int count);
  }

  /**
   * Runs work over elements.
   *
   * @param n how many elements
   * @param cost multiply-adds that take as long as one of them, roughly
   */
  public static void run(int n, int cost, Work work) {
    int length = Math.max(SHORTEST, WORTH / cost / MULTIPLE * MULTIPLE);
    run(n, length, (long) n * cost, work);
  }

  /**
   * Runs work over rows that are never cut.
   *
   * @param rows how many rows
   * @param length elements of a row
   * @param cost multiply-adds that take as long as one element, roughly
   */
  public static void rows(int rows, int length, int cost, Work work) {
    long each = Math.max(1, (long) length * cost);
    run(rows, (int) Math.max(1, WORTH / each), each * rows, work);
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
