package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.ArgumentName;
import dev.heddle.linen.layers.Precision;
import dev.heddle.random.Key;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an {@link AttentionFn} beside query, key and value: Flax's keyword arguments by
 * their names.
 *
 * @param bias added to the scores, broadcasts to {@code [B..., H, Q, K]}; the module never passes
 *     one
 * @param mask nonzero where a query attends to a key, broadcasts to {@code [B..., H, Q, K]}
 * @param broadcastDropout whether all batch elements and heads share one dropout mask
 * @param dropoutRng the key of the dropout mask; required with dropout
 * @param dropoutRate the dropout rate of the weights, in [0, 1)
 * @param deterministic whether dropout is off
 * @param dtype the dtype of the computation, or null for that of the arguments
 * @param precision the requested precision; on a CPU all are full float32
 * @param scope the scope that sows the weights as {@code attention_weights}, or null (Flax's {@code
 *     module})
 * @param forceFp32ForSoftmax whether the softmax is in float32 and the weights stay so
 * @param qkAttnWeightsEinsum in place of the product of queries and keys, or null
 * @param attnWeightsValueEinsum in place of the product of weights and values, or null
 * @param scale what the products of queries and keys are multiplied by, or null for 1 divided by
 *     the square root of the depth
 * @param logitsSoftCap the limit to which scores are bent before bias and mask, {@code cap
 *     tanh(score / cap)}, or null for none
 * @param x64 whether dropout draws float64 numbers, as JAX with x64 enabled
 */
public record AttentionOptions(
    @Nullable Array bias,
    @Nullable Array mask,
    boolean broadcastDropout,
    @Nullable Key dropoutRng,
    double dropoutRate,
    boolean deterministic,
    @Nullable DType dtype,
    @Nullable Precision precision,
    @Nullable Scope scope,
    boolean forceFp32ForSoftmax,
    @Nullable AttentionEinsum qkAttnWeightsEinsum,
    @Nullable AttentionEinsum attnWeightsValueEinsum,
    @Nullable Double scale,
    @Nullable Double logitsSoftCap,
    boolean x64) {

  /** Checks the dropout rate. */
  public AttentionOptions {
    requireRate(dropoutRate);
  }

  /** Checks a dropout rate, which Flax accepts outside [0, 1], too. */
  static void requireRate(double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException(
          ArgumentName.argument("dropout_rate") + ": expected a rate from 0 to 1, got " + rate);
    }
  }

  /** Flax's defaults: no mask, no bias, no dropout. */
  public static final AttentionOptions DEFAULT = builder().build();

  /** A builder with Flax's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with these options. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.bias = bias;
    builder.mask = mask;
    builder.broadcastDropout = broadcastDropout;
    builder.dropoutRng = dropoutRng;
    builder.dropoutRate = dropoutRate;
    builder.deterministic = deterministic;
    builder.dtype = dtype;
    builder.precision = precision;
    builder.scope = scope;
    builder.forceFp32ForSoftmax = forceFp32ForSoftmax;
    builder.qkAttnWeightsEinsum = qkAttnWeightsEinsum;
    builder.attnWeightsValueEinsum = attnWeightsValueEinsum;
    builder.scale = scale;
    builder.logitsSoftCap = logitsSoftCap;
    builder.x64 = x64;
    return builder;
  }

  /** The soft cap, 0 for none. */
  double softCap() {
    return logitsSoftCap == null ? 0 : logitsSoftCap;
  }

  /** Whether dropout is on. */
  boolean hasDropout() {
    return !deterministic && dropoutRate > 0;
  }

  /** Collects options; each setter has the name of its component. */
  public static final class Builder {
    private @Nullable Array bias;
    private @Nullable Array mask;
    private boolean broadcastDropout = true;
    private @Nullable Key dropoutRng;
    private double dropoutRate;
    private boolean deterministic;
    private @Nullable DType dtype;
    private @Nullable Precision precision;
    private @Nullable Scope scope;
    private boolean forceFp32ForSoftmax;
    private @Nullable AttentionEinsum qkAttnWeightsEinsum;
    private @Nullable AttentionEinsum attnWeightsValueEinsum;
    private @Nullable Double scale;
    private @Nullable Double logitsSoftCap;
    private boolean x64;

    private Builder() {}

    /** Added to the scores. */
    public Builder bias(@Nullable Array value) {
      bias = value;
      return this;
    }

    /** Which keys a query attends to. */
    public Builder mask(@Nullable Array value) {
      mask = value;
      return this;
    }

    /** Whether heads and batch elements share a dropout mask. */
    public Builder broadcastDropout(boolean value) {
      broadcastDropout = value;
      return this;
    }

    /** The key of the dropout mask. */
    public Builder dropoutRng(@Nullable Key value) {
      dropoutRng = value;
      return this;
    }

    /** The dropout rate of the weights. */
    public Builder dropoutRate(double value) {
      dropoutRate = value;
      return this;
    }

    /** Whether dropout is off. */
    public Builder deterministic(boolean value) {
      deterministic = value;
      return this;
    }

    /** The dtype of the computation. */
    public Builder dtype(@Nullable DType value) {
      dtype = value;
      return this;
    }

    /** The precision of the products. */
    public Builder precision(@Nullable Precision value) {
      precision = value;
      return this;
    }

    /** The scope that sows the weights. */
    public Builder scope(@Nullable Scope value) {
      scope = value;
      return this;
    }

    /** Whether the softmax is in float32. */
    public Builder forceFp32ForSoftmax(boolean value) {
      forceFp32ForSoftmax = value;
      return this;
    }

    /** The product of queries and keys. */
    public Builder qkAttnWeightsEinsum(@Nullable AttentionEinsum value) {
      qkAttnWeightsEinsum = value;
      return this;
    }

    /** The product of weights and values. */
    public Builder attnWeightsValueEinsum(@Nullable AttentionEinsum value) {
      attnWeightsValueEinsum = value;
      return this;
    }

    /** What the products of queries and keys are multiplied by. */
    public Builder scale(@Nullable Double value) {
      scale = value;
      return this;
    }

    /** The limit to which scores are bent. */
    public Builder logitsSoftCap(@Nullable Double value) {
      logitsSoftCap = value;
      return this;
    }

    /** Whether dropout draws float64 numbers. */
    public Builder x64(boolean value) {
      x64 = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if the dropout rate is not between 0 and 1
     */
    public AttentionOptions build() {
      return new AttentionOptions(
          bias,
          mask,
          broadcastDropout,
          dropoutRng,
          dropoutRate,
          deterministic,
          dtype,
          precision,
          scope,
          forceFp32ForSoftmax,
          qkAttnWeightsEinsum,
          attnWeightsValueEinsum,
          scale,
          logitsSoftCap,
          x64);
    }
  }
}
