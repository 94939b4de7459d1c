package dev.heddle.array;

import dev.heddle.kernel.Band;
import dev.heddle.kernel.PackedLayouts;

/** What tests of other packages see of arrays. */
public final class ArrayInspection {
  private ArrayInspection() {}

  /** Whether the elements are not in memory, but defined by a pattern. */
  public static boolean isLazy(Array array) {
    return array.pattern() != null && !array.isRead();
  }

  /** Whether a causal mask is recognized. */
  public static boolean isCausal(Array array) {
    return Band.CAUSAL.equals(array.band());
  }

  /** A function of queries and keys, applied to a tile. */
  public static Array tile(Array mask, int queryAt, int queries, int keyAt, int keys) {
    return ((MaskPattern.Pairwise) mask.pattern()).at(queryAt, queries, keyAt, keys);
  }

  /** The packed layouts of an array in a type. */
  public static PackedLayouts layouts(Array array, DType dtype) {
    return array.convertedTo(dtype).layouts();
  }
}
