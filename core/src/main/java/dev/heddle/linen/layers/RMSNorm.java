package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.Settings;

/**
 * Root mean square layer normalization (Zhang and Sennrich, 2019): {@code x * rsqrt(mean(x²) +
 * epsilon) * scale}. Flax's {@code RMSNorm}.
 *
 * <pre>{@code
 * Array y = scope.call(RMSNorm.builder().build(), x); // RMSNorm_0
 * }</pre>
 *
 * <p>Parameter: {@code scale}, of the feature axes' lengths. The output has the input's shape. The
 * mean of squares is computed in float32 at least.
 */
public final class RMSNorm extends Layer<Array, RMSNorm.Builder> {

  private RMSNorm(Builder builder) {
    super(builder);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected Array call(Scope scope, Array x) {
    int[] reduced = LayerNorm.axes(scope, "reduction_axes", config.reductionAxes, x.shape());
    int[] featured = LayerNorm.axes(scope, "feature_axes", config.featureAxes, x.shape());
    DType statistics =
        DType.promote(config.dtype == null ? x.dtype() : config.dtype, DType.FLOAT32);
    Array square = LayerNorm.mean(LayerNorm.square(x.astype(statistics)), reduced);
    Array factor = Elementwise.rsqrt(square.plus(config.epsilon));
    Array scale = null;
    if (config.useScale) {
      scale =
          LayerNorm.feature(
              scope, "scale", config.scaleInit, config.paramDtype, featured, x.shape());
      factor = factor.times(scale);
    }
    return x.times(factor).astype(Promotion.canonicalizeDtype(config.dtype, x, scale));
  }

  @Override
  Settings settings() {
    return Settings.of("RMSNorm")
        .add("epsilon", config.epsilon)
        .add("dtype", config.dtype)
        .add("param_dtype", config.paramDtype)
        .add("use_scale", config.useScale)
        .add("scale_init", config.scaleInit)
        .add("reduction_axes", config.reductionAxes)
        .add("feature_axes", config.featureAxes);
  }

  /** The arguments of a {@link RMSNorm}, with Flax's names and defaults. */
  public static final class Builder extends NormBuilder<Builder> {
    private Builder() {}

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if {@code dtype} is not a floating-point type
     */
    public RMSNorm build() {
      requireFloatingDtype();
      return new RMSNorm(this);
    }
  }
}
