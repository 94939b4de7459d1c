package dev.heddle.linen.attention;

import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.DotGeneral;
import dev.heddle.linen.layers.LayerNorm;
import org.jspecify.annotations.Nullable;

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
  static AttentionSublayers of(AttentionConfig config, int inputFeatures) {
    return new AttentionSublayers(
        inputFeatures,
        intoHeads(config, inputFeatures),
        intoHeads(config, inputFeatures),
        intoHeads(config, inputFeatures),
        norm(config),
        norm(config),
        dense(config)
            .features(config.outFeatures(inputFeatures))
            .axis(-2, -1)
            .kernelInit(config.kernelInitOfOut())
            .biasInit(config.biasInitOfOut())
            .dotGeneral(standardIfNull(config.outDotGeneral()))
            .dotGeneralCls(config.outDotGeneralCls())
            .build());
  }

  private static DenseGeneral intoHeads(AttentionConfig config, int inputFeatures) {
    return dense(config)
        .features(config.numHeads(), config.qkvFeatures(inputFeatures) / config.numHeads())
        .kernelInit(config.kernelInit())
        .biasInit(config.biasInit())
        .dotGeneral(standardIfNull(config.qkvDotGeneral()))
        .dotGeneralCls(config.qkvDotGeneralCls())
        .build();
  }

  private static DotGeneral standardIfNull(@Nullable DotGeneral product) {
    return product == null ? DotGeneral.standard() : product;
  }

  private static DenseGeneral.Builder dense(AttentionConfig config) {
    return DenseGeneral.builder()
        .useBias(config.useBias())
        .dtype(config.dtype())
        .paramDtype(config.paramDtype())
        .precision(config.precision());
  }

  private static LayerNorm norm(AttentionConfig config) {
    return LayerNorm.builder()
        .useBias(false)
        .dtype(config.dtype())
        .paramDtype(config.paramDtype())
        .build();
  }
}
