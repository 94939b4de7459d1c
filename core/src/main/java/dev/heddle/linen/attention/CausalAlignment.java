package dev.heddle.linen.attention;

import java.util.Locale;

/**
 * Where the first query stands among the keys if there are not as many of both. (PyTorch's {@code
 * CausalVariant}.)
 */
public enum CausalAlignment {
  /** The first query stands at the first key, as in PyTorch's {@code is_causal}. */
  TOP_LEFT,

  /** The last query stands at the last key, as in FlashAttention: query i at key i + K - Q. */
  BOTTOM_RIGHT;

  /** The name in a configuration: {@code top_left}, {@code bottom_right}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
