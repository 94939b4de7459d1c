package dev.heddle.linen.attention;

import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.LayerNorm;

/**
 * The submodules of an attention layer, made once for a number of features of {@code inputs_q}, on
 * which they depend where the configuration leaves their own features open.
 *
 * @param inputFeatures the features of {@code inputs_q}
 * @param query {@code [B..., Q, F]} to {@code [B..., Q, H, D]}
 * @param key {@code [B..., K, F]} to {@code [B..., K, H, D]}
 * @param value {@code [B..., K, F]} to {@code [B..., K, H, D]}
 * @param queryNorm over D, with {@code normalize_qk}
 * @param keyNorm over D, with {@code normalize_qk}
 * @param out {@code [B..., Q, H, D]} to {@code [B..., Q, F]}
 */
record AttentionSublayers(
    int inputFeatures,
    DenseGeneral query,
    DenseGeneral key,
    DenseGeneral value,
    LayerNorm queryNorm,
    LayerNorm keyNorm,
    DenseGeneral out) {

  /** The submodules; the number of heads divides the features. */
  static AttentionSublayers of(AttentionBuilder config, int inputFeatures) {
    return new AttentionSublayers(
        inputFeatures,
        config.intoHeads(inputFeatures),
        config.intoKvHeads(inputFeatures),
        config.intoKvHeads(inputFeatures),
        config.norm(),
        config.norm(),
        config.outOfHeads(inputFeatures));
  }
}
