package dev.heddle.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the packed layouts of one array as a right operand of matrix products, with the
 * lifetime of the array. The {@link Key} has everything that a layout depends on, so a layout is
 * never used for another shape of the same elements.
 *
 * <p>A layout is retained from the second request, because most arrays are multiplied once. A
 * float32 layout takes as much memory as the array, or twice as much for an array of 16 bits; a
 * 16-bit layout shares the array's elements. At most {@link #MAX_KEPT} layouts are retained; then
 * the oldest is evicted.
 *
 * <p>Safe for use by many threads.
 */
public final class PackedLayouts {
  /** Maximum number of retained layouts per array. */
  static final int MAX_KEPT = 4;

  private volatile List<Entry> entries = List.of();

  /**
   * What a layout depends on besides the elements.
   *
   * @param kernels the implementation that defines the layout
   * @param rows the length of the contracted axis, K
   * @param cols the number of columns, N
   * @param transposed whether the array is {@code [N, K]}, not {@code [K, N]}
   * @param isHalf whether it remains in 16 bits, for few rows of the left operand
   */
  public record Key(Kernels kernels, int rows, int cols, boolean transposed, boolean isHalf) {}

  /** A requested key, and its layout from the second request. */
  private record Entry(Key key, @Nullable Packed packed) {}

  /** The retained layout of a key, or null. */
  public @Nullable Packed get(Key key) {
    Entry entry = find(key);
    return entry == null ? null : entry.packed;
  }

  /** Whether a key has been requested before; records the request. */
  public boolean isRepeated(Key key) {
    if (find(key) != null) {
      return true;
    }
    put(new Entry(key, null));
    return false;
  }

  /**
   * Retains a layout, unless it is the float32 array itself or, during warm-up, not the one of the
   * key.
   */
  public void keep(Key key, Packed packed) {
    boolean isHalves = packed instanceof Packed.Halves;
    if (!(packed instanceof Packed.Plain) && isHalves == key.isHalf()) {
      put(new Entry(key, packed)); // two threads may do this: both layouts are equal
    }
  }

  private @Nullable Entry find(Key key) {
    for (Entry entry : entries) {
      if (entry.key.equals(key)) {
        return entry;
      }
    }
    return null;
  }

  private synchronized void put(Entry entry) {
    List<Entry> next = new ArrayList<>(entries);
    next.removeIf(other -> other.key.equals(entry.key));
    if (next.size() == MAX_KEPT) {
      next.removeFirst();
    }
    next.add(entry);
    entries = List.copyOf(next);
  }
}
