/**
 * Multi-head dot-product attention: the module, its configuration and inputs, masks, the cache of
 * decoding, and attention as a function; {@code flax.linen.attention}.
 *
 * <pre>
 * inputs [B..., Q, F] -> DenseGeneral x3 -> [B..., Q|K, H, D] -> (LayerNorm of query and key)
 *   -> (decode cache) -> attention function -> [B..., Q, H, D] -> DenseGeneral -> [B..., Q, F]
 * </pre>
 *
 * <p>Begin with {@link MultiHeadDotProductAttention}. Letters as in {@code linen}.
 *
 * <p>Uses {@code linen.layers}, {@code linen} and {@code array}. Used by whole models, files and
 * the command line.
 */
@NullMarked
package dev.heddle.linen.attention;

import org.jspecify.annotations.NullMarked;
