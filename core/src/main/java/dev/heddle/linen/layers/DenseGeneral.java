package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
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
  private final List<Integer> features;
  private final List<Integer> axis;
  private final List<Integer> batchDims;
  private final boolean useBias;
  private final @Nullable DType dtype;
  private final DType paramDtype;
  private final Initializer kernelInit;
  private final Initializer biasInit;
  private final @Nullable Precision precision;
  private final DotGeneral dotGeneral;
  private final @Nullable Supplier<DotGeneral> dotGeneralCls;
  private final Shape outShape;
  private @Nullable DenseLayout layout;

  private DenseGeneral(Builder builder) {
    super(builder.name, builder.parent);
    features = builder.features;
    axis = builder.axis;
    batchDims = builder.batchDims;
    useBias = builder.useBias;
    dtype = builder.dtype;
    paramDtype = builder.paramDtype;
    kernelInit = builder.kernelInit;
    biasInit = builder.biasInit;
    precision = builder.precision;
    dotGeneral = builder.dotGeneral;
    dotGeneralCls = builder.dotGeneralCls;
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

  @Override
  protected Array call(Scope scope, Array x) {
    DenseLayout as = layout(scope, x.shape());
    Projection parameters = projection(scope, x.shape());
    Array bias = parameters.bias();
    DType compute = Promotion.canonicalizeDtype(dtype, x, parameters.kernel(), bias);
    Array left = x.astype(compute);
    Array right = ArrayInternals.convertedTo(parameters.kernel(), compute);
    DotGeneral product = dotGeneralCls == null ? dotGeneral : dotGeneralCls.get();
    if (bias == null) {
      return product.dotGeneral(left, right, as.axes(), precision);
    }
    Array added = ArrayInternals.convertedTo(bias, compute);
    if (batchDims.isEmpty()) {
      return product.dotGeneral(left, right, as.axes(), precision, added);
    }
    return product
        .dotGeneral(left, right, as.axes(), precision)
        .plus(added.reshape(as.spread().dims()));
  }

  /** The parameters for an input shape, in the layer's own scope; made if the call is an init. */
  public Projection projection(Scope scope, Shape input) {
    DenseLayout as = layout(scope, input);
    return new Projection(
        scope.param("kernel", kernelInit, as.kernel(), as.flatKernel(), paramDtype),
        useBias ? scope.param("bias", biasInit, as.bias(), as.flatBias(), paramDtype) : null);
  }

  /** Whether the product is the standard one. */
  public boolean hasStandardProduct() {
    return dotGeneralCls == null && dotGeneral == DotGeneral.standard();
  }

  private DenseLayout layout(Scope scope, Shape shape) {
    DenseLayout known = layout;
    if (known == null || !known.input().equals(shape)) {
      int[] contracted = contractedAxes(scope, shape);
      known = DenseLayout.of(shape, contracted, batchDims.size(), outShape);
      layout = known; // a race only makes it again
    }
    return known;
  }

  /** The axes to contract, counted from the front, in ascending order. */
  private int[] contractedAxes(Scope scope, Shape shape) {
    int[] contracted = new int[axis.size()];
    for (int i = 0; i < contracted.length; i++) {
      int given = axis.get(i);
      if (given < -shape.rank() || given >= shape.rank()) {
        throw scope.error(
            "argument \"axis\": expected axes of an input of shape " + shape + ", got " + axis);
      }
      contracted[i] = given < 0 ? given + shape.rank() : given;
    }
    Arrays.sort(contracted);
    if (batchDims.size() + contracted.length > shape.rank()
        || hasRepeated(contracted)
        || contracted[0] < batchDims.size()) {
      throw scope.error(
          "arguments \"axis\" and \"batch_dims\": expected different axes of an input of shape "
              + shape
              + ", got "
              + axis
              + " and "
              + batchDims);
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
    return dtype == DType.FLOAT64 || paramDtype == DType.FLOAT64;
  }

  /** The lengths of the output's new axes. */
  public List<Integer> features() {
    return features;
  }

  /** The axes to contract, as given. */
  public List<Integer> axis() {
    return axis;
  }

  /** The leading axes that have kernels of their own. */
  public List<Integer> batchDims() {
    return batchDims;
  }

  /** Whether a bias is added. */
  public boolean useBias() {
    return useBias;
  }

  /** The type to compute in; null to infer it. */
  public @Nullable DType dtype() {
    return dtype;
  }

  /** The type to make parameters of. */
  public DType paramDtype() {
    return paramDtype;
  }

  /** The initializer of the kernel. */
  public Initializer kernelInit() {
    return kernelInit;
  }

  /** The initializer of the bias. */
  public Initializer biasInit() {
    return biasInit;
  }

  /** The products' precision; null if none was given. */
  public @Nullable Precision precision() {
    return precision;
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public String toString() {
    return Settings.of("DenseGeneral")
        .add("features", features)
        .add("axis", axis)
        .add("batch_dims", batchDims)
        .add("use_bias", useBias)
        .add("dtype", dtype)
        .add("param_dtype", paramDtype)
        .add("precision", precision)
        .add("kernel_init", kernelInit)
        .add("bias_init", biasInit)
        .toString();
  }

  /** The arguments of a {@link DenseGeneral}, with Flax's names and defaults. */
  public static final class Builder {
    private List<Integer> features = List.of();
    private List<Integer> axis = List.of(-1);
    private List<Integer> batchDims = List.of();
    private boolean useBias = true;
    private @Nullable DType dtype;
    private DType paramDtype = DType.FLOAT32;
    private Initializer kernelInit = Initializers.lecunNormal();
    private Initializer biasInit = Initializers.zeros();
    private @Nullable Precision precision;
    private DotGeneral dotGeneral = DotGeneral.standard();
    private @Nullable Supplier<DotGeneral> dotGeneralCls;
    private @Nullable String name;
    private @Nullable Scope parent;

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

    /** Whether to add a bias; true by default. */
    public Builder useBias(boolean useBias) {
      this.useBias = useBias;
      return this;
    }

    /** The type to compute in; inferred from input and parameters by default. */
    public Builder dtype(@Nullable DType dtype) {
      this.dtype = dtype;
      return this;
    }

    /** The type to make parameters of; float32 by default. */
    public Builder paramDtype(DType paramDtype) {
      this.paramDtype = Objects.requireNonNull(paramDtype, "paramDtype");
      return this;
    }

    /** The initializer of the flattened kernel; {@code lecun_normal} by default. */
    public Builder kernelInit(Initializer kernelInit) {
      this.kernelInit = Objects.requireNonNull(kernelInit, "kernelInit");
      return this;
    }

    /** The initializer of the flattened bias; {@code zeros} by default. */
    public Builder biasInit(Initializer biasInit) {
      this.biasInit = Objects.requireNonNull(biasInit, "biasInit");
      return this;
    }

    /** The products' precision; see {@link Precision}. */
    public Builder precision(@Nullable Precision precision) {
      this.precision = precision;
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

    /** The submodule's name; automatic by default. */
    public Builder name(@Nullable String name) {
      this.name = name;
      return this;
    }

    /** The scope the module belongs to; see {@link Module}. */
    public Builder parent(@Nullable Scope parent) {
      this.parent = parent;
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
            "DenseGeneral: argument \"batch_dims\": expected consecutive leading axes from 0, got "
                + batchDims);
      }
      if (dtype != null) {
        Promotion.requireInexact("dtype", dtype);
      }
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
