package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Norm;
import dev.heddle.array.Shape;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.internal.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization (Ba, Kiros and Hinton, 2016): {@code (x - mean) * rsqrt(var + epsilon) *
 * scale + bias}. Flax's {@code LayerNorm}.
 *
 * <p>Parameters: {@code scale} and {@code bias}, of the feature axes' lengths. The output has the
 * input's shape. Mean and variance are computed in float32 at least; the variance is {@code max(0,
 * mean(x²) - mean(x)²)}, or with {@code useFastVariance(false)} the mean of squared distances,
 * which is safer where the mean is large beside the spread.
 */
public final class LayerNorm extends Module<Array, Array> {
  private final double epsilon;
  private final @Nullable DType dtype;
  private final DType paramDtype;
  private final boolean useBias;
  private final boolean useScale;
  private final Initializer biasInit;
  private final Initializer scaleInit;
  private final List<Integer> reductionAxes;
  private final List<Integer> featureAxes;
  private final boolean useFastVariance;

  private LayerNorm(Builder builder) {
    super(builder.name, builder.parent);
    epsilon = builder.epsilon;
    dtype = builder.dtype;
    paramDtype = builder.paramDtype;
    useBias = builder.useBias;
    useScale = builder.useScale;
    biasInit = builder.biasInit;
    scaleInit = builder.scaleInit;
    reductionAxes = builder.reductionAxes;
    featureAxes = builder.featureAxes;
    useFastVariance = builder.useFastVariance;
  }

  /** A configuration to change; all of it has defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected Array call(Scope scope, Array x) {
    int[] reduced = axes(scope, "reduction_axes", reductionAxes, x.shape());
    int[] featured = axes(scope, "feature_axes", featureAxes, x.shape());

    DType statistics = DType.promote(dtype == null ? x.dtype() : dtype, DType.FLOAT32);
    Array scale =
        useScale ? feature(scope, "scale", scaleInit, paramDtype, featured, x.shape()) : null;
    Array bias = useBias ? feature(scope, "bias", biasInit, paramDtype, featured, x.shape()) : null;
    boolean last = isLast(reduced, x.shape()) && isLast(featured, x.shape());
    boolean narrow =
        statistics == DType.FLOAT32 && isNarrow(x) && isNarrow(scale) && isNarrow(bias);
    Array y =
        last && narrow
            ? Norm.lastAxis(x, scale, bias, epsilon, useFastVariance)
            : normalize(x, scale, bias, statistics, reduced);
    return y.astype(Promotion.canonicalizeDtype(dtype, x, scale, bias));
  }

  private static boolean isLast(int[] axes, Shape shape) {
    return axes.length == 1 && axes[0] == shape.rank() - 1;
  }

  private static boolean isNarrow(@Nullable Array x) {
    return x == null || x.dtype() != DType.FLOAT64;
  }

  /** Along any axes, step by step. */
  private Array normalize(
      Array x, @Nullable Array scale, @Nullable Array bias, DType statistics, int[] reduced) {
    Array wide = x.astype(statistics);
    Array mean = mean(wide, reduced);
    Array variance =
        useFastVariance
            ? Elementwise.maximum(
                mean(wide.times(wide), reduced).minus(mean.times(mean)),
                Array.scalar(0, statistics))
            : mean(square(wide.minus(mean)), reduced);

    Array factor = Elementwise.rsqrt(variance.plus(epsilon));
    if (scale != null) {
      factor = factor.times(scale);
    }
    Array y = x.minus(mean).times(factor);
    return bias == null ? y : y.plus(bias);
  }

  /** Axes counted from the front, each once, in ascending order. */
  static int[] axes(Scope scope, String argument, List<Integer> axes, Shape shape) {
    boolean[] named = new boolean[shape.rank()];
    int count = 0;
    for (int axis : axes) {
      if (axis < -shape.rank() || axis >= shape.rank()) {
        throw scope.error(
            "argument \""
                + argument
                + "\": expected axes of an input of shape "
                + shape
                + ", got "
                + axes);
      }
      int place = shape.axis(axis);
      count += named[place] ? 0 : 1;
      named[place] = true;
    }
    int[] ascending = new int[count];
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (named[axis]) {
        ascending[--count] = axis;
      }
    }
    return ascending;
  }

  static Array square(Array x) {
    return x.times(x);
  }

  /** The mean over axes, which stay with length 1. */
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
  protected boolean usesFloat64() {
    return dtype == DType.FLOAT64 || paramDtype == DType.FLOAT64;
  }

  /** What is added to the variance. */
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

  /** Whether a bias is added. */
  public boolean useBias() {
    return useBias;
  }

  /** Whether there is a scale. */
  public boolean useScale() {
    return useScale;
  }

  /** The initializer of the bias. */
  public Initializer biasInit() {
    return biasInit;
  }

  /** The initializer of the scale. */
  public Initializer scaleInit() {
    return scaleInit;
  }

  /** The axes of mean and variance. */
  public List<Integer> reductionAxes() {
    return reductionAxes;
  }

  /** The axes of scale and bias. */
  public List<Integer> featureAxes() {
    return featureAxes;
  }

  /** Whether the variance is the difference of two means. */
  public boolean useFastVariance() {
    return useFastVariance;
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public String toString() {
    return Settings.of("LayerNorm")
        .add("epsilon", epsilon)
        .add("dtype", dtype)
        .add("param_dtype", paramDtype)
        .add("use_bias", useBias)
        .add("use_scale", useScale)
        .add("bias_init", biasInit)
        .add("scale_init", scaleInit)
        .add("reduction_axes", reductionAxes)
        .add("feature_axes", featureAxes)
        .add("use_fast_variance", useFastVariance)
        .toString();
  }

  /** The arguments of a {@link LayerNorm}, with Flax's names and defaults. */
  public static final class Builder {
    private double epsilon = 1e-6;
    private @Nullable DType dtype;
    private DType paramDtype = DType.FLOAT32;
    private boolean useBias = true;
    private boolean useScale = true;
    private Initializer biasInit = Initializers.zeros();
    private Initializer scaleInit = Initializers.ones();
    private List<Integer> reductionAxes = List.of(-1);
    private List<Integer> featureAxes = List.of(-1);
    private boolean useFastVariance = true;
    private @Nullable String name;
    private @Nullable Scope parent;

    private Builder() {}

    /** What to add to the variance; 1e-6 by default. */
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

    /** Whether to add a bias; true by default. */
    public Builder useBias(boolean useBias) {
      this.useBias = useBias;
      return this;
    }

    /** Whether to multiply by a scale; true by default. */
    public Builder useScale(boolean useScale) {
      this.useScale = useScale;
      return this;
    }

    /** The initializer of the bias; {@code zeros} by default. */
    public Builder biasInit(Initializer biasInit) {
      this.biasInit = Objects.requireNonNull(biasInit, "biasInit");
      return this;
    }

    /** The initializer of the scale; {@code ones} by default. */
    public Builder scaleInit(Initializer scaleInit) {
      this.scaleInit = Objects.requireNonNull(scaleInit, "scaleInit");
      return this;
    }

    /** The axes of mean and variance; the last one by default. */
    public Builder reductionAxes(int... reductionAxes) {
      this.reductionAxes = IntStream.of(reductionAxes).boxed().toList();
      return this;
    }

    /** The axes of scale and bias; the last one by default. */
    public Builder featureAxes(int... featureAxes) {
      this.featureAxes = IntStream.of(featureAxes).boxed().toList();
      return this;
    }

    /** Whether the variance is the difference of two means; true by default. */
    public Builder useFastVariance(boolean useFastVariance) {
      this.useFastVariance = useFastVariance;
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
    public LayerNorm build() {
      if (dtype != null) {
        Promotion.requireInexact("dtype", dtype);
      }
      return new LayerNorm(this);
    }
  }
}
