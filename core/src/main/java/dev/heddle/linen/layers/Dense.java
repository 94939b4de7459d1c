package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
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
  private final int features;
  private final boolean useBias;
  private final @Nullable DType dtype;
  private final DType paramDtype;
  private final @Nullable Precision precision;
  private final Initializer kernelInit;
  private final Initializer biasInit;
  private final DotGeneral dotGeneral;
  private @Nullable DenseLayout layout;

  private Dense(Builder builder) {
    super(builder.name, builder.parent);
    features = builder.features;
    useBias = builder.useBias;
    dtype = builder.dtype;
    paramDtype = builder.paramDtype;
    precision = builder.precision;
    kernelInit = builder.kernelInit;
    biasInit = builder.biasInit;
    dotGeneral = builder.dotGeneral;
  }

  /** A layer of so many features, all else by default. */
  public static Dense of(int features) {
    return builder().features(features).build();
  }

  /** A configuration to fill in; {@code features} is needed. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected Array call(Scope scope, Array x) {
    if (x.rank() == 0) {
      throw scope.error("argument \"inputs\": expected at least one axis, got shape " + x.shape());
    }
    DenseLayout as = layout(x.shape());
    Array kernel = scope.param("kernel", kernelInit, as.kernel(), paramDtype);
    Array bias = useBias ? scope.param("bias", biasInit, as.bias(), paramDtype) : null;
    DType compute = Promotion.canonicalizeDtype(dtype, x, kernel, bias);
    Array left = x.astype(compute);
    Array right = ArrayInternals.convertedTo(kernel, compute);
    return bias == null
        ? dotGeneral.dotGeneral(left, right, as.axes(), precision)
        : dotGeneral.dotGeneral(
            left, right, as.axes(), precision, ArrayInternals.convertedTo(bias, compute));
  }

  private DenseLayout layout(Shape shape) {
    DenseLayout known = layout;
    if (known == null || !known.input().equals(shape)) {
      int[] last = {shape.rank() - 1};
      known = DenseLayout.of(shape, last, 0, Shape.of(features));
      layout = known; // a race only makes it again
    }
    return known;
  }

  @Override
  protected boolean usesFloat64() {
    return dtype == DType.FLOAT64 || paramDtype == DType.FLOAT64;
  }

  /** The number of output features. */
  public int features() {
    return features;
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

  /** The products' precision; null if none was given. */
  public @Nullable Precision precision() {
    return precision;
  }

  /** The initializer of the kernel. */
  public Initializer kernelInit() {
    return kernelInit;
  }

  /** The initializer of the bias. */
  public Initializer biasInit() {
    return biasInit;
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public String toString() {
    return Settings.of("Dense")
        .add("features", features)
        .add("use_bias", useBias)
        .add("dtype", dtype)
        .add("param_dtype", paramDtype)
        .add("precision", precision)
        .add("kernel_init", kernelInit)
        .add("bias_init", biasInit)
        .toString();
  }

  /** The arguments of a {@link Dense}, with Flax's names and defaults. */
  public static final class Builder {
    private int features = -1;
    private boolean useBias = true;
    private @Nullable DType dtype;
    private DType paramDtype = DType.FLOAT32;
    private @Nullable Precision precision;
    private Initializer kernelInit = Initializers.lecunNormal();
    private Initializer biasInit = Initializers.zeros();
    private DotGeneral dotGeneral = DotGeneral.standard();
    private @Nullable String name;
    private @Nullable Scope parent;

    private Builder() {}

    /** The number of output features. */
    public Builder features(int features) {
      this.features = features;
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

    /** The products' precision; see {@link Precision}. */
    public Builder precision(@Nullable Precision precision) {
      this.precision = precision;
      return this;
    }

    /** The initializer of the kernel; {@code lecun_normal} by default. */
    public Builder kernelInit(Initializer kernelInit) {
      this.kernelInit = Objects.requireNonNull(kernelInit, "kernelInit");
      return this;
    }

    /** The initializer of the bias; {@code zeros} by default. */
    public Builder biasInit(Initializer biasInit) {
      this.biasInit = Objects.requireNonNull(biasInit, "biasInit");
      return this;
    }

    /** Another contraction. */
    public Builder dotGeneral(DotGeneral dotGeneral) {
      this.dotGeneral = Objects.requireNonNull(dotGeneral, "dotGeneral");
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
     * @throws IllegalArgumentException if {@code features} is missing or negative, or {@code dtype}
     *     is not a floating-point type
     */
    public Dense build() {
      if (features < 0) {
        throw new IllegalArgumentException(
            "Dense: argument \"features\": expected a number of 0 or more, got "
                + (features == -1 ? "none" : features));
      }
      if (dtype != null) {
        Promotion.requireInexact("dtype", dtype);
      }
      return new Dense(this);
    }
  }
}
