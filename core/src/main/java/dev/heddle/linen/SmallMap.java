package dev.heddle.linen;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A map from names to few values: nothing is allocated before the first, and up to {@link
 * #MAX_PAIRS} are searched one by one. Confined to the thread of its call.
 *
 * @param <V> the type of the values
 */
final class SmallMap<V> {
  /** The number of names up to which a search costs no more than a table. */
  private static final int MAX_PAIRS = 16;

  private static final Object[] NONE = {};

  private @Nullable Object[] pairs = NONE; // a name, its value, the next name, ...
  private int count;
  private @Nullable Map<String, V> table;

  /** The value of a name, or null. */
  @SuppressWarnings("unchecked") // put lets only V in
  @Nullable V get(String name) {
    if (table != null) {
      return table.get(name);
    }
    int at = find(name);
    return at < 0 ? null : (V) pairs[at + 1];
  }

  /** Sets the value of a name. */
  void put(String name, V value) {
    if (table != null) {
      table.put(name, value);
      return;
    }
    int at = find(name);
    if (at >= 0) {
      pairs[at + 1] = value;
    } else if (count == MAX_PAIRS) {
      table = all();
      table.put(name, value);
    } else {
      append(name, value);
    }
  }

  private int find(String name) {
    int hash = name.hashCode(); // cached in the string
    for (int i = 0; i < 2 * count; i += 2) {
      if (pairs[i] instanceof String known && known.hashCode() == hash && known.equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private void append(String name, V value) {
    if (2 * count == pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.max(8, 2 * pairs.length));
    }
    pairs[2 * count] = name;
    pairs[2 * count + 1] = value;
    count++;
  }

  @SuppressWarnings("unchecked") // put lets only V in
  private Map<String, V> all() {
    Map<String, V> all = new HashMap<>();
    for (int i = 0; i < 2 * count; i += 2) {
      all.put((String) pairs[i], (V) pairs[i + 1]);
    }
    return all;
  }

  /** Visits the names and values. */
  void forEach(BiConsumer<String, V> visitor) {
    (table == null ? all() : table).forEach(visitor);
  }
}
