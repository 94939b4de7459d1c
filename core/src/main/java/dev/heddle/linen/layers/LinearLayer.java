package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.Settings;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A product with a kernel plus a bias, over axes that a subclass names.
 *
 * @param <B> the class of the builder
 */
abstract class LinearLayer<B extends LinearLayer.Builder<B>> extends Layer<Array, B> {
  private @Nullable DenseLayout layout;

  LinearLayer(B builder) {
    super(builder);
  }

  /**
   * The shapes and axes for an input shape.
   *
   * @throws IllegalArgumentException if the input lacks an axis
   */
  abstract DenseLayout newLayout(Scope scope, Shape input);

  private DenseLayout layout(Scope scope, Shape input) {
    DenseLayout known = layout;
    if (known == null || !known.input().equals(input)) {
      known = newLayout(scope, input);
      layout = known; // a race only makes it again
    }
    return known;
  }

  @Override
  protected Array call(Scope scope, Array x) {
    DenseLayout as = layout(scope, x.shape());
    Projection parameters = parameters(scope, x.shape());
    Array bias = parameters.bias();
    DType compute = Promotion.canonicalizeDtype(config.dtype, x, parameters.kernel(), bias);
    Array left = x.astype(compute);
    Array right = ArrayInternals.convertedTo(parameters.kernel(), compute);
    DotGeneral product =
        config.dotGeneralCls == null ? config.dotGeneral : config.dotGeneralCls.get();
    if (bias == null) {
      return product.dotGeneral(left, right, as.axes(), config.precision);
    }
    Array added = ArrayInternals.convertedTo(bias, compute);
    if (as.axes().lhsBatch().isEmpty()) {
      return product.dotGeneral(left, right, as.axes(), config.precision, added);
    }
    return product
        .dotGeneral(left, right, as.axes(), config.precision)
        .plus(added.reshape(as.spread().dims()));
  }

  /**
   * The parameters for an input shape, in the layer's own scope; created if the call is an init.
   */
  final Projection parameters(Scope scope, Shape input) {
    DenseLayout as = layout(scope, input);
    return new Projection(
        scope.param("kernel", config.kernelInit, as.kernel(), as.flatKernel(), config.paramDtype),
        config.useBias
            ? scope.param("bias", config.biasInit, as.bias(), as.flatBias(), config.paramDtype)
            : null);
  }

  /** Adds the arguments of both linear layers. */
  final Settings with(Settings settings) {
    return settings
        .add("use_bias", config.useBias)
        .add("dtype", config.dtype)
        .add("param_dtype", config.paramDtype)
        .add("precision", config.precision)
        .add("kernel_init", config.kernelInit)
        .add("bias_init", config.biasInit);
  }

  /**
   * The arguments of both linear layers.
   *
   * @param <B> the class of the builder itself
   */
  abstract static class Builder<B extends Builder<B>> extends LinearBuilder<B> {
    DotGeneral dotGeneral = DotGeneral.standard();
    @Nullable Supplier<DotGeneral> dotGeneralCls;

    /** A custom contraction. */
    public B dotGeneral(DotGeneral newDotGeneral) {
      dotGeneral = Objects.requireNonNull(newDotGeneral, "dotGeneral");
      return self();
    }

    /**
     * Creates the contraction at each call; takes precedence over {@link #dotGeneral(DotGeneral)}.
     */
    public B dotGeneralCls(@Nullable Supplier<DotGeneral> newDotGeneralCls) {
      dotGeneralCls = newDotGeneralCls;
      return self();
    }
  }
}
