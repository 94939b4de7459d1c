package dev.heddle.io;

import dev.heddle.array.DType;
import dev.heddle.linen.attention.AttentionConfig;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.layers.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a configuration: the arguments that differ from the defaults. */
final class ConfigText {
  private final Map<String, String> written = new LinkedHashMap<>();

  private ConfigText() {}

  static String of(AttentionConfig config) {
    ConfigText text = new ConfigText();
    text.writeAll(config, defaults(config.numHeads()));
    return text.written.entrySet().stream()
        .map(entry -> "\"" + entry.getKey() + "\": " + entry.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static AttentionConfig defaults(int numHeads) {
    return MultiHeadDotProductAttention.builder().numHeads(numHeads).build().config();
  }

  private void writeAll(AttentionConfig config, AttentionConfig defaults) {
    written.put(ConfigKey.NUM_HEADS.jsonName(), String.valueOf(config.numHeads()));
    write(ConfigKey.DTYPE, config.dtype(), defaults.dtype());
    write(ConfigKey.PARAM_DTYPE, config.paramDtype(), defaults.paramDtype());
    write(ConfigKey.QKV_FEATURES, config.qkvFeatures(), defaults.qkvFeatures());
    write(ConfigKey.OUT_FEATURES, config.outFeatures(), defaults.outFeatures());
    write(ConfigKey.BROADCAST_DROPOUT, config.broadcastDropout(), defaults.broadcastDropout());
    write(ConfigKey.DROPOUT_RATE, config.dropoutRate(), defaults.dropoutRate());
    write(ConfigKey.DETERMINISTIC, config.deterministic(), defaults.deterministic());
    write(ConfigKey.PRECISION, config.precision(), defaults.precision());
    write(ConfigKey.KERNEL_INIT, config.kernelInit(), defaults.kernelInit());
    write(ConfigKey.BIAS_INIT, config.biasInit(), defaults.biasInit());
    write(ConfigKey.OUT_KERNEL_INIT, config.outKernelInit(), defaults.outKernelInit());
    write(ConfigKey.OUT_BIAS_INIT, config.outBiasInit(), defaults.outBiasInit());
    write(ConfigKey.USE_BIAS, config.useBias(), defaults.useBias());
    write(ConfigKey.ATTENTION_FN, config.attentionFn(), defaults.attentionFn());
    write(ConfigKey.DECODE, config.decode(), defaults.decode());
    write(ConfigKey.NORMALIZE_QK, config.normalizeQk(), defaults.normalizeQk());
    write(
        ConfigKey.FORCE_FP32_FOR_SOFTMAX,
        config.forceFp32ForSoftmax(),
        defaults.forceFp32ForSoftmax());
    write(ConfigKey.QKV_DOT_GENERAL, config.qkvDotGeneral(), defaults.qkvDotGeneral());
    write(ConfigKey.OUT_DOT_GENERAL, config.outDotGeneral(), defaults.outDotGeneral());
    write(ConfigKey.QKV_DOT_GENERAL_CLS, config.qkvDotGeneralCls(), defaults.qkvDotGeneralCls());
    write(ConfigKey.OUT_DOT_GENERAL_CLS, config.outDotGeneralCls(), defaults.outDotGeneralCls());
    write(
        ConfigKey.QK_ATTN_WEIGHTS_EINSUM_CLS,
        config.qkAttnWeightsEinsumCls(),
        defaults.qkAttnWeightsEinsumCls());
    write(
        ConfigKey.ATTN_WEIGHTS_VALUE_EINSUM_CLS,
        config.attnWeightsValueEinsumCls(),
        defaults.attnWeightsValueEinsumCls());
  }

  private void write(ConfigKey key, @Nullable Object value, @Nullable Object otherwise) {
    if (!Objects.equals(value, otherwise)) {
      written.put(key.jsonName(), json(key, value));
    }
  }

  private static String json(ConfigKey key, @Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Boolean truth -> truth.toString();
      case Number number -> number.toString();
      case Precision precision -> precision(precision);
      case DType dtype -> JsonText.quote(dtype.toString());
      case Initializer initializer -> initializer(key, initializer);
      default -> throw own(key);
    };
  }

  private static IllegalArgumentException own(ConfigKey key) {
    return new IllegalArgumentException(
        "argument \"" + key.jsonName() + "\": is a user-defined function, which JSON cannot hold");
  }

  private static String precision(Precision precision) {
    List<String> names = precision.names().stream().map(JsonText::quote).toList();
    return names.size() == 1 ? names.getFirst() : "[" + String.join(", ", names) + "]";
  }

  private static String initializer(ConfigKey key, Initializer initializer) {
    Initializer.Spec spec = initializer.spec().orElseThrow(() -> own(key));
    if (spec.parameters().isEmpty()) {
      return JsonText.quote(spec.name());
    }
    return spec.parameters().entrySet().stream()
        .map(each -> JsonText.quote(each.getKey()) + ": " + plain(each.getValue()))
        .collect(Collectors.joining(", ", "{\"name\": " + JsonText.quote(spec.name()) + ", ", "}"));
  }

  private static String plain(Object value) {
    return switch (value) {
      case String text -> JsonText.quote(text);
      case List<?> list ->
          list.stream().map(ConfigText::plain).collect(Collectors.joining(", ", "[", "]"));
      default -> value.toString();
    };
  }
}
