package dev.heddle.io;

import dev.heddle.linen.attention.AttentionBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The keys of a configuration: Flax's constructor arguments, in Flax's order, and the options. */
enum ConfigKey {
  NUM_HEADS((builder, value) -> builder.numHeads(value.integer())),
  DTYPE((builder, value) -> builder.dtype(value.isNull() ? null : value.dtype())),
  PARAM_DTYPE((builder, value) -> builder.paramDtype(value.dtype())),
  QKV_FEATURES((builder, value) -> builder.qkvFeatures(value.isNull() ? 0 : value.integer())),
  OUT_FEATURES((builder, value) -> builder.outFeatures(value.isNull() ? 0 : value.integer())),
  BROADCAST_DROPOUT((builder, value) -> builder.broadcastDropout(value.truth())),
  DROPOUT_RATE((builder, value) -> builder.dropoutRate(value.number())),
  DETERMINISTIC((builder, value) -> builder.deterministic(value.isNull() ? null : value.truth())),
  PRECISION((builder, value) -> builder.precision(value.isNull() ? null : value.precision())),
  KERNEL_INIT((builder, value) -> builder.kernelInit(value.initializer())),
  BIAS_INIT((builder, value) -> builder.biasInit(value.initializer())),
  OUT_KERNEL_INIT(
      (builder, value) -> builder.outKernelInit(value.isNull() ? null : value.initializer())),
  OUT_BIAS_INIT(
      (builder, value) -> builder.outBiasInit(value.isNull() ? null : value.initializer())),
  USE_BIAS((builder, value) -> builder.useBias(value.truth())),
  ATTENTION_FN((builder, value) -> value.onlyDefaultFunction("dot_product_attention")),
  DECODE((builder, value) -> builder.decode(value.truth())),
  NORMALIZE_QK((builder, value) -> builder.normalizeQk(value.truth())),
  FORCE_FP32_FOR_SOFTMAX((builder, value) -> builder.forceFp32ForSoftmax(value.truth())),
  QKV_DOT_GENERAL((builder, value) -> value.onlyDefaultFunction()),
  OUT_DOT_GENERAL((builder, value) -> value.onlyDefaultFunction()),
  QKV_DOT_GENERAL_CLS((builder, value) -> value.onlyDefaultFunction()),
  OUT_DOT_GENERAL_CLS((builder, value) -> value.onlyDefaultFunction()),
  QK_ATTN_WEIGHTS_EINSUM_CLS((builder, value) -> value.onlyDefaultFunction()),
  ATTN_WEIGHTS_VALUE_EINSUM_CLS((builder, value) -> value.onlyDefaultFunction()),
  NUM_KV_HEADS((builder, value) -> builder.numKvHeads(value.isNull() ? null : value.integer())),
  IS_CAUSAL((builder, value) -> builder.isCausal(value.truth())),
  CAUSAL_ALIGNMENT(
      (builder, value) -> builder.causalAlignment(value.isNull() ? null : value.causalAlignment())),
  SLIDING_WINDOW(
      (builder, value) -> builder.slidingWindow(value.isNull() ? null : value.slidingWindow())),
  SCALE((builder, value) -> builder.scale(value.isNull() ? null : value.number())),
  LOGITS_SOFT_CAP(
      (builder, value) -> builder.logitsSoftCap(value.isNull() ? null : value.number())),
  NAME((builder, value) -> builder.name(value.isNull() ? null : value.text()));

  /** Sets one argument. */
  private interface Setter {
    void set(AttentionBuilder builder, ConfigValue value) throws CheckpointException;
  }

  private final Setter setter;

  ConfigKey(Setter setter) {
    this.setter = setter;
  }

  /**
   * The key with a name.
   *
   * @throws CheckpointException if there is none; the message suggests the nearest
   */
  static ConfigKey of(FileLocation place, String name, Json value) throws CheckpointException {
    for (ConfigKey key : values()) {
      if (key.jsonName().equals(name)) {
        return key;
      }
    }
    List<String> known = Arrays.stream(values()).map(ConfigKey::jsonName).toList();
    String hint = Suggest.hint(name, known);
    throw place
        .at("key", name)
        .error(
            "is not an argument of MultiHeadDotProductAttention"
                + (hint.isEmpty() ? "; expected one of " + String.join(", ", known) : hint)
                + value.position());
  }

  /** Flax's name. */
  String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Checks the value and sets it on the builder. */
  void set(AttentionBuilder builder, ConfigValue value) throws CheckpointException {
    setter.set(builder, value);
  }
}
