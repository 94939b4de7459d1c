package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.random.Key;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head dot-product attention, {@code flax.linen.MultiHeadDotProductAttention}: projections
 * into heads, attention within each head, and a projection out of them.
 *
 * <pre>{@code
 * var attention = MultiHeadDotProductAttention.builder().numHeads(8).qkvFeatures(512).build();
 * Variables variables = attention.init(Rngs.of(0), x);       // x: [B..., Q, F]
 * Array y = attention.apply(variables, x);                   // self-attention, [B..., Q, F]
 * Array z = attention.apply(variables, x, memory);           // keys and values of another
 * Array w = attention.apply(variables, AttentionInputs.of(x).mask(Masks.makeCausalMask(tokens)));
 * }</pre>
 *
 * <p>Parameters: {@code query}, {@code key} and {@code value}, each a {@code kernel [F, H, D]} and
 * a {@code bias [H, D]}; {@code query_ln} and {@code key_ln}, each a {@code scale [D]}, with {@code
 * normalize_qk}; {@code out}, a {@code kernel [H, D, F]} and a {@code bias [F]}. Letters as in the
 * package; D is {@code qkv_features / num_heads}.
 *
 * <p>With {@code decode}, {@code init} makes a cache as long as its inputs, and {@code apply} takes
 * one position at a time with the collection {@code cache} mutable. (Vaswani et al., "Attention is
 * all you need", 2017.)
 */
public class MultiHeadDotProductAttention extends Module<AttentionInputs, Array> {
  private final AttentionConfig config;

  MultiHeadDotProductAttention(
      AttentionConfig config, @Nullable String name, @Nullable Scope parent) {
    super(name, parent);
    this.config = config;
  }

  /** The arguments to collect; {@code numHeads} is needed. */
  public static AttentionBuilder builder() {
    return new AttentionBuilder(MultiHeadDotProductAttention.class);
  }

  /** The arguments this module was built with. */
  public final AttentionConfig config() {
    return config;
  }

  /** Makes the variables for self-attention; as {@link #init(Rngs, Object)}. */
  public final Variables init(Rngs rngs, Array inputsQ) {
    return init(rngs, AttentionInputs.of(inputsQ));
  }

  /** Makes the variables for keys and values of another input; as {@link #init(Rngs, Object)}. */
  public final Variables init(Rngs rngs, Array inputsQ, Array inputsKv) {
    return init(rngs, AttentionInputs.of(inputsQ, inputsKv));
  }

  /** Self-attention without mask; as {@link #apply(Variables, Object)}. */
  public final Array apply(Variables variables, Array inputsQ) {
    return apply(variables, AttentionInputs.of(inputsQ));
  }

  /** Attention to another input without mask; as {@link #apply(Variables, Object)}. */
  public final Array apply(Variables variables, Array inputsQ, Array inputsKv) {
    return apply(variables, AttentionInputs.of(inputsQ, inputsKv));
  }

  /**
   * The way of the data. Shapes without batch axes.
   *
   * @throws IllegalArgumentException if an input is no matrix, the heads do not divide the
   *     features, {@code deterministic} is given twice or, with dropout, not at all
   */
  @Override
  protected Array call(Scope scope, AttentionInputs in) {
    InputShapes.require(scope, in, config.attentionFn() == null);
    requireSizes(scope, in);
    FusedLayer fused = FusedLayer.of(scope, config, in);
    if (fused != null) {
      AttentionOptions options = options(scope, in, in.mask());
      return locate(scope, () -> fused.apply(options));
    }
    Array query = project(scope, "query", in.inputsQ(), in); // [Q, H, D]
    Array key = project(scope, "key", in.inputsK(), in); // [K, H, D]
    Array value = project(scope, "value", in.inputsV(), in); // [K, H, D]
    if (config.normalizeQk()) {
      query = normalize(scope, "query_ln", query);
      key = normalize(scope, "key_ln", key);
    }
    Array mask = in.mask(); // [H or 1, Q, K], or none
    if (config.decode()) {
      if (scope.isInitializing() && !DecodeCache.isMade(scope)) {
        DecodeCache.make(scope, key, value);
      } else {
        DecodeCache.Step step = DecodeCache.append(scope, query, key, value, mask);
        key = step.keys(); // [L, H, D]
        value = step.values(); // [L, H, D]
        mask = step.mask(); // [H or 1, 1, L]
      }
    }
    Array seen = attend(scope, query, key, value, options(scope, in, mask)); // [Q, H, D]
    return projectOut(scope, seen, in); // [Q, F]
  }

  /** What is more than an array can hold is said before anything is computed. */
  private void requireSizes(Scope scope, AttentionInputs in) {
    int features = orElse(config.qkvFeatures(), in);
    requireSize(scope, "queries", in.inputsQ(), features);
    requireSize(scope, "keys", in.inputsK(), features);
    requireSize(scope, "values", in.inputsV(), features);
    requireSize(scope, "output", in.inputsQ(), orElse(config.outFeatures(), in));
  }

  private static void requireSize(Scope scope, String what, Array input, int features) {
    long rows = input.shape().count() / input.shape().dim(-1);
    if (rows > Integer.MAX_VALUE / features) {
      try {
        input.shape().with(-1, features).size();
      } catch (IllegalArgumentException e) {
        throw scope.error(what + ": " + e.getMessage(), e);
      }
    }
  }

  private Array project(Scope scope, String name, Array input, AttentionInputs in) {
    int features = orElse(config.qkvFeatures(), in);
    requireDivisible(scope, features);
    DotGeneral product =
        config.qkvDotGeneralCls() != null
            ? config.qkvDotGeneralCls().get()
            : config.qkvDotGeneral();
    DenseGeneral.Builder layer =
        projection(product)
            .features(config.numHeads(), features / config.numHeads())
            .axis(-1)
            .kernelInit(config.kernelInit())
            .biasInit(config.biasInit());
    return scope.call(name, layer.build(), input);
  }

  private Array projectOut(Scope scope, Array seen, AttentionInputs in) {
    DotGeneral product =
        config.outDotGeneralCls() != null
            ? config.outDotGeneralCls().get()
            : config.outDotGeneral();
    DenseGeneral.Builder layer =
        projection(product)
            .features(orElse(config.outFeatures(), in))
            .axis(-2, -1)
            .kernelInit(config.kernelInitOfOut())
            .biasInit(config.biasInitOfOut());
    return scope.call("out", layer.build(), seen);
  }

  private void requireDivisible(Scope scope, int features) {
    try {
      AttentionConfig.requireDivisible(features, config.numHeads());
    } catch (IllegalArgumentException e) {
      throw scope.error(String.valueOf(e.getMessage()), e);
    }
  }

  private DenseGeneral.Builder projection(@Nullable DotGeneral product) {
    return DenseGeneral.builder()
        .useBias(config.useBias())
        .dtype(config.dtype())
        .paramDtype(config.paramDtype())
        .precision(config.precision())
        .dotGeneral(product == null ? DotGeneral.standard() : product);
  }

  private static int orElse(int features, AttentionInputs in) {
    return features == 0 ? in.inputsQ().shape().dim(-1) : features;
  }

  private Array normalize(Scope scope, String name, Array array) {
    LayerNorm layer =
        LayerNorm.builder()
            .useBias(false)
            .dtype(config.dtype())
            .paramDtype(config.paramDtype())
            .build();
    return scope.call(name, layer, array);
  }

  private Array attend(Scope scope, Array query, Array key, Array value, AttentionOptions options) {
    AttentionFn attentionFn = config.attentionFn();
    if (attentionFn != null) {
      return attentionFn.apply(query, key, value, options);
    }
    return locate(scope, () -> DotProductAttention.dotProductAttention(query, key, value, options));
  }

  /** Puts the module's path before the message of an error below. */
  private static Array locate(Scope scope, Supplier<Array> call) {
    try {
      return call.get();
    } catch (LinenException e) {
      throw e; // has its path
    } catch (IllegalArgumentException e) {
      throw scope.error(String.valueOf(e.getMessage()), e);
    }
  }

  private AttentionOptions options(Scope scope, AttentionInputs in, @Nullable Array mask) {
    boolean deterministic = true;
    Key dropoutRng = in.dropoutRng();
    if (config.dropoutRate() > 0) {
      deterministic = Deterministic.merge(scope.path(), config.deterministic(), in.deterministic());
      if (!deterministic && dropoutRng == null) {
        dropoutRng = scope.makeRng("dropout");
      }
    }
    AttentionOptions.Builder options =
        AttentionOptions.builder()
            .mask(mask)
            .dropoutRng(dropoutRng)
            .dropoutRate(config.dropoutRate())
            .broadcastDropout(config.broadcastDropout())
            .deterministic(deterministic)
            .dtype(config.dtype())
            .precision(config.precision())
            .scope(in.sowWeights() ? scope : null)
            .forceFp32ForSoftmax(config.forceFp32ForSoftmax())
            .x64(scope.x64());
    if (config.qkAttnWeightsEinsumCls() != null && config.attnWeightsValueEinsumCls() != null) {
      options
          .qkAttnWeightsEinsum(config.qkAttnWeightsEinsumCls().get())
          .attnWeightsValueEinsum(config.attnWeightsValueEinsumCls().get());
    }
    return options.build();
  }

  @Override
  protected final boolean usesFloat64() {
    return config.dtype() == DType.FLOAT64 || config.paramDtype() == DType.FLOAT64;
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public final String toString() {
    return Settings.of(getClass().getSimpleName())
        .add("num_heads", config.numHeads())
        .add("dtype", config.dtype())
        .add("param_dtype", config.paramDtype())
        .add("qkv_features", config.qkvFeatures() == 0 ? null : config.qkvFeatures())
        .add("out_features", config.outFeatures() == 0 ? null : config.outFeatures())
        .add("broadcast_dropout", config.broadcastDropout())
        .add("dropout_rate", config.dropoutRate())
        .add("deterministic", config.deterministic())
        .add("precision", config.precision())
        .add("kernel_init", config.kernelInit())
        .add("bias_init", config.biasInit())
        .add("use_bias", config.useBias())
        .add("decode", config.decode())
        .add("normalize_qk", config.normalizeQk())
        .add("force_fp32_for_softmax", config.forceFp32ForSoftmax())
        .toString();
  }
}
