package dev.heddle.array;

import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.Tiles;

/**
 * The mask of one head by a function of its queries and keys: set where its value, converted to a
 * type, is not zero.
 *
 * @param pattern the function and its arguments
 * @param dtype the type to which values are converted
 * @param queryAt the index of the head's first query in the query argument
 * @param keyAt the index of the head's first key in the key argument
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
