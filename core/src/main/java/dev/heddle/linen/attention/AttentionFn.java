package dev.heddle.linen.attention;

import dev.heddle.array.Array;

/**
 * The replaceable function between the projections: Flax's {@code attention_fn}.
 *
 * <pre>{@code
 * AttentionFn linear = (query, key, value, options) -> {
 *   Array scores = Einsum.einsum("...qhd,...khd->...hqk", query, key);
 *   return Einsum.einsum("...hqk,...khd->...qhd", Elementwise.relu(scores), value);
 * };
 * var attention = MultiHeadDotProductAttention.builder().numHeads(8).attentionFn(linear).build();
 * }</pre>
 *
 * <p>Flax passes keyword arguments and leaves out those that a function does not name; here all of
 * them come as one {@link AttentionOptions}. A bias is never passed by the module.
 */
@FunctionalInterface
public interface AttentionFn {
  /**
   * Computes attention from every query to the keys.
   *
   * @param query shape {@code [B..., Q, H, D]}
   * @param key shape {@code [B..., K, H, D]}
   * @param value shape {@code [B..., K, H, V]}
   * @param options Flax's keyword arguments
   * @return shape {@code [B..., Q, H, V]}
   */
  Array apply(Array query, Array key, Array value, AttentionOptions options);
}
