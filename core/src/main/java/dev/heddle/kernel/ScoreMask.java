package dev.heddle.kernel;

import java.util.Arrays;

/**
 * Flags that belong to the pairs of queries and keys of one head: which keys a mask shows, which
 * weights dropout keeps. Kernels ask for them a tile at a time, so that their square lies in memory
 * only where it is somebody's array.
 */
public sealed interface ScoreMask {
  /** Whether all queries have the same flags, so that one row tells all. */
  boolean sameForAllQueries();

  /**
   * Clears what is not set here: {@code flags[i * Tiles.TILE + j]} becomes 0 where the flag of
   * query {@code query + i} and key {@code key + j} is, and stays otherwise.
   *
   * @param query the first query
   * @param queries how many
   * @param key the first key
   * @param keys how many, at most {@link Tiles#TILE}
   * @param flags 0 or 1 each, a row of {@link Tiles#TILE} for each query
   */
  void restrict(int query, int queries, int key, int keys, byte[] flags);

  /**
   * Flags that lie in an array.
   *
   * @param grid 0 or 1 each; keys one after another or all the same
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

  /** Set where both are. */
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

  /** Flags that are made when they are asked for; by many threads at once, the same each time. */
  non-sealed interface Made extends ScoreMask {
    @Override
    default boolean sameForAllQueries() {
      return false;
    }
  }
}
