package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.kernel.Band;
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
  private @Nullable Integer numKvHeads;
  private boolean isCausal;
  private @Nullable CausalAlignment causalAlignment;
  private @Nullable SlidingWindow slidingWindow;
  private @Nullable Double scale;
  private @Nullable Double logitsSoftCap;
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

  /**
   * The number of heads of keys and values, which divides {@link #numHeads}: each is shared by
   * consecutive heads of queries (grouped-query attention; multi-query attention with 1). As many
   * as of queries by default, or for null. {@code num_kv_heads} of {@code
   * flax.nnx.MultiHeadAttention}.
   */
  public AttentionBuilder numKvHeads(@Nullable Integer value) {
    numKvHeads = value;
    return this;
  }

  /** Whether a query attends only to keys up to its own position; false by default. */
  public AttentionBuilder isCausal(boolean value) {
    isCausal = value;
    return this;
  }

  /**
   * The positions of queries if there are not as many as keys, for {@link #isCausal} and {@link
   * #slidingWindow}; {@link CausalAlignment#TOP_LEFT} by default, or for null. When decoding, a
   * query stands at its position in the cache.
   */
  public AttentionBuilder causalAlignment(@Nullable CausalAlignment value) {
    causalAlignment = value;
    return this;
  }

  /**
   * The keys around a query's position that it attends to; all by default, or for null. {@code
   * local_window_size} of {@code jax.nn.dot_product_attention}.
   */
  public AttentionBuilder slidingWindow(@Nullable SlidingWindow value) {
    slidingWindow = value;
    return this;
  }

  /**
   * The multiplier of the products of queries and keys; by default, or for null, 1 divided by the
   * square root of the depth.
   */
  public AttentionBuilder scale(@Nullable Double value) {
    scale = value;
    return this;
  }

  /**
   * The limit to which scores are bent before the mask, {@code cap tanh(score / cap)}; none by
   * default, or for null. (Gemma 2, 2024.)
   */
  public AttentionBuilder logitsSoftCap(@Nullable Double value) {
    logitsSoftCap = value;
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
   *     heads do not divide the features, the heads of keys and values do not divide the heads, the
   *     scale is not finite, the soft cap not positive, a causal alignment is set without a use of
   *     it, or only one of the two einsum classes is set
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
    requireOptions();
    if ((qkAttnWeightsEinsumCls == null) != (attnWeightsValueEinsumCls == null)) {
      throw new IllegalArgumentException(
          "arguments %s and %s: expected both or none, got only one of them"
              .formatted(
                  ArgumentName.quoted("qk_attn_weights_einsum_cls"),
                  ArgumentName.quoted("attn_weights_value_einsum_cls")));
    }
    return constructor.apply(this);
  }

  private void requireOptions() {
    if (numKvHeads != null && (numKvHeads < 1 || numHeads % numKvHeads != 0)) {
      throw new IllegalArgumentException(
          "%s: expected a divisor of the number of heads (%d), got %d"
              .formatted(ArgumentName.argument("num_kv_heads"), numHeads, numKvHeads));
    }
    if (scale != null && !Double.isFinite(scale)) {
      throw new IllegalArgumentException(
          ArgumentName.argument("scale") + ": expected a finite number, got " + scale);
    }
    if (logitsSoftCap != null && !(logitsSoftCap > 0 && Double.isFinite(logitsSoftCap))) {
      throw new IllegalArgumentException(
          "%s: expected a finite number above 0, got %s"
              .formatted(ArgumentName.argument("logits_soft_cap"), logitsSoftCap));
    }
    if (causalAlignment != null && !isCausal && slidingWindow == null) {
      throw new IllegalArgumentException(
          "%s: expected with %s or %s, got %s without them"
              .formatted(
                  ArgumentName.argument("causal_alignment"),
                  ArgumentName.quoted("is_causal"),
                  ArgumentName.quoted("sliding_window"),
                  causalAlignment));
    }
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

  /** A projection into heads of queries, {@code [..., F]} to {@code [..., H, D]}. */
  DenseGeneral intoHeads(int inputFeatures) {
    return intoHeads(inputFeatures, numHeads);
  }

  /** A projection into heads of keys or values. */
  DenseGeneral intoKvHeads(int inputFeatures) {
    return intoHeads(inputFeatures, numKvHeads == null ? numHeads : numKvHeads);
  }

  private DenseGeneral intoHeads(int inputFeatures, int heads) {
    return projection(qkvDotGeneral, qkvDotGeneralCls)
        .features(heads, qkvFeaturesFor(inputFeatures) / numHeads)
        .build();
  }

  /** A mask combined with the causal mask and the sliding window of all queries. */
  @Nullable Array masked(@Nullable Array mask, int queries, int keys) {
    int first = causalAlignment == CausalAlignment.BOTTOM_RIGHT ? keys - queries : 0;
    return and(mask, band(first), queries, keys);
  }

  /**
   * A mask of the positions of a cache so far, combined with the left limit of the sliding window
   * of one query, which stands at the last of them: nothing is to its right.
   */
  @Nullable Array maskedStep(@Nullable Array mask, int position, int cacheLength) {
    Integer left = slidingWindow == null ? null : slidingWindow.left();
    Band band = left == null ? Band.ALL : new Band((long) position - left, Band.NO_UPPER);
    return and(mask, band, 1, cacheLength);
  }

  /** The keys that queries attend to, of which the first query stands at a position. */
  private Band band(long first) {
    Band band = isCausal ? new Band(Band.NO_LOWER, first) : Band.ALL;
    SlidingWindow window = slidingWindow;
    if (window == null) {
      return band;
    }
    return band.and(
        new Band(
            window.left() == null ? Band.NO_LOWER : first - window.left(),
            window.right() == null ? Band.NO_UPPER : first + window.right()));
  }

  private static @Nullable Array and(@Nullable Array mask, Band band, int queries, int keys) {
    if (band.isAll()) {
      return mask;
    }
    Array ofBand = ArrayInternals.bandMask(Shape.of(queries, keys), band, DType.BOOL);
    return mask == null ? ofBand : Compare.logicalAnd(mask, ofBand);
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
            .forceFp32ForSoftmax(forceFp32ForSoftmax)
            .scale(scale)
            .logitsSoftCap(logitsSoftCap);
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
        .add("num_kv_heads", numKvHeads)
        .add("is_causal", isCausal ? true : null)
        .add("causal_alignment", causalAlignment)
        .add("sliding_window", slidingWindow)
        .add("scale", scale)
        .add("logits_soft_cap", logitsSoftCap)
        .add("qkv_dot_general", qkvDotGeneral)
        .add("out_dot_general", outDotGeneral)
        .add("qkv_dot_general_cls", qkvDotGeneralCls)
        .add("out_dot_general_cls", outDotGeneralCls)
        .add("qk_attn_weights_einsum_cls", qkAttnWeightsEinsumCls)
        .add("attn_weights_value_einsum_cls", attnWeightsValueEinsumCls);
  }
}
