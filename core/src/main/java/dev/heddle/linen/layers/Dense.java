package dev.heddle.linen.layers;

import dev.heddle.array.Shape;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.Settings;

/**
 * A linear layer over the last axis: {@code y = x kernel + bias}. Flax's {@code Dense}.
 *
 * <p>Parameters: {@code kernel}, shape {@code [F, features]}, and {@code bias}, shape {@code
 * [features]}. Input, shape {@code [..., F]}, gives output, shape {@code [..., features]}, in the
 * configured type or the promoted type of input and parameters.
 *
 * <p>For several input or output axes use {@link DenseGeneral}.
 */
public final class Dense extends LinearLayer<Dense.Builder> {
  private Dense(Builder builder) {
    super(builder);
  }

  /** A layer with a number of features. */
  public static Dense of(int features) {
    return builder().features(features).build();
  }

  /** A builder; {@code features} is required. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  DenseLayout newLayout(Scope scope, Shape input) {
    if (input.rank() == 0) {
      throw scope.error("argument \"inputs\": expected at least one axis, got shape " + input);
    }
    int[] last = {input.rank() - 1};
    return DenseLayout.of(input, last, 0, Shape.of(config.features));
  }

  @Override
  Settings settings() {
    return with(Settings.of("Dense").add("features", config.features));
  }

  /** The arguments of a {@link Dense}, with Flax's names and defaults. */
  public static final class Builder extends LinearLayer.Builder<Builder> {
    private int features = -1;

    private Builder() {}

    /** The number of output features. */
    public Builder features(int features) {
      this.features = features;
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
