package dev.heddle.io;

import dev.heddle.array.DType;
import dev.heddle.linen.attention.CausalAlignment;
import dev.heddle.linen.attention.SlidingWindow;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The value of a configuration's key, converted to the type that the key requires. Another value is
 * an error that names the file, the key, the position, what was expected and what was found.
 *
 * @param place the file
 * @param key the key
 * @param json the value
 */
record ConfigValue(FileLocation place, String key, Json json) {
  /** The names of the dtypes in PyTorch, ONNX and papers. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of(
          "fp16", "float16",
          "half", "float16",
          "bf16", "bfloat16",
          "fp32", "float32",
          "float", "float32",
          "single", "float32",
          "fp64", "float64",
          "double", "float64");

  boolean isNull() {
    return json instanceof Json.Null;
  }

  int integer() throws CheckpointException {
    if (json instanceof Json.Number number && number.isInteger()) {
      try {
        return Integer.parseInt(number.digits());
      } catch (NumberFormatException e) {
        throw error("expected an integer of at most 32 bits", e);
      }
    }
    throw wrong("an integer");
  }

  double number() throws CheckpointException {
    if (json instanceof Json.Number number) {
      return number.value();
    }
    throw wrong("a number");
  }

  boolean truth() throws CheckpointException {
    if (json instanceof Json.Truth truth) {
      return truth.value();
    }
    throw wrong("true or false");
  }

  String text() throws CheckpointException {
    if (json instanceof Json.Text text) {
      return text.value();
    }
    throw wrong("a string");
  }

  DType dtype() throws CheckpointException {
    List<String> names =
        Arrays.stream(DType.values()).filter(DType::isFloating).map(DType::toString).toList();
    if (!(json instanceof Json.Text text)) {
      throw wrong("the name of a type, as \"float32\"");
    }
    if (!names.contains(text.value())) {
      throw error(
          "expected one of "
              + String.join(", ", names)
              + ", got "
              + json.shown()
              + hint(text.value(), names),
          null);
    }
    return DType.of(text.value());
  }

  private static String hint(String name, List<String> names) {
    String standard = OTHER_NAMES.get(name);
    return standard == null ? Suggest.hint(name, names) : Suggest.hint(standard, List.of(standard));
  }

  CausalAlignment causalAlignment() throws CheckpointException {
    for (CausalAlignment alignment : CausalAlignment.values()) {
      if (json instanceof Json.Text text && text.value().equals(alignment.toString())) {
        return alignment;
      }
    }
    throw wrong("\"top_left\" or \"bottom_right\"");
  }

  SlidingWindow slidingWindow() throws CheckpointException {
    if (!(json instanceof Json.Items items) || items.values().size() != 2) {
      throw wrong("a list of two, [left, right]");
    }
    try {
      return new SlidingWindow(limit(items.values().get(0)), limit(items.values().get(1)));
    } catch (IllegalArgumentException e) {
      throw error(String.valueOf(e.getMessage()), e);
    }
  }

  private @Nullable Integer limit(Json value) throws CheckpointException {
    ConfigValue limit = new ConfigValue(place, key, value);
    return limit.isNull() ? null : limit.integer();
  }

  Precision precision() throws CheckpointException {
    var names = new ArrayList<String>();
    List<Json> values = json instanceof Json.Items items ? items.values() : List.of(json);
    if (json instanceof Json.Items && values.size() != 2) {
      throw wrong("a name, or a list of two");
    }
    for (Json value : values) {
      if (!(value instanceof Json.Text name)) {
        throw wrong("a name, or a list of two");
      }
      names.add(name.value());
    }
    try {
      return new Precision(names);
    } catch (IllegalArgumentException e) {
      throw error(String.valueOf(e.getMessage()), e);
    }
  }

  Initializer initializer() throws CheckpointException {
    try {
      return switch (json) {
        case Json.Text name -> Initializers.byName(name.value());
        case Json.Members members -> initializer(members);
        default ->
            throw wrong("an initializer: its name, or an object with \"name\" and its arguments");
      };
    } catch (IllegalArgumentException e) {
      throw error(String.valueOf(e.getMessage()), e);
    }
  }

  private Initializer initializer(Json.Members members) throws CheckpointException {
    if (!(members.values().get("name") instanceof Json.Text name)) {
      throw error("expected an initializer with its \"name\", a string", null);
    }
    var arguments = new LinkedHashMap<String, Object>();
    for (Map.Entry<String, Json> member : members.values().entrySet()) {
      if (!member.getKey().equals("name")) {
        arguments.put(member.getKey(), argument(member.getKey(), member.getValue()));
      }
    }
    return Initializers.byName(name.value(), arguments);
  }

  private Object argument(String name, Json value) throws CheckpointException {
    return switch (value) {
      case Json.Number number -> plain(number);
      case Json.Text text -> text.value();
      case Json.Truth truth -> truth.value();
      case Json.Items items -> {
        var list = new ArrayList<Object>();
        for (Json item : items.values()) {
          list.add(argument(name, item));
        }
        yield list;
      }
      case Json.Members members -> throw notAnArgument(name, members);
      case Json.Null none -> throw notAnArgument(name, none);
    };
  }

  private CheckpointException notAnArgument(String name, Json value) {
    return new ConfigValue(place, key + "." + name, value).wrong("a number, a string or a list");
  }

  private static Number plain(Json.Number number) {
    double value = number.value();
    if (number.isInteger() && value == (int) value) {
      return (int) value;
    }
    return value;
  }

  /** Null, or the name of the default; other functions cannot be expressed in JSON. */
  void onlyDefaultFunction(String... names) throws CheckpointException {
    boolean named = json instanceof Json.Text text && List.of(names).contains(text.value());
    if (!isNull() && !named) {
      throw error(
          "is a function in Flax, which JSON cannot hold; expected null"
              + (names.length == 0 ? "" : " or " + FileLocation.quoted(names[0]))
              + ", got "
              + json.shown(),
          null);
    }
  }

  private CheckpointException wrong(String expected) {
    return error("expected " + expected + ", got " + json.shown(), null);
  }

  private CheckpointException error(String message, @Nullable Throwable cause) {
    FileLocation here = place.at("key", key);
    String text = message + json.position();
    return cause == null ? here.error(text) : here.error(text, cause);
  }
}
