package dev.heddle.io;

import dev.heddle.array.DType;
import dev.heddle.linen.attention.CausalAlignment;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.attention.SlidingWindow;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.layers.Precision;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a configuration: the number of heads, and the arguments that differ from the defaults. */
final class ConfigText {
  private ConfigText() {}

  static String of(MultiHeadDotProductAttention attention) {
    Map<String, Object> defaults =
        MultiHeadDotProductAttention.builder().numHeads(1).build().settings();
    return attention.settings().entrySet().stream()
        .filter(entry ->
            entry.getKey().equals(ConfigKey.NUM_HEADS.jsonName())
                || !entry.getValue().equals(defaults.get(entry.getKey())))
        .map(
            entry -> JsonText.quote(entry.getKey()) + ": " + json(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String json(String key, Object value) {
    return switch (value) {
      case Boolean truth -> truth.toString();
      case Number number -> number.toString();
      case Precision precision -> precision(precision);
      case DType dtype -> JsonText.quote(dtype.toString());
      case CausalAlignment alignment -> JsonText.quote(alignment.toString());
      case SlidingWindow window -> window.toString();
      case Initializer initializer -> initializer(key, initializer);
      default -> throw own(key);
    };
  }

  private static IllegalArgumentException own(String key) {
    return new IllegalArgumentException(
        "argument \"" + key + "\": is a user-defined function, which JSON cannot hold");
  }

  private static String precision(Precision precision) {
    List<String> names = precision.names().stream().map(JsonText::quote).toList();
    return names.size() == 1 ? names.getFirst() : "[" + String.join(", ", names) + "]";
  }

  private static String initializer(String key, Initializer initializer) {
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
