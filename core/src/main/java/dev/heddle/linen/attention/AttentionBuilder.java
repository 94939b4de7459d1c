package dev.heddle.linen.attention;

import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.internal.ArgumentName;
import dev.heddle.linen.internal.Settings;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.DotGeneral;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.linen.layers.LinearBuilder;
import dev.heddle.linen.layers.Promotion;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The constructor arguments of an attention module; each setter has Flax's name for its argument,
 * in Java's case.
 *
 * <pre>{@code
 * var attention = MultiHeadDotProductAttention.builder().numHeads(8).qkvFeatures(512).build();
 * var wider = attention.toBuilder().qkvFeatures(1024).build();
 * }</pre>
 */
public final class AttentionBuilder extends LinearBuilder<AttentionBuilder> {
  private static final int MISSING = Integer.MIN_VALUE;

  private final Function<AttentionBuilder, MultiHeadDotProductAttention> constructor;
  int numHeads = MISSING;
  private int qkvFeatures;
  private int outFeatures;
  private boolean broadcastDropout = true;
  double dropoutRate;
  @Nullable Boolean deterministic;
  private @Nullable Initializer outKernelInit;
  private @Nullable Initializer outBiasInit;
  @Nullable AttentionFn attentionFn;
  boolean decode;
  boolean normalizeQk;
  private boolean forceFp32ForSoftmax;
  private @Nullable DotGeneral qkvDotGeneral;
  private @Nullable DotGeneral outDotGeneral;
  private @Nullable Supplier<DotGeneral> qkvDotGeneralCls;
  private @Nullable Supplier<DotGeneral> outDotGeneralCls;
  private @Nullable Supplier<AttentionEinsum> qkAttnWeightsEinsumCls;
  private @Nullable Supplier<AttentionEinsum> attnWeightsValueEinsumCls;

  /**
   * With every argument at its default.
   *
   * @param constructor the constructor of the class to build, on which automatic names and so
   *     random parameters depend
   */
  AttentionBuilder(Function<AttentionBuilder, MultiHeadDotProductAttention> constructor) {
    this.constructor = constructor;
  }

  /** The number of heads; required. */
  public AttentionBuilder numHeads(int value) {
    numHeads = value;
    return this;
  }

  /**
   * Features of queries, keys and values, all heads together; those of inputs_q by default, or for
   * 0.
   */
  public AttentionBuilder qkvFeatures(int value) {
    qkvFeatures = value;
    return this;
  }

  /** Features of the output; those of inputs_q by default, or for 0. */
  public AttentionBuilder outFeatures(int value) {
    outFeatures = value;
    return this;
  }

  /** Whether batch elements and heads share a dropout mask; true by default. */
  public AttentionBuilder broadcastDropout(boolean value) {
    broadcastDropout = value;
    return this;
  }

  /** The dropout rate of attention weights; 0 by default. */
  public AttentionBuilder dropoutRate(double value) {
    dropoutRate = value;
    return this;
  }

  /** Whether dropout is off; by default given at the call. */
  public AttentionBuilder deterministic(@Nullable Boolean value) {
    deterministic = value;
    return this;
  }

  /** The initializer of the kernel of {@code out}; by default {@link #kernelInit}. */
  public AttentionBuilder outKernelInit(@Nullable Initializer value) {
    outKernelInit = value;
    return this;
  }

  /** The initializer of the bias of {@code out}; by default {@link #biasInit}. */
  public AttentionBuilder outBiasInit(@Nullable Initializer value) {
    outBiasInit = value;
    return this;
  }

  /** The attention function; {@link DotProductAttention} by default. */
  public AttentionBuilder attentionFn(@Nullable AttentionFn value) {
    attentionFn = value;
    return this;
  }

  /** Whether to decode, one position at a time with a cache; false by default. */
  public AttentionBuilder decode(boolean value) {
    decode = value;
    return this;
  }

  /** Whether queries and keys are normalized per head by a LayerNorm; false by default. */
  public AttentionBuilder normalizeQk(boolean value) {
    normalizeQk = value;
    return this;
  }

  /** Whether the softmax is in float32; false by default. */
  public AttentionBuilder forceFp32ForSoftmax(boolean value) {
    forceFp32ForSoftmax = value;
    return this;
  }

  /** The product in the input projections. */
  public AttentionBuilder qkvDotGeneral(@Nullable DotGeneral value) {
    qkvDotGeneral = value;
    return this;
  }

  /** The product in the output projection. */
  public AttentionBuilder outDotGeneral(@Nullable DotGeneral value) {
    outDotGeneral = value;
    return this;
  }

  /**
   * Creates the product in the input projections at each call; takes precedence over {@link
   * #qkvDotGeneral}.
   */
  public AttentionBuilder qkvDotGeneralCls(@Nullable Supplier<DotGeneral> value) {
    qkvDotGeneralCls = value;
    return this;
  }

  /**
   * Creates the product in the output projection at each call; takes precedence over {@link
   * #outDotGeneral}.
   */
  public AttentionBuilder outDotGeneralCls(@Nullable Supplier<DotGeneral> value) {
    outDotGeneralCls = value;
    return this;
  }

  /** Creates the product of queries and keys at each call. */
  public AttentionBuilder qkAttnWeightsEinsumCls(@Nullable Supplier<AttentionEinsum> value) {
    qkAttnWeightsEinsumCls = value;
    return this;
  }

  /** Creates the product of weights and values at each call. */
  public AttentionBuilder attnWeightsValueEinsumCls(@Nullable Supplier<AttentionEinsum> value) {
    attnWeightsValueEinsumCls = value;
    return this;
  }

  /**
   * The module, of the class whose builder this is.
   *
   * @throws IllegalArgumentException if the number of heads is missing or below 1, a width is
   *     negative, a dtype is not a floating-point type, the dropout rate is not from 0 to 1, the
   *     heads do not divide the features, or only one of the two einsum classes is set
   */
  public MultiHeadDotProductAttention build() {
    if (numHeads == MISSING) {
      throw new IllegalArgumentException(
          ArgumentName.argument("num_heads") + ": is missing; numHeads(...) sets it");
    }
    if (numHeads < 1) {
      throw new IllegalArgumentException(
          ArgumentName.argument("num_heads") + ": expected 1 or more, got " + numHeads);
    }
    requireWidth("qkv_features", qkvFeatures);
    requireWidth("out_features", outFeatures);
    requireFloatingDtype();
    Promotion.requireInexact("param_dtype", paramDtype);
    AttentionOptions.requireRate(dropoutRate);
    if (qkvFeatures % numHeads != 0) {
      throw new IllegalArgumentException(indivisible(qkvFeatures));
    }
    if ((qkAttnWeightsEinsumCls == null) != (attnWeightsValueEinsumCls == null)) {
      throw new IllegalArgumentException(
          "arguments %s and %s: expected both or none, got only one of them"
              .formatted(
                  ArgumentName.quoted("qk_attn_weights_einsum_cls"),
                  ArgumentName.quoted("attn_weights_value_einsum_cls")));
    }
    return constructor.apply(this);
  }

  private static void requireWidth(String argument, int width) {
    if (width < 0) {
      throw new IllegalArgumentException(
          "%s: expected 0 (for that of inputs_q) or more, got %s"
              .formatted(ArgumentName.argument(argument), width));
    }
  }

  /** What is wrong if the number of heads does not divide the features. */
  String indivisible(int features) {
    return ArgumentName.argument("qkv_features")
        + ": expected a multiple of the number of heads (%d), got %d".formatted(numHeads, features);
  }

  /** {@code qkv_features}, those of {@code inputs_q} by default. */
  int qkvFeaturesFor(int inputFeatures) {
    return qkvFeatures == 0 ? inputFeatures : qkvFeatures;
  }

  /** {@code out_features}, those of {@code inputs_q} by default. */
  int outFeaturesFor(int inputFeatures) {
    return outFeatures == 0 ? inputFeatures : outFeatures;
  }

  /** Whether the configuration names float64. */
  boolean namesFloat64() {
    return usesFloat64();
  }

  /** A projection into heads, {@code [..., F]} to {@code [..., H, D]}. */
  DenseGeneral intoHeads(int inputFeatures) {
    return projection(qkvDotGeneral, qkvDotGeneralCls)
        .features(numHeads, qkvFeaturesFor(inputFeatures) / numHeads)
        .build();
  }

  /** The projection out of the heads, {@code [..., H, D]} to {@code [..., F]}. */
  DenseGeneral outOfHeads(int inputFeatures) {
    return projection(outDotGeneral, outDotGeneralCls)
        .features(outFeaturesFor(inputFeatures))
        .axis(-2, -1)
        .kernelInit(outKernelInit == null ? kernelInit : outKernelInit)
        .biasInit(outBiasInit == null ? biasInit : outBiasInit)
        .build();
  }

  private DenseGeneral.Builder projection(
      @Nullable DotGeneral product, @Nullable Supplier<DotGeneral> productCls) {
    return DenseGeneral.builder()
        .useBias(useBias)
        .dtype(dtype)
        .paramDtype(paramDtype)
        .precision(precision)
        .kernelInit(kernelInit)
        .biasInit(biasInit)
        .dotGeneral(product == null ? DotGeneral.standard() : product)
        .dotGeneralCls(productCls);
  }

  /** A normalization of queries or keys, over D. */
  LayerNorm norm() {
    return LayerNorm.builder().useBias(false).dtype(dtype).paramDtype(paramDtype).build();
  }

  /** The options of the attention function that do not depend on the call. */
  AttentionOptions.Builder options() {
    AttentionOptions.Builder options =
        AttentionOptions.builder()
            .dropoutRate(dropoutRate)
            .broadcastDropout(broadcastDropout)
            .dtype(dtype)
            .precision(precision)
            .forceFp32ForSoftmax(forceFp32ForSoftmax);
    return qkAttnWeightsEinsumCls == null || attnWeightsValueEinsumCls == null
        ? options
        : options
            .qkAttnWeightsEinsum(qkAttnWeightsEinsumCls.get())
            .attnWeightsValueEinsum(attnWeightsValueEinsumCls.get());
  }

  /** The arguments by Flax's names, without those that are not set. */
  Settings settings(String type) {
    return Settings.of(type)
        .add("num_heads", numHeads)
        .add("dtype", dtype)
        .add("param_dtype", paramDtype)
        .add("qkv_features", qkvFeatures == 0 ? null : qkvFeatures)
        .add("out_features", outFeatures == 0 ? null : outFeatures)
        .add("broadcast_dropout", broadcastDropout)
        .add("dropout_rate", dropoutRate)
        .add("deterministic", deterministic)
        .add("precision", precision)
        .add("kernel_init", kernelInit)
        .add("bias_init", biasInit)
        .add("out_kernel_init", outKernelInit)
        .add("out_bias_init", outBiasInit)
        .add("use_bias", useBias)
        .add("attention_fn", attentionFn)
        .add("decode", decode)
        .add("normalize_qk", normalizeQk)
        .add("force_fp32_for_softmax", forceFp32ForSoftmax)
        .add("qkv_dot_general", qkvDotGeneral)
        .add("out_dot_general", outDotGeneral)
        .add("qkv_dot_general_cls", qkvDotGeneralCls)
        .add("out_dot_general_cls", outDotGeneralCls)
        .add("qk_attn_weights_einsum_cls", qkAttnWeightsEinsumCls)
        .add("attn_weights_value_einsum_cls", attnWeightsValueEinsumCls);
  }
}
