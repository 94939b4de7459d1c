package dev.heddle.array.op;

import dev.heddle.array.storage.MaskPattern;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.Tiles;

/**
 * Flags of one head that are drawn by their number.
 *
 * @param numbers gives the flag of a number
 * @param first the number of query 0 and key 0
 * @param queryStride numbers from one query to the next
 */
record DrawnFlags(MaskPattern.Counted numbers, long first, long queryStride)
    implements ScoreMask.Made {
  @Override
  public void restrict(int query, int queries, int key, int keys, byte[] flags) {
    for (int i = 0; i < queries; i++) {
      numbers.restrict(first + (query + i) * queryStride + key, keys, flags, i * Tiles.TILE);
    }
  }
}
