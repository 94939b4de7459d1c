package dev.heddle.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layouts of one array as a right operand of matrix products, kept for as long as the array
 * lives, each under everything that it depends on: {@link Key}. What an array was packed as for one
 * product is never taken for another shape of the same elements.
 *
 * <p>A layout is kept from the second product on that asks for it, because most arrays are
 * multiplied once. One in float32 takes as much memory as the array, or twice as much for an array
 * of 16 bits; one that is narrow shares the array's elements. No more than {@link #MAX_KEPT} are
 * kept; of more, the oldest goes.
 *
 * <p>Safe for use by many threads.
 */
public final class PackedLayouts {
  /** How many layouts of one array are kept. */
  static final int MAX_KEPT = 4;

  private volatile List<Entry> entries = List.of();

  /**
   * What a layout depends on besides the elements.
   *
   * @param kernels the implementation whose layout it is
   * @param rows the contracted length, K
   * @param cols the columns of the product, N
   * @param turned whether the array is {@code [N, K]}, not {@code [K, N]}
   * @param narrow whether it is of 16 bits and stays so, for few rows of a left operand
   */
  public record Key(Kernels kernels, int rows, int cols, boolean turned, boolean narrow) {}

  /** A key that was asked for, and its layout from the second time on. */
  private record Entry(Key key, @Nullable Packed packed) {}

  /** The layout that is kept under a key, or null. */
  public @Nullable Packed get(Key key) {
    Entry entry = find(key);
    return entry == null ? null : entry.packed;
  }

  /** Whether a key has been asked for before; notes that it has been now. */
  public boolean isRepeated(Key key) {
    if (find(key) != null) {
      return true;
    }
    put(new Entry(key, null));
    return false;
  }

  /** Keeps a layout, unless it is the array as it is, or that of kernels that are not warm yet. */
  public void keep(Key key, Packed packed) {
    boolean isHalves = packed instanceof Packed.Halves;
    if (!(packed instanceof Packed.Plain) && isHalves == key.narrow()) {
      put(new Entry(key, packed)); // by two threads: both the same
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
