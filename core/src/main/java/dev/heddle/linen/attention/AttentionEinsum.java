package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.linen.layers.Precision;
import org.jspecify.annotations.Nullable;

/**
 * A contraction of attention that may be replaced: of queries and keys ({@code
 * qk_attn_weights_einsum_cls}) or of weights and values ({@code attn_weights_value_einsum_cls}).
 */
@FunctionalInterface
public interface AttentionEinsum {
  /**
   * Contracts two arrays.
   *
   * @param subscripts the subscripts, {@code ...qhd,...khd->...hqk} or {@code
   *     ...hqk,...khd->...qhd}
   * @param first the queries or the weights
   * @param second the keys or the values
   * @param precision as configured; on a CPU all give full float32
   */
  Array apply(String subscripts, Array first, Array second, @Nullable Precision precision);
}
