package dev.heddle.parity.run;

import dev.heddle.array.DType;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.CausalAlignment;
import dev.heddle.linen.attention.MultiHeadAttention;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.attention.SelfAttention;
import dev.heddle.linen.attention.SlidingWindow;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.Embed;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.linen.layers.Precision;
import dev.heddle.parity.cases.Fields;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns a configuration's JSON into modules: Flax's argument names to Heddle's setters. */
public final class Configurations {
  private Configurations() {}

  /** An attention module of a class, with its arguments by Flax's names. */
  static MultiHeadDotProductAttention attention(String type, Fields config) {
    AttentionBuilder builder =
        switch (type) {
          case "MultiHeadDotProductAttention" -> MultiHeadDotProductAttention.builder();
          case "MultiHeadAttention" -> MultiHeadAttention.builder();
          case "SelfAttention" -> SelfAttention.builder();
          default -> throw new IllegalArgumentException("no attention class is called " + type);
        };
    for (String name : config.names()) {
      if (config.has(name)) {
        attention(builder, name, config);
      }
    }
    return builder.build();
  }

  private static void attention(AttentionBuilder builder, String name, Fields config) {
    switch (name) {
      case "num_heads" -> builder.numHeads(config.integer(name));
      case "dtype" -> builder.dtype(dtype(config, name));
      case "param_dtype" -> builder.paramDtype(DType.of(config.text(name)));
      case "qkv_features" -> builder.qkvFeatures(config.integer(name));
      case "out_features" -> builder.outFeatures(config.integer(name));
      case "broadcast_dropout" -> builder.broadcastDropout(config.flag(name));
      case "dropout_rate" -> builder.dropoutRate(config.number(name));
      case "deterministic" -> builder.deterministic(config.flag(name));
      case "precision" -> builder.precision(precision(config.get(name)));
      case "kernel_init" -> builder.kernelInit(initializer(config.get(name)));
      case "bias_init" -> builder.biasInit(initializer(config.get(name)));
      case "out_kernel_init" -> builder.outKernelInit(initializer(config.get(name)));
      case "out_bias_init" -> builder.outBiasInit(initializer(config.get(name)));
      case "use_bias" -> builder.useBias(config.flag(name));
      case "attention_fn" -> builder.attentionFn(Hooks.attentionFn(config.text(name)));
      case "decode" -> builder.decode(config.flag(name));
      case "normalize_qk" -> builder.normalizeQk(config.flag(name));
      case "force_fp32_for_softmax" -> builder.forceFp32ForSoftmax(config.flag(name));
      case "num_kv_heads" -> builder.numKvHeads(config.integer(name));
      case "is_causal" -> builder.isCausal(config.flag(name));
      case "causal_alignment" ->
          builder.causalAlignment(
              CausalAlignment.valueOf(config.text(name).toUpperCase(Locale.ROOT)));
      case "sliding_window" -> builder.slidingWindow(window(config.get(name)));
      case "scale" -> builder.scale(config.number(name));
      case "logits_soft_cap" -> builder.logitsSoftCap(config.number(name));
      case "qkv_dot_general" -> builder.qkvDotGeneral(Hooks.dotGeneral(config.text(name)));
      case "out_dot_general" -> builder.outDotGeneral(Hooks.dotGeneral(config.text(name)));
      case "qkv_dot_general_cls" ->
          builder.qkvDotGeneralCls(() -> Hooks.dotGeneral(config.text(name)));
      case "out_dot_general_cls" ->
          builder.outDotGeneralCls(() -> Hooks.dotGeneral(config.text(name)));
      case "qk_attn_weights_einsum_cls" ->
          builder.qkAttnWeightsEinsumCls(() -> Hooks.einsum(config.text(name)));
      case "attn_weights_value_einsum_cls" ->
          builder.attnWeightsValueEinsumCls(() -> Hooks.einsum(config.text(name)));
      case "name" -> builder.name(config.text(name));
      default -> throw unknown("attention", name);
    }
  }

  /** A Dense of the arguments. */
  public static Dense dense(Fields config) {
    Dense.Builder builder = Dense.builder();
    for (String name : config.names()) {
      switch (name) {
        case "features" -> builder.features(config.integer(name));
        case "use_bias" -> builder.useBias(config.flag(name));
        case "dtype" -> builder.dtype(dtype(config, name));
        case "param_dtype" -> builder.paramDtype(DType.of(config.text(name)));
        case "kernel_init" -> builder.kernelInit(initializer(config.get(name)));
        case "bias_init" -> builder.biasInit(initializer(config.get(name)));
        case "dot_general" -> builder.dotGeneral(Hooks.dotGeneral(config.text(name)));
        case "name" -> builder.name(config.text(name));
        default -> throw unknown("Dense", name);
      }
    }
    return builder.build();
  }

  static DenseGeneral denseGeneral(Fields config) {
    DenseGeneral.Builder builder = DenseGeneral.builder();
    for (String name : config.names()) {
      switch (name) {
        case "features" -> builder.features(config.integers(name));
        case "axis" -> builder.axis(config.integers(name));
        case "batch_dims" -> builder.batchDims(config.integers(name));
        case "use_bias" -> builder.useBias(config.flag(name));
        case "dtype" -> builder.dtype(dtype(config, name));
        case "param_dtype" -> builder.paramDtype(DType.of(config.text(name)));
        case "kernel_init" -> builder.kernelInit(initializer(config.get(name)));
        case "bias_init" -> builder.biasInit(initializer(config.get(name)));
        case "dot_general" -> builder.dotGeneral(Hooks.dotGeneral(config.text(name)));
        default -> throw unknown("DenseGeneral", name);
      }
    }
    return builder.build();
  }

  static LayerNorm layerNorm(Fields config) {
    LayerNorm.Builder builder = LayerNorm.builder();
    for (String name : config.names()) {
      switch (name) {
        case "epsilon" -> builder.epsilon(config.number(name));
        case "dtype" -> builder.dtype(dtype(config, name));
        case "param_dtype" -> builder.paramDtype(DType.of(config.text(name)));
        case "use_bias" -> builder.useBias(config.flag(name));
        case "use_scale" -> builder.useScale(config.flag(name));
        case "bias_init" -> builder.biasInit(initializer(config.get(name)));
        case "scale_init" -> builder.scaleInit(initializer(config.get(name)));
        case "reduction_axes" -> builder.reductionAxes(config.integers(name));
        case "feature_axes" -> builder.featureAxes(config.integers(name));
        case "use_fast_variance" -> builder.useFastVariance(config.flag(name));
        default -> throw unknown("LayerNorm", name);
      }
    }
    return builder.build();
  }

  static Dropout dropout(Fields config) {
    Dropout.Builder builder = Dropout.builder();
    for (String name : config.names()) {
      switch (name) {
        case "rate" -> builder.rate(config.number(name));
        case "broadcast_dims" -> builder.broadcastDims(config.integers(name));
        case "deterministic" -> builder.deterministic(config.flag(name));
        case "rng_collection" -> builder.rngCollection(config.text(name));
        default -> throw unknown("Dropout", name);
      }
    }
    return builder.build();
  }

  static Embed embed(Fields config) {
    Embed.Builder builder = Embed.builder();
    for (String name : config.names()) {
      switch (name) {
        case "num_embeddings" -> builder.numEmbeddings(config.integer(name));
        case "features" -> builder.features(config.integer(name));
        case "dtype" -> builder.dtype(dtype(config, name));
        case "param_dtype" -> builder.paramDtype(DType.of(config.text(name)));
        case "embedding_init" -> builder.embeddingInit(initializer(config.get(name)));
        default -> throw unknown("Embed", name);
      }
    }
    return builder.build();
  }

  /** An initializer from its name, or from an object of its name and arguments. */
  static Initializer initializer(Object spec) {
    if (spec instanceof Fields fields) {
      return Initializers.byName(fields.text("name"), fields.without("name"));
    }
    String name = (String) spec;
    return name.startsWith("parity:") ? Hooks.initializer(name) : Initializers.byName(name);
  }

  private static @Nullable DType dtype(Fields config, String name) {
    return config.has(name) ? DType.of(config.text(name)) : null;
  }

  private static Precision precision(Object spec) {
    return spec instanceof List<?> pair
        ? Precision.of((String) pair.get(0), (String) pair.get(1))
        : Precision.of((String) spec);
  }

  private static SlidingWindow window(Object spec) {
    List<?> limits = (List<?>) spec;
    return new SlidingWindow(limit(limits.get(0)), limit(limits.get(1)));
  }

  private static @Nullable Integer limit(@Nullable Object value) {
    return value == null ? null : ((Number) value).intValue();
  }

  private static IllegalArgumentException unknown(String type, String name) {
    return new IllegalArgumentException(
        "the tests do not know the argument \"" + name + "\" of " + type);
  }
}
