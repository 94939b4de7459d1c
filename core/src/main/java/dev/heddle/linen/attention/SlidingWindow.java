package dev.heddle.linen.attention;

import dev.heddle.linen.internal.ArgumentName;
import org.jspecify.annotations.Nullable;

/**
 * The keys around a query's own position that it attends to.
 *
 * @param left the number of keys before it; null for no limit
 * @param right the number of keys after it; null for no limit
 */
public record SlidingWindow(@Nullable Integer left, @Nullable Integer right) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public SlidingWindow {
    if ((left != null && left < 0) || (right != null && right < 0)) {
      throw new IllegalArgumentException(
          "%s: expected numbers of keys of 0 or more, or null for no limit, got [%s, %s]"
              .formatted(ArgumentName.argument("sliding_window"), left, right));
    }
  }

  /** As in a configuration: {@code [1023, 0]}. */
  @Override
  public String toString() {
    return "[" + left + ", " + right + "]";
  }
}
