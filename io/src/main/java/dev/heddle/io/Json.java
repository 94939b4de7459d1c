package dev.heddle.io;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A JSON text as a tree, parsed strictly: no duplicate keys, nothing after the end, limited depth;
 * {@code NaN} and {@code Infinity} are accepted, as Python writes them. Every value has its
 * position in the text.
 */
sealed interface Json {
  /** The line and column, for errors. */
  String position();

  /** A description of the value, for errors. */
  String shown();

  /** Named values in the order of the text. */
  record Members(SequencedMap<String, Json> values, String position) implements Json {
    @Override
    public String shown() {
      return "an object";
    }
  }

  /** A list. */
  record Items(List<Json> values, String position) implements Json {
    @Override
    public String shown() {
      return "a list";
    }
  }

  /** A string. */
  record Text(String value, String position) implements Json {
    @Override
    public String shown() {
      return FileLocation.quoted(value);
    }
  }

  /**
   * A number.
   *
   * @param digits as in the text
   * @param isInteger whether it has neither a decimal point nor an exponent
   */
  record Number(String digits, boolean isInteger, String position) implements Json {
    /** The nearest float64, which may be NaN or infinite. */
    double value() {
      return switch (digits) {
        case "NaN" -> Double.NaN;
        case "Infinity", "+Infinity", "INF", "+INF" -> Double.POSITIVE_INFINITY;
        case "-Infinity", "-INF" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(digits);
      };
    }

    @Override
    public String shown() {
      return digits.length() > 40 ? digits.substring(0, 40) + "..." : digits;
    }
  }

  /** A boolean. */
  record Truth(boolean value, String position) implements Json {
    @Override
    public String shown() {
      return String.valueOf(value);
    }
  }

  /** {@code null}. */
  record Null(String position) implements Json {
    @Override
    public String shown() {
      return "null";
    }
  }

  /**
   * Parses a text.
   *
   * @param file the file that it comes from, for errors
   */
  static Json parse(Path file, String text) throws CheckpointException {
    try (JsonText json = JsonText.open(FileLocation.of(file), text)) {
      return parse(json);
    }
  }

  /** Parses a text in UTF-8. */
  static Json parse(Path file, byte[] bytes) throws CheckpointException {
    try (JsonText json = JsonText.open(FileLocation.of(file), ByteBuffer.wrap(bytes))) {
      return parse(json);
    }
  }

  private static Json parse(JsonText json) throws CheckpointException {
    json.next();
    Json value = value(json);
    json.end();
    return value;
  }

  private static Json value(JsonText json) throws CheckpointException {
    JsonParser parser = json.parser();
    String position = json.position();
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> members(json, position);
      case START_ARRAY -> {
        var items = new ArrayList<Json>();
        while (json.next() != JsonToken.END_ARRAY) {
          items.add(value(json));
        }
        yield new Items(items, position);
      }
      case VALUE_STRING -> new Text(json.text(), position);
      case VALUE_NUMBER_INT -> new Number(json.text(), true, position);
      case VALUE_NUMBER_FLOAT -> new Number(json.text(), false, position);
      case VALUE_TRUE, VALUE_FALSE -> new Truth(token == JsonToken.VALUE_TRUE, position);
      case VALUE_NULL -> new Null(position);
      case null, default -> throw json.error("expected a value, got " + json.found());
    };
  }

  private static Json members(JsonText json, String position) throws CheckpointException {
    var members = new LinkedHashMap<String, Json>();
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      if (members.containsKey(key)) {
        throw json.error("the key " + FileLocation.quoted(key) + " is given twice");
      }
      json.next();
      members.put(key, value(json));
    }
    return new Members(members, position);
  }
}
