package dev.heddle.linen.attention;

import dev.heddle.array.DType;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.internal.DropoutRate;
import dev.heddle.linen.layers.DotGeneral;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.linen.layers.Precision;
import dev.heddle.linen.layers.Promotion;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The class of an attention module and its constructor arguments but {@code parent} and {@code
 * name}, which are one module's. Names and defaults are Flax's.
 *
 * @param moduleClass {@link MultiHeadDotProductAttention} or a class of it; automatic names, and so
 *     the parameters that are drawn, depend on it
 * @param numHeads the number of heads, {@code num_heads}
 * @param dtype the dtype of the computation; null for the promotion of inputs and parameters
 * @param paramDtype the dtype in which parameters are made, {@code param_dtype}
 * @param qkvFeatures the features of queries, keys and values, all heads together, {@code
 *     qkv_features}; 0 for those of {@code inputs_q}
 * @param outFeatures the features of the output, {@code out_features}; 0 for those of {@code
 *     inputs_q}
 * @param broadcastDropout whether batch elements and heads share a dropout mask, {@code
 *     broadcast_dropout}
 * @param dropoutRate the share of attention weights set to zero, {@code dropout_rate}
 * @param deterministic whether dropout is off; null if the call says it
 * @param precision the precision of the products; on a CPU all give full float32
 * @param kernelInit makes kernels, {@code kernel_init}
 * @param biasInit makes biases, {@code bias_init}
 * @param outKernelInit makes the kernel of {@code out}, {@code out_kernel_init}; null for {@code
 *     kernel_init}
 * @param outBiasInit makes the bias of {@code out}, {@code out_bias_init}; null for {@code
 *     bias_init}
 * @param useBias whether projections add a bias, {@code use_bias}
 * @param attentionFn the step between the projections, {@code attention_fn}; null for {@link
 *     DotProductAttention}
 * @param decode whether to attend to one position at a time with a cache
 * @param normalizeQk whether queries and keys pass a {@link LayerNorm} per head, {@code
 *     normalize_qk}
 * @param forceFp32ForSoftmax whether the softmax is in float32, {@code force_fp32_for_softmax}
 * @param qkvDotGeneral the product in the input projections, {@code qkv_dot_general}; null for the
 *     usual one
 * @param outDotGeneral the product in the output projection, {@code out_dot_general}; null for the
 *     usual one
 * @param qkvDotGeneralCls makes the product in the input projections, {@code qkv_dot_general_cls};
 *     wins over {@code qkv_dot_general}
 * @param outDotGeneralCls makes the product in the output projection, {@code out_dot_general_cls};
 *     wins over {@code out_dot_general}
 * @param qkAttnWeightsEinsumCls makes the product of queries and keys, {@code
 *     qk_attn_weights_einsum_cls}
 * @param attnWeightsValueEinsumCls makes the product of weights and values, {@code
 *     attn_weights_value_einsum_cls}
 */
public record AttentionConfig(
    Class<? extends MultiHeadDotProductAttention> moduleClass,
    int numHeads,
    @Nullable DType dtype,
    DType paramDtype,
    int qkvFeatures,
    int outFeatures,
    boolean broadcastDropout,
    double dropoutRate,
    @Nullable Boolean deterministic,
    @Nullable Precision precision,
    Initializer kernelInit,
    Initializer biasInit,
    @Nullable Initializer outKernelInit,
    @Nullable Initializer outBiasInit,
    boolean useBias,
    @Nullable AttentionFn attentionFn,
    boolean decode,
    boolean normalizeQk,
    boolean forceFp32ForSoftmax,
    @Nullable DotGeneral qkvDotGeneral,
    @Nullable DotGeneral outDotGeneral,
    @Nullable Supplier<DotGeneral> qkvDotGeneralCls,
    @Nullable Supplier<DotGeneral> outDotGeneralCls,
    @Nullable Supplier<AttentionEinsum> qkAttnWeightsEinsumCls,
    @Nullable Supplier<AttentionEinsum> attnWeightsValueEinsumCls) {
  private static final Set<Class<?>> CLASSES =
      Set.of(MultiHeadDotProductAttention.class, SelfAttention.class, MultiHeadAttention.class);

  /**
   * Checks what does not depend on the inputs.
   *
   * @throws IllegalArgumentException if the class is none of the three, there is no head, a width
   *     is negative, a dtype is not a floating-point type, the dropout rate is not from 0 to 1, or
   *     the heads do not divide the features
   */
  public AttentionConfig {
    if (!CLASSES.contains(moduleClass)) {
      throw new IllegalArgumentException(
          "argument \"module_class\": expected MultiHeadDotProductAttention, SelfAttention or"
              + " MultiHeadAttention, got "
              + moduleClass.getName());
    }
    if (numHeads < 1) {
      throw new IllegalArgumentException(
          "argument \"num_heads\": expected 1 or more, got " + numHeads);
    }
    requireWidth("qkv_features", qkvFeatures);
    requireWidth("out_features", outFeatures);
    requireFloating("dtype", dtype);
    requireFloating("param_dtype", paramDtype);
    DropoutRate.require("dropout_rate", dropoutRate);
    if (qkvFeatures % numHeads != 0) {
      throw new IllegalArgumentException(indivisible(qkvFeatures, numHeads));
    }
    if ((qkAttnWeightsEinsumCls == null) != (attnWeightsValueEinsumCls == null)) {
      throw new IllegalArgumentException(
          "arguments \"qk_attn_weights_einsum_cls\" and \"attn_weights_value_einsum_cls\":"
              + " expected both or none, got only one of them");
    }
  }

  private static void requireWidth(String argument, int width) {
    if (width < 0) {
      throw new IllegalArgumentException(
          "argument \"" + argument + "\": expected 0 (for that of inputs_q) or more, got " + width);
    }
  }

  private static void requireFloating(String argument, @Nullable DType dtype) {
    if (dtype != null) {
      Promotion.requireInexact(argument, dtype);
    }
  }

  /** What is wrong if the number of heads does not divide the features. */
  static String indivisible(int features, int numHeads) {
    return "argument \"qkv_features\": expected a multiple of num_heads (%d), got %d"
        .formatted(numHeads, features);
  }

  /** {@code qkv_features}, those of {@code inputs_q} by default. */
  int qkvFeatures(int inputFeatures) {
    return qkvFeatures == 0 ? inputFeatures : qkvFeatures;
  }

  /** {@code out_features}, those of {@code inputs_q} by default. */
  int outFeatures(int inputFeatures) {
    return outFeatures == 0 ? inputFeatures : outFeatures;
  }

  /** A module of this class and these arguments, to be changed; it has no name or parent yet. */
  public AttentionBuilder toBuilder() {
    return new AttentionBuilder(this);
  }

  /** The module. */
  MultiHeadDotProductAttention module(@Nullable String name, @Nullable Scope parent) {
    if (moduleClass == SelfAttention.class) {
      return new SelfAttention(this, name, parent);
    }
    if (moduleClass == MultiHeadAttention.class) {
      return new MultiHeadAttention(this, name, parent);
    }
    return new MultiHeadDotProductAttention(this, name, parent);
  }

  /** The initializer of the kernel of {@code out}, by default that of all kernels. */
  Initializer kernelInitOfOut() {
    return outKernelInit == null ? kernelInit : outKernelInit;
  }

  /** The initializer of the bias of {@code out}, by default that of all biases. */
  Initializer biasInitOfOut() {
    return outBiasInit == null ? biasInit : outBiasInit;
  }
}
