package dev.heddle.linen;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by name, made for a handful of them: nothing is allocated before the first, and few are
 * found by comparing, without a table. Confined to the thread of its call.
 *
 * @param <V> what a name stands for
 */
final class SmallMap<V> {
  /** Names up to which comparing costs no more than a table. */
  private static final int FEW = 16;

  private static final Object[] NONE = {};

  private @Nullable Object[] pairs = NONE; // a name, its value, the next name, ...
  private int count;
  private @Nullable Map<String, V> many;

  /** The value of a name, or null. */
  @SuppressWarnings("unchecked") // put lets only V in
  @Nullable V get(String name) {
    if (many != null) {
      return many.get(name);
    }
    int at = find(name);
    return at < 0 ? null : (V) pairs[at + 1];
  }

  /** Gives a name a value, in place of the one it has. */
  void put(String name, V value) {
    if (many != null) {
      many.put(name, value);
      return;
    }
    int at = find(name);
    if (at >= 0) {
      pairs[at + 1] = value;
    } else if (count == FEW) {
      many = all();
      many.put(name, value);
    } else {
      append(name, value);
    }
  }

  private int find(String name) {
    int hash = name.hashCode(); // kept by the string, so it tells most names apart at no cost
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
}
