package dev.heddle.kernel;

import java.util.Arrays;

/**
 * Flags for the pairs of queries and keys of one head: the keys visible under a mask, or the
 * weights kept by dropout. Kernels request one tile at a time, so the full [Q, K] matrix is in
 * memory only if it is an array of the caller.
 */
public sealed interface ScoreMask {
  /** Whether all queries have the same flags, so that one row is enough. */
  boolean sameForAllQueries();

  /**
   * Combines flags with these by a logical and: {@code flags[i * Tiles.TILE + j]} becomes 0 if the
   * flag of query {@code query + i} and key {@code key + j} is 0, and is unchanged otherwise.
   *
   * @param query the first query
   * @param queries the number of queries
   * @param key the first key
   * @param keys the number of keys, at most {@link Tiles#TILE}
   * @param flags 0 or 1 each, a row of {@link Tiles#TILE} for each query
   */
  void restrict(int query, int queries, int key, int keys, byte[] flags);

  /**
   * Flags stored in an array.
   *
   * @param grid 0 or 1 each; the stride of keys is 1, or 0 if all keys have the same flag
   */
  record Stored(StridedView<byte[]> grid) implements ScoreMask {
    /** Checks the stride of the keys. */
    public Stored {
      if (grid.keyStride() != 0 && grid.keyStride() != 1) {
        throw new IllegalArgumentException(
            "flags: expected a key stride of 0 or 1, got " + grid.keyStride());
      }
    }

    @Override
    public boolean sameForAllQueries() {
      return grid.queryStride() == 0;
    }

    @Override
    public void restrict(int query, int queries, int key, int keys, byte[] flags) {
      byte[] own = grid.data();
      for (int i = 0; i < queries; i++) {
        int row = i * Tiles.TILE;
        int from = grid.at(query + i) + key * grid.keyStride();
        if (grid.keyStride() == 1) {
          for (int j = 0; j < keys; j++) {
            flags[row + j] &= own[from + j];
          }
        } else if (own[from] == 0) {
          Arrays.fill(flags, row, row + keys, (byte) 0);
        }
      }
    }
  }

  /** The logical and of two masks. */
  record Both(ScoreMask one, ScoreMask other) implements ScoreMask {
    @Override
    public boolean sameForAllQueries() {
      return one.sameForAllQueries() && other.sameForAllQueries();
    }

    @Override
    public void restrict(int query, int queries, int key, int keys, byte[] flags) {
      one.restrict(query, queries, key, keys, flags);
      other.restrict(query, queries, key, keys, flags);
    }
  }

  /** Flags computed on request; thread-safe, with the same result each time. */
  non-sealed interface Made extends ScoreMask {
    @Override
    default boolean sameForAllQueries() {
      return false;
    }
  }
}
