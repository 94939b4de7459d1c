package dev.heddle.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * A JSON text read token by token: strict UTF-8, strict syntax but for {@code NaN} and {@code
 * Infinity} as Python writes them, limited depth; every error names the line and column.
 */
final class JsonText implements AutoCloseable {
  /** The maximum nesting depth of arrays and objects. */
  static final int MAX_LEVELS = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES) // there may be many
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_LEVELS)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE) // Limits checks this and names the tensor
                  .build())
          .build();

  private final JsonParser parser;
  private FileLocation place;

  private JsonText(FileLocation place, JsonParser parser) {
    this.place = place;
    this.parser = parser;
  }

  /** Starts to read UTF-8 bytes. */
  static JsonText open(FileLocation place, ByteBuffer bytes) throws CheckpointException {
    try {
      return open(place, StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      throw place.error("expected JSON in UTF-8, got other bytes", e);
    }
  }

  /** Starts to read a string. */
  static JsonText open(FileLocation place, String text) {
    return new JsonText(place, FACTORY.createParser(ObjectReadContext.empty(), text));
  }

  /** Sets the location that errors name from now on; returns this. */
  JsonText in(FileLocation here) {
    place = here;
    return this;
  }

  /** Jackson's parser, at the current token. */
  JsonParser parser() {
    return parser;
  }

  /** Goes to the next token. */
  JsonToken next() throws CheckpointException {
    JsonToken token = advance();
    if (token == null) {
      throw error("the text ends too early");
    }
    return token;
  }

  /** Goes to the next token, which must be of a kind. */
  void next(JsonToken expected, String words) throws CheckpointException {
    if (next() != expected) {
      throw error("expected " + words + ", got " + found());
    }
  }

  /** Goes to the next key of the current object; null at the object's end. */
  @Nullable String nextName() throws CheckpointException {
    return next() == JsonToken.END_OBJECT ? null : parser.currentName();
  }

  /** The current token's text, which the parser decodes on this call. */
  String text() throws CheckpointException {
    try {
      return parser.getString();
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  /** The current token as an integer that fits 64 bits. */
  long integer() throws CheckpointException {
    try {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        return parser.getLongValue();
      }
    } catch (JacksonException e) {
      throw place.error("expected an integer of at most 64 bits" + position(), e);
    }
    throw error("expected an integer, got " + found());
  }

  /** Skips the next value, of any type. */
  void skip() throws CheckpointException {
    next();
    try {
      parser.skipChildren();
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  /** Requires that only white space follows. */
  void end() throws CheckpointException {
    if (advance() != null) {
      throw error("expected the end of the text, got " + found());
    }
  }

  private @Nullable JsonToken advance() throws CheckpointException {
    try {
      return parser.nextToken();
    } catch (JacksonException e) {
      throw invalid(e);
    }
  }

  private CheckpointException invalid(JacksonException e) {
    return place.error("not valid JSON: " + oneLine(e.getOriginalMessage()) + position(), e);
  }

  private static String oneLine(@Nullable String message) {
    String text = String.valueOf(message).replaceAll("\\s+", " ");
    int source = text.indexOf(" (start marker at"); // Jackson is not given the file's name
    text = source < 0 ? text : text.substring(0, source);
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }

  /** An error at the current token. */
  CheckpointException error(String message) {
    return place.error(message + position());
  }

  /** The current token, shortened, for an error. */
  String found() {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case null -> "the end";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        String digits = parser.getString();
        yield digits.length() > 40 ? digits.substring(0, 40) + "..." : digits;
      }
      default -> String.valueOf(parser.getString());
    };
  }

  /** The line and column of the current token, for an error. */
  String position() {
    var at = parser.currentLocation();
    return " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  /** A string as JSON writes it, in quotes. */
  static String quote(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
  }

  @Override
  public void close() {
    parser.close();
  }
}
