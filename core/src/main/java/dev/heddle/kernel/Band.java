package dev.heddle.kernel;

/**
 * The diagonals of the scores that are not masked: a query {@code i} sees key {@code j} only where
 * {@code lower <= j - i <= upper}. A causal mask has no lower limit and 0 as the upper one; a
 * sliding window has both.
 *
 * @param lower the first diagonal, {@link #NO_LOWER} for no limit
 * @param upper the last diagonal, {@link #NO_UPPER} for no limit
 */
public record Band(long lower, long upper) {
  /** Below every diagonal; a sum with an index does not overflow. */
  public static final long NO_LOWER = Long.MIN_VALUE / 2;

  /** Above every diagonal; a sum with an index does not overflow. */
  public static final long NO_UPPER = Long.MAX_VALUE / 2;

  /** All diagonals. */
  public static final Band ALL = new Band(NO_LOWER, NO_UPPER);

  /** The main diagonal and those below it. */
  public static final Band CAUSAL = new Band(NO_LOWER, 0);

  /** Whether no diagonal is masked. */
  public boolean isAll() {
    return lower == NO_LOWER && upper == NO_UPPER;
  }

  /** The diagonals of both bands. */
  public Band and(Band other) {
    return new Band(Math.max(lower, other.lower), Math.min(upper, other.upper));
  }

  /** Whether a query sees a key. */
  public boolean contains(int query, int key) {
    long diagonal = (long) key - query;
    return lower <= diagonal && diagonal <= upper;
  }

  /** The first key that a query sees, limited to 0 to {@code keys}. */
  public int from(int query, int keys) {
    return (int) Math.clamp(query + lower, 0L, (long) keys);
  }

  /** The key after the last that a query sees, limited to 0 to {@code keys}. */
  public int to(int query, int keys) {
    return (int) Math.clamp(query + upper + 1, 0L, (long) keys);
  }

  /** Whether a query sees all keys. */
  public boolean isAll(int query, int keys) {
    return from(query, keys) == 0 && to(query, keys) == keys;
  }
}
