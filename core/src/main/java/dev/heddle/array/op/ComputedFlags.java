package dev.heddle.array.op;

import dev.heddle.array.DType;
import dev.heddle.array.storage.MaskPattern;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.Tiles;

/**
 * Flags of one head by a function of its queries and keys: set where its value, in a type, is not
 * zero.
 *
 * @param pattern the function and its arguments
 * @param dtype the type in which a value counts
 * @param queryAt where the head's first query is among the arguments
 * @param keyAt where the head's first key is
 */
record ComputedFlags(MaskPattern.Pairwise pattern, DType dtype, int queryAt, int keyAt)
    implements ScoreMask.Made {
  @Override
  public void restrict(int query, int queries, int key, int keys, byte[] flags) {
    Storage values =
        pattern.at(queryAt + query, queries, keyAt + key, keys).storage().to(dtype).to(DType.BOOL);
    byte[] own = ((Storage.Bool) values).values();
    for (int i = 0; i < queries; i++) {
      int row = i * Tiles.TILE;
      int from = i * keys;
      for (int j = 0; j < keys; j++) {
        flags[row + j] &= own[from + j];
      }
    }
  }
}
