package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.ArgumentName;
import dev.heddle.linen.internal.Settings;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer from any axes to any axes; Flax's {@code DenseGeneral}. It projects into heads and
 * out of them in attention.
 *
 * <p>Parameters: {@code kernel}, shape {@code [batch axes, contracted axes in ascending order,
 * features...]}, and {@code bias}, shape {@code [batch axes, features...]}. The output has the
 * batch axes, then the input's other axes, then the features. Initializers see the kernel flattened
 * to two axes and the bias to one.
 *
 * <pre>{@code
 * DenseGeneral.builder().features(4, 8).build();            // [..., F] -> [..., 4, 8]
 * DenseGeneral.builder().features(32).axis(-2, -1).build(); // [..., H, D] -> [..., 32]
 * }</pre>
 */
public final class DenseGeneral extends Module<Array, Array> {
  private final Builder config;
  private final Shape outShape;
  private @Nullable DenseLayout layout;

  private DenseGeneral(Builder builder) {
    super(builder);
    config = builder.copy();
    List<Integer> features = config.features;
    int[] lengths = new int[features.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = features.get(i);
    }
    outShape = Shape.of(lengths);
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
    DenseLayout as = layout(scope, x.shape());
    Projection parameters = projection(scope, x.shape());
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
    if (config.batchDims.isEmpty()) {
      return product.dotGeneral(left, right, as.axes(), config.precision, added);
    }
    return product
        .dotGeneral(left, right, as.axes(), config.precision)
        .plus(added.reshape(as.spread().dims()));
  }

  /** The parameters for an input shape, in the layer's own scope; made if the call is an init. */
  public Projection projection(Scope scope, Shape input) {
    DenseLayout as = layout(scope, input);
    return new Projection(
        scope.param("kernel", config.kernelInit, as.kernel(), as.flatKernel(), config.paramDtype),
        config.useBias
            ? scope.param("bias", config.biasInit, as.bias(), as.flatBias(), config.paramDtype)
            : null);
  }

  /** Whether the product is the standard one. */
  public boolean hasStandardProduct() {
    return config.dotGeneralCls == null && config.dotGeneral == DotGeneral.standard();
  }

  private DenseLayout layout(Scope scope, Shape shape) {
    DenseLayout known = layout;
    if (known == null || !known.input().equals(shape)) {
      int[] contracted = contractedAxes(scope, shape);
      known = DenseLayout.of(shape, contracted, config.batchDims.size(), outShape);
      layout = known; // a race only makes it again
    }
    return known;
  }

  /** The axes to contract, counted from the front, in ascending order. */
  private int[] contractedAxes(Scope scope, Shape shape) {
    int[] contracted = new int[config.axis.size()];
    for (int i = 0; i < contracted.length; i++) {
      int given = config.axis.get(i);
      if (given < -shape.rank() || given >= shape.rank()) {
        throw scope.error(
            "argument \"axis\": expected axes of an input of shape %s, got %s"
                .formatted(shape, config.axis));
      }
      contracted[i] = given < 0 ? given + shape.rank() : given;
    }
    Arrays.sort(contracted);
    if (config.batchDims.size() + contracted.length > shape.rank()
        || hasRepeated(contracted)
        || contracted[0] < config.batchDims.size()) {
      throw scope.error(
          ("arguments \"axis\" and %s: expected different axes of an input of shape %s, got %s"
                  + " and %s")
              .formatted(ArgumentName.quoted("batch_dims"), shape, config.axis, config.batchDims));
    }
    return contracted;
  }

  private static boolean hasRepeated(int[] ascending) {
    for (int i = 1; i < ascending.length; i++) {
      if (ascending[i] == ascending[i - 1]) {
        return true;
      }
    }
    return false;
  }

  @Override
  protected boolean usesFloat64() {
    return config.usesFloat64();
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public String toString() {
    return Settings.of("DenseGeneral")
        .add("features", config.features)
        .add("axis", config.axis)
        .add("batch_dims", config.batchDims)
        .add("use_bias", config.useBias)
        .add("dtype", config.dtype)
        .add("param_dtype", config.paramDtype)
        .add("precision", config.precision)
        .add("kernel_init", config.kernelInit)
        .add("bias_init", config.biasInit)
        .toString();
  }

  /** The arguments of a {@link DenseGeneral}, with Flax's names and defaults. */
  public static final class Builder extends LinearBuilder<Builder> {
    private List<Integer> features = List.of();
    private List<Integer> axis = List.of(-1);
    private List<Integer> batchDims = List.of();
    private DotGeneral dotGeneral = DotGeneral.standard();
    private @Nullable Supplier<DotGeneral> dotGeneralCls;

    private Builder() {}

    /** The lengths of the output's new axes. */
    public Builder features(int... features) {
      this.features = listOf(features);
      return this;
    }

    /** The axes to contract; the last one by default. */
    public Builder axis(int... axis) {
      this.axis = listOf(axis);
      return this;
    }

    /** The leading axes that have kernels of their own, 0, 1, ...; none by default. */
    public Builder batchDims(int... batchDims) {
      this.batchDims = listOf(batchDims);
      return this;
    }

    /** Another contraction. */
    public Builder dotGeneral(DotGeneral dotGeneral) {
      this.dotGeneral = Objects.requireNonNull(dotGeneral, "dotGeneral");
      return this;
    }

    /** Makes the contraction, at each call; wins over {@link #dotGeneral}. */
    public Builder dotGeneralCls(@Nullable Supplier<DotGeneral> dotGeneralCls) {
      this.dotGeneralCls = dotGeneralCls;
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if {@code features} is missing or negative, {@code axis} is
     *     empty, {@code batchDims} are not 0, 1, ..., or {@code dtype} is not a floating-point type
     */
    public DenseGeneral build() {
      if (features.isEmpty() || Collections.min(features) < 0) {
        throw new IllegalArgumentException(
            "DenseGeneral: argument \"features\": expected one or more lengths of 0 or more, got "
                + features);
      }
      if (axis.isEmpty()) {
        throw new IllegalArgumentException(
            "DenseGeneral: argument \"axis\": expected one or more axes, got none");
      }
      if (!areLeading(batchDims)) {
        throw new IllegalArgumentException(
            "DenseGeneral: %s: expected consecutive leading axes from 0, got %s"
                .formatted(ArgumentName.argument("batch_dims"), batchDims));
      }
      requireFloatingDtype();
      return new DenseGeneral(this);
    }

    /** Whether axes are 0, 1, 2, ... in any order. */
    private static boolean areLeading(List<Integer> axes) {
      for (int i = 0; i < axes.size(); i++) {
        if (!axes.contains(i)) {
          return false;
        }
      }
      return true;
    }

    private static List<Integer> listOf(int... values) {
      Integer[] boxed = new Integer[values.length];
      Arrays.setAll(boxed, i -> values[i]);
      return List.of(boxed);
    }
  }
}
