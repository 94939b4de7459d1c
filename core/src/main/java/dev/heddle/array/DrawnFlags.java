package dev.heddle.array;

import dev.heddle.kernel.IndexedFlags;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.Tiles;

/**
 * The mask of one head whose flags are drawn by index.
 *
 * @param numbers the flags by index
 * @param first the index of query 0 and key 0
 * @param queryStride the distance of the indices of neighbouring queries
 */
record DrawnFlags(IndexedFlags numbers, long first, long queryStride) implements ScoreMask.Made {
  @Override
  public void restrict(int query, int queries, int key, int keys, byte[] flags) {
    for (int i = 0; i < queries; i++) {
      numbers.restrict(first + (query + i) * queryStride + key, keys, flags, i * Tiles.TILE);
    }
  }
}
