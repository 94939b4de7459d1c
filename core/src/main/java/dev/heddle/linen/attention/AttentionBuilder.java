package dev.heddle.linen.attention;

import dev.heddle.array.DType;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.DotGeneral;
import dev.heddle.linen.layers.Precision;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects the arguments of an attention module; each setter has Flax's name for its argument, in
 * Java's case.
 *
 * <pre>{@code
 * var attention = MultiHeadDotProductAttention.builder().numHeads(8).qkvFeatures(512).build();
 * var wider = attention.config().toBuilder().qkvFeatures(1024).build();
 * }</pre>
 */
public final class AttentionBuilder {
  private final Class<? extends MultiHeadDotProductAttention> moduleClass;
  private @Nullable Integer numHeads;
  private @Nullable DType dtype;
  private DType paramDtype = DType.FLOAT32;
  private int qkvFeatures;
  private int outFeatures;
  private boolean broadcastDropout = true;
  private double dropoutRate;
  private @Nullable Boolean deterministic;
  private @Nullable Precision precision;
  private Initializer kernelInit = Initializers.lecunNormal();
  private Initializer biasInit = Initializers.zeros();
  private @Nullable Initializer outKernelInit;
  private @Nullable Initializer outBiasInit;
  private boolean useBias = true;
  private @Nullable AttentionFn attentionFn;
  private boolean decode;
  private boolean normalizeQk;
  private boolean forceFp32ForSoftmax;
  private @Nullable DotGeneral qkvDotGeneral;
  private @Nullable DotGeneral outDotGeneral;
  private @Nullable Supplier<DotGeneral> qkvDotGeneralCls;
  private @Nullable Supplier<DotGeneral> outDotGeneralCls;
  private @Nullable Supplier<AttentionEinsum> qkAttnWeightsEinsumCls;
  private @Nullable Supplier<AttentionEinsum> attnWeightsValueEinsumCls;
  private @Nullable String name;
  private @Nullable Scope parent;

  AttentionBuilder(Class<? extends MultiHeadDotProductAttention> moduleClass) {
    this.moduleClass = moduleClass;
  }

  AttentionBuilder(AttentionConfig config) {
    moduleClass = config.moduleClass();
    numHeads = config.numHeads();
    dtype = config.dtype();
    paramDtype = config.paramDtype();
    qkvFeatures = config.qkvFeatures();
    outFeatures = config.outFeatures();
    broadcastDropout = config.broadcastDropout();
    dropoutRate = config.dropoutRate();
    deterministic = config.deterministic();
    precision = config.precision();
    kernelInit = config.kernelInit();
    biasInit = config.biasInit();
    outKernelInit = config.outKernelInit();
    outBiasInit = config.outBiasInit();
    useBias = config.useBias();
    attentionFn = config.attentionFn();
    decode = config.decode();
    normalizeQk = config.normalizeQk();
    forceFp32ForSoftmax = config.forceFp32ForSoftmax();
    qkvDotGeneral = config.qkvDotGeneral();
    outDotGeneral = config.outDotGeneral();
    qkvDotGeneralCls = config.qkvDotGeneralCls();
    outDotGeneralCls = config.outDotGeneralCls();
    qkAttnWeightsEinsumCls = config.qkAttnWeightsEinsumCls();
    attnWeightsValueEinsumCls = config.attnWeightsValueEinsumCls();
  }

  /** The number of heads; needed. */
  public AttentionBuilder numHeads(int value) {
    numHeads = value;
    return this;
  }

  /** The dtype of the computation; by default the promotion of inputs and parameters. */
  public AttentionBuilder dtype(@Nullable DType value) {
    dtype = value;
    return this;
  }

  /** The dtype in which parameters are made; float32 by default. */
  public AttentionBuilder paramDtype(DType value) {
    paramDtype = Objects.requireNonNull(value, "paramDtype");
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

  /** The share of attention weights set to zero; 0 by default. */
  public AttentionBuilder dropoutRate(double value) {
    dropoutRate = value;
    return this;
  }

  /** Whether dropout is off; by default said at the call. */
  public AttentionBuilder deterministic(@Nullable Boolean value) {
    deterministic = value;
    return this;
  }

  /** The precision of the products; see {@link Precision}. */
  public AttentionBuilder precision(@Nullable Precision value) {
    precision = value;
    return this;
  }

  /** Makes kernels; lecun_normal by default. */
  public AttentionBuilder kernelInit(Initializer value) {
    kernelInit = Objects.requireNonNull(value, "kernelInit");
    return this;
  }

  /** Makes biases; zeros by default. */
  public AttentionBuilder biasInit(Initializer value) {
    biasInit = Objects.requireNonNull(value, "biasInit");
    return this;
  }

  /** Makes the kernel of {@code out}; by default as the others. */
  public AttentionBuilder outKernelInit(@Nullable Initializer value) {
    outKernelInit = value;
    return this;
  }

  /** Makes the bias of {@code out}; by default as the others. */
  public AttentionBuilder outBiasInit(@Nullable Initializer value) {
    outBiasInit = value;
    return this;
  }

  /** Whether projections add a bias; true by default. */
  public AttentionBuilder useBias(boolean value) {
    useBias = value;
    return this;
  }

  /** The step between the projections; {@link DotProductAttention} by default. */
  public AttentionBuilder attentionFn(@Nullable AttentionFn value) {
    attentionFn = value;
    return this;
  }

  /** Whether to attend to one position at a time with a cache; false by default. */
  public AttentionBuilder decode(boolean value) {
    decode = value;
    return this;
  }

  /** Whether queries and keys pass a LayerNorm per head; false by default. */
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

  /** Makes the product in the input projections, at each call. */
  public AttentionBuilder qkvDotGeneralCls(@Nullable Supplier<DotGeneral> value) {
    qkvDotGeneralCls = value;
    return this;
  }

  /** Makes the product in the output projection, at each call. */
  public AttentionBuilder outDotGeneralCls(@Nullable Supplier<DotGeneral> value) {
    outDotGeneralCls = value;
    return this;
  }

  /** Makes the product of queries and keys, at each call. */
  public AttentionBuilder qkAttnWeightsEinsumCls(@Nullable Supplier<AttentionEinsum> value) {
    qkAttnWeightsEinsumCls = value;
    return this;
  }

  /** Makes the product of weights and values, at each call. */
  public AttentionBuilder attnWeightsValueEinsumCls(@Nullable Supplier<AttentionEinsum> value) {
    attnWeightsValueEinsumCls = value;
    return this;
  }

  /** The module's name as a submodule; automatic by default. */
  public AttentionBuilder name(@Nullable String value) {
    name = value;
    return this;
  }

  /** The scope the module belongs to; see {@link Module}. */
  public AttentionBuilder parent(@Nullable Scope value) {
    parent = value;
    return this;
  }

  /**
   * The module, of the class whose builder this is.
   *
   * @throws IllegalArgumentException as {@link AttentionConfig}
   */
  public MultiHeadDotProductAttention build() {
    return config().module(name, parent);
  }

  private AttentionConfig config() {
    return new AttentionConfig(
        moduleClass,
        requireNumHeads(),
        dtype,
        paramDtype,
        qkvFeatures,
        outFeatures,
        broadcastDropout,
        dropoutRate,
        deterministic,
        precision,
        kernelInit,
        biasInit,
        outKernelInit,
        outBiasInit,
        useBias,
        attentionFn,
        decode,
        normalizeQk,
        forceFp32ForSoftmax,
        qkvDotGeneral,
        outDotGeneral,
        qkvDotGeneralCls,
        outDotGeneralCls,
        qkAttnWeightsEinsumCls,
        attnWeightsValueEinsumCls);
  }

  private int requireNumHeads() {
    if (numHeads == null) {
      throw new IllegalArgumentException(
          "argument \"num_heads\": is missing; numHeads(...) sets it");
    }
    return numHeads;
  }
}
