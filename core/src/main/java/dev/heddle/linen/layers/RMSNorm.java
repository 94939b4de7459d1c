package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.internal.Settings;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
public final class RMSNorm extends Module<Array, Array> {
  private final double epsilon;
  private final @Nullable DType dtype;
  private final DType paramDtype;
  private final boolean useScale;
  private final Initializer scaleInit;
  private final List<Integer> reductionAxes;
  private final List<Integer> featureAxes;

  private RMSNorm(Builder builder) {
    super(builder.name, builder.parent);
    epsilon = builder.epsilon;
    dtype = builder.dtype;
    paramDtype = builder.paramDtype;
    useScale = builder.useScale;
    scaleInit = builder.scaleInit;
    reductionAxes = builder.reductionAxes;
    featureAxes = builder.featureAxes;
  }

  /** A configuration to change; all of it has defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected Array call(Scope scope, Array x) {
    int[] reduced = LayerNorm.axes(scope, "reduction_axes", reductionAxes, x.shape());
    int[] featured = LayerNorm.axes(scope, "feature_axes", featureAxes, x.shape());
    DType statistics = DType.promote(dtype == null ? x.dtype() : dtype, DType.FLOAT32);
    Array square = LayerNorm.mean(LayerNorm.square(x.astype(statistics)), reduced);
    Array factor = Elementwise.rsqrt(square.plus(epsilon));
    Array scale = null;
    if (useScale) {
      scale = LayerNorm.feature(scope, "scale", scaleInit, paramDtype, featured, x.shape());
      factor = factor.times(scale);
    }
    return x.times(factor).astype(Promotion.canonicalizeDtype(dtype, x, scale));
  }

  @Override
  protected boolean usesFloat64() {
    return dtype == DType.FLOAT64 || paramDtype == DType.FLOAT64;
  }

  /** What is added to the mean of squares. */
  public double epsilon() {
    return epsilon;
  }

  /** The type of the output; null to infer it. */
  public @Nullable DType dtype() {
    return dtype;
  }

  /** The type to make parameters of. */
  public DType paramDtype() {
    return paramDtype;
  }

  /** Whether there is a scale. */
  public boolean useScale() {
    return useScale;
  }

  /** The initializer of the scale. */
  public Initializer scaleInit() {
    return scaleInit;
  }

  /** The axes of the mean of squares. */
  public List<Integer> reductionAxes() {
    return reductionAxes;
  }

  /** The axes of the scale. */
  public List<Integer> featureAxes() {
    return featureAxes;
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public String toString() {
    return Settings.of("RMSNorm")
        .add("epsilon", epsilon)
        .add("dtype", dtype)
        .add("param_dtype", paramDtype)
        .add("use_scale", useScale)
        .add("scale_init", scaleInit)
        .add("reduction_axes", reductionAxes)
        .add("feature_axes", featureAxes)
        .toString();
  }

  /** The arguments of a {@link RMSNorm}, with Flax's names and defaults. */
  public static final class Builder {
    private double epsilon = 1e-6;
    private @Nullable DType dtype;
    private DType paramDtype = DType.FLOAT32;
    private boolean useScale = true;
    private Initializer scaleInit = Initializers.ones();
    private List<Integer> reductionAxes = List.of(-1);
    private List<Integer> featureAxes = List.of(-1);
    private @Nullable String name;
    private @Nullable Scope parent;

    private Builder() {}

    /** What to add to the mean of squares; 1e-6 by default. */
    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    /** The type of the output; inferred from input and parameters by default. */
    public Builder dtype(@Nullable DType dtype) {
      this.dtype = dtype;
      return this;
    }

    /** The type to make parameters of; float32 by default. */
    public Builder paramDtype(DType paramDtype) {
      this.paramDtype = Objects.requireNonNull(paramDtype, "paramDtype");
      return this;
    }

    /** Whether to multiply by a scale; true by default. */
    public Builder useScale(boolean useScale) {
      this.useScale = useScale;
      return this;
    }

    /** The initializer of the scale; {@code ones} by default. */
    public Builder scaleInit(Initializer scaleInit) {
      this.scaleInit = Objects.requireNonNull(scaleInit, "scaleInit");
      return this;
    }

    /** The axes of the mean of squares; the last one by default. */
    public Builder reductionAxes(int... reductionAxes) {
      this.reductionAxes = IntStream.of(reductionAxes).boxed().toList();
      return this;
    }

    /** The axes of the scale; the last one by default. */
    public Builder featureAxes(int... featureAxes) {
      this.featureAxes = IntStream.of(featureAxes).boxed().toList();
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
     * @throws IllegalArgumentException if {@code dtype} is not a floating-point type
     */
    public RMSNorm build() {
      if (dtype != null) {
        Promotion.requireInexact("dtype", dtype);
      }
      return new RMSNorm(this);
    }
  }
}
