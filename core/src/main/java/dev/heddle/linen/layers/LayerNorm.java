package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Norm;
import dev.heddle.array.Shape;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.internal.ArgumentName;
import dev.heddle.linen.internal.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization (Ba, Kiros and Hinton, 2016): {@code (x - mean) * rsqrt(var + epsilon) *
 * scale + bias}. Flax's {@code LayerNorm}.
 *
 * <p>Parameters: {@code scale} and {@code bias}, of the feature axes' lengths. The output has the
 * input's shape. Mean and variance are computed in float32 at least; the variance is {@code max(0,
 * mean(x²) - mean(x)²)}, or with {@code useFastVariance(false)} the mean of squared deviations,
 * which is more accurate where the mean is large compared with the standard deviation.
 */
public final class LayerNorm extends Layer<Array, LayerNorm.Builder> {

  private LayerNorm(Builder builder) {
    super(builder);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected Array call(Scope scope, Array x) {
    int[] reduced = axes(scope, "reduction_axes", config.reductionAxes, x.shape());
    int[] featured = axes(scope, "feature_axes", config.featureAxes, x.shape());

    DType statistics =
        DType.promote(config.dtype == null ? x.dtype() : config.dtype, DType.FLOAT32);
    Array scale =
        config.useScale
            ? feature(scope, "scale", config.scaleInit, config.paramDtype, featured, x.shape())
            : null;
    Array bias =
        config.useBias
            ? feature(scope, "bias", config.biasInit, config.paramDtype, featured, x.shape())
            : null;
    boolean last = isLast(reduced, x.shape()) && isLast(featured, x.shape());
    boolean narrow =
        statistics == DType.FLOAT32 && isNarrow(x) && isNarrow(scale) && isNarrow(bias);
    Array y =
        last && narrow
            ? Norm.lastAxis(x, scale, bias, config.epsilon, config.useFastVariance)
            : normalize(x, scale, bias, statistics, reduced);
    return y.astype(Promotion.canonicalizeDtype(config.dtype, x, scale, bias));
  }

  private static boolean isLast(int[] axes, Shape shape) {
    return axes.length == 1 && axes[0] == shape.rank() - 1;
  }

  private static boolean isNarrow(@Nullable Array x) {
    return x == null || x.dtype() != DType.FLOAT64;
  }

  /** Along any axes, by array operations. */
  private Array normalize(
      Array x, @Nullable Array scale, @Nullable Array bias, DType statistics, int[] reduced) {
    Array wide = x.astype(statistics);
    Array mean = mean(wide, reduced);
    Array variance =
        config.useFastVariance
            ? Elementwise.maximum(
                mean(wide.times(wide), reduced).minus(mean.times(mean)),
                Array.scalar(0, statistics))
            : mean(square(wide.minus(mean)), reduced);

    Array factor = Elementwise.rsqrt(variance.plus(config.epsilon));
    if (scale != null) {
      factor = factor.times(scale);
    }
    Array y = x.minus(mean).times(factor);
    return bias == null ? y : y.plus(bias);
  }

  /** Axes counted from the front, each once, in ascending order. */
  static int[] axes(Scope scope, String argument, List<Integer> axes, Shape shape) {
    int rank = shape.rank();
    if (!axes.stream().allMatch(axis -> axis >= -rank && axis < rank)) {
      throw scope.error(
          "%s: expected axes of an input of shape %s, got %s"
              .formatted(ArgumentName.argument(argument), shape, axes));
    }
    return axes.stream().mapToInt(shape::axis).sorted().distinct().toArray();
  }

  static Array square(Array x) {
    return x.times(x);
  }

  /** The mean over axes, which are kept with length 1. */
  static Array mean(Array x, int[] axes) {
    int[] kept = x.shape().dims();
    for (int axis : axes) {
      kept[axis] = 1;
    }
    return axes.length == 0 ? x : x.mean(axes).reshape(kept);
  }

  /** A parameter of the feature axes' lengths, shaped to broadcast with the input. */
  static Array feature(
      Scope scope, String name, Initializer init, DType paramDtype, int[] axes, Shape shape) {
    int[] lengths = new int[axes.length];
    int[] spread = new int[shape.rank()];
    Arrays.fill(spread, 1);
    for (int i = 0; i < axes.length; i++) {
      lengths[i] = shape.dim(axes[i]);
      spread[axes[i]] = lengths[i];
    }
    return scope.param(name, init, Shape.of(lengths), paramDtype).reshape(spread);
  }

  @Override
  Settings settings() {
    return Settings.of("LayerNorm")
        .add("epsilon", config.epsilon)
        .add("dtype", config.dtype)
        .add("param_dtype", config.paramDtype)
        .add("use_bias", config.useBias)
        .add("use_scale", config.useScale)
        .add("bias_init", config.biasInit)
        .add("scale_init", config.scaleInit)
        .add("reduction_axes", config.reductionAxes)
        .add("feature_axes", config.featureAxes)
        .add("use_fast_variance", config.useFastVariance);
  }

  /** The arguments of a {@link LayerNorm}, with Flax's names and defaults. */
  public static final class Builder extends NormBuilder<Builder> {
    private boolean useBias = true;
    private Initializer biasInit = Initializers.zeros();
    private boolean useFastVariance = true;

    private Builder() {}

    /** Whether to add a bias; true by default. */
    public Builder useBias(boolean useBias) {
      this.useBias = useBias;
      return this;
    }

    /** The initializer of the bias; {@code zeros} by default. */
    public Builder biasInit(Initializer biasInit) {
      this.biasInit = Objects.requireNonNull(biasInit, "biasInit");
      return this;
    }

    /** Whether the variance is the difference of two means; true by default. */
    public Builder useFastVariance(boolean useFastVariance) {
      this.useFastVariance = useFastVariance;
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if {@code dtype} is not a floating-point type
     */
    public LayerNorm build() {
      requireFloatingDtype();
      return new LayerNorm(this);
    }
  }
}
