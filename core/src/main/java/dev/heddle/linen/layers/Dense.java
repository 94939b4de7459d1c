package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.Settings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer over the last axis: {@code y = x kernel + bias}. Flax's {@code Dense}.
 *
 * <p>Parameters: {@code kernel}, shape {@code [F, features]}, and {@code bias}, shape {@code
 * [features]}. Input, shape {@code [..., F]}, gives output, shape {@code [..., features]}, in the
 * configured type or that of input and parameters together.
 *
 * <p>For several axes in or out use {@link DenseGeneral}.
 */
public final class Dense extends Module<Array, Array> {
  private final Builder config;
  private @Nullable DenseLayout layout;

  private Dense(Builder builder) {
    super(builder);
    config = builder.copy();
  }

  /** A layer of so many features, all else by default. */
  public static Dense of(int features) {
    return builder().features(features).build();
  }

  /** A configuration to fill in; {@code features} is needed. */
  public static Builder builder() {
    return new Builder();
  }

  /** A configuration with the same arguments, to be changed. */
  public Builder toBuilder() {
    return config.copy();
  }

  @Override
  protected Array call(Scope scope, Array x) {
    if (x.rank() == 0) {
      throw scope.error("argument \"inputs\": expected at least one axis, got shape " + x.shape());
    }
    DenseLayout as = layout(x.shape());
    Array kernel = scope.param("kernel", config.kernelInit, as.kernel(), config.paramDtype);
    Array bias =
        config.useBias ? scope.param("bias", config.biasInit, as.bias(), config.paramDtype) : null;
    DType compute = Promotion.canonicalizeDtype(config.dtype, x, kernel, bias);
    Array left = x.astype(compute);
    Array right = ArrayInternals.convertedTo(kernel, compute);
    return bias == null
        ? config.dotGeneral.dotGeneral(left, right, as.axes(), config.precision)
        : config.dotGeneral.dotGeneral(
            left, right, as.axes(), config.precision, ArrayInternals.convertedTo(bias, compute));
  }

  private DenseLayout layout(Shape shape) {
    DenseLayout known = layout;
    if (known == null || !known.input().equals(shape)) {
      int[] last = {shape.rank() - 1};
      known = DenseLayout.of(shape, last, 0, Shape.of(config.features));
      layout = known; // a race only makes it again
    }
    return known;
  }

  @Override
  protected boolean usesFloat64() {
    return config.usesFloat64();
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public String toString() {
    return Settings.of("Dense")
        .add("features", config.features)
        .add("use_bias", config.useBias)
        .add("dtype", config.dtype)
        .add("param_dtype", config.paramDtype)
        .add("precision", config.precision)
        .add("kernel_init", config.kernelInit)
        .add("bias_init", config.biasInit)
        .toString();
  }

  /** The arguments of a {@link Dense}, with Flax's names and defaults. */
  public static final class Builder extends LinearBuilder<Builder> {
    private int features = -1;
    private DotGeneral dotGeneral = DotGeneral.standard();

    private Builder() {}

    /** The number of output features. */
    public Builder features(int features) {
      this.features = features;
      return this;
    }

    /** Another contraction. */
    public Builder dotGeneral(DotGeneral dotGeneral) {
      this.dotGeneral = Objects.requireNonNull(dotGeneral, "dotGeneral");
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if {@code features} is missing or negative, or {@code dtype}
     *     is not a floating-point type
     */
    public Dense build() {
      if (features < 0) {
        throw new IllegalArgumentException(
            "Dense: argument \"features\": expected a number of 0 or more, got "
                + (features == -1 ? "none" : features));
      }
      requireFloatingDtype();
      return new Dense(this);
    }
  }
}
