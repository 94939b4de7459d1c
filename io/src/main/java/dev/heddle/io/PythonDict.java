package dev.heddle.io;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Python dictionary of strings, booleans and tuples of integers, as in the header of a {@code
 * .npy} file; no other Python syntax is accepted.
 */
final class PythonDict {
  private static final Pattern TEXT = Pattern.compile("'([^'\\\\]*+)'|\"([^\"\\\\]*+)\"");
  private static final Pattern TRUTH = Pattern.compile("(True|False)\\b");
  private static final Pattern NUMBER = Pattern.compile("([0-9]{1,19})L?");
  private static final Pattern SPACE = Pattern.compile("[ \\t\\n\\r\\f]*+");

  private final FileLocation place;
  private final String text;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private int at;

  private PythonDict(FileLocation place, String text) {
    this.place = place;
    this.text = text;
  }

  /** Parses a dictionary. */
  static PythonDict parse(FileLocation place, String text) throws CheckpointException {
    PythonDict dict = new PythonDict(place, text);
    dict.read();
    return dict;
  }

  /** The value of a key, a string. */
  String text(String key) throws CheckpointException {
    if (values.get(key) instanceof String value) {
      return value;
    }
    throw wrong(key, "a string");
  }

  /** The value of a key, a boolean. */
  boolean truth(String key) throws CheckpointException {
    if (values.get(key) instanceof Boolean value) {
      return value;
    }
    throw wrong(key, "True or False");
  }

  /** The value of a key, a tuple of integers. */
  long[] numbers(String key) throws CheckpointException {
    if (values.get(key) instanceof long[] value) {
      return value.clone();
    }
    throw wrong(key, "a tuple of numbers");
  }

  /** Rejects other keys. */
  void only(String... keys) throws CheckpointException {
    for (String key : values.keySet()) {
      if (!Arrays.asList(keys).contains(key)) {
        throw place.error(".npy header: unknown key " + FileLocation.quoted(key));
      }
    }
  }

  private CheckpointException wrong(String key, String expected) {
    return place.error(
        ".npy header: expected "
            + expected
            + " for '"
            + key
            + "', got "
            + FileLocation.quoted(text));
  }

  private CheckpointException malformed(String expected) {
    return place.error(
        ".npy header: expected "
            + expected
            + " at character "
            + (at + 1)
            + " of "
            + FileLocation.quoted(text.strip()));
  }

  private void read() throws CheckpointException {
    expect('{');
    while (!accept('}')) {
      String key = take(TEXT);
      if (key == null) {
        throw malformed("a key in quotes");
      }
      expect(':');
      if (values.put(key, value()) != null) {
        throw place.error(".npy header: the key " + FileLocation.quoted(key) + " is given twice");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    take(SPACE);
    if (at != text.length()) {
      throw malformed("the end");
    }
  }

  private Object value() throws CheckpointException {
    String value = take(TEXT);
    if (value != null) {
      return value;
    }
    value = take(TRUTH);
    if (value != null) {
      return value.equals("True");
    }
    if (accept('[')) {
      throw place.error("structured types are not supported");
    }
    return tuple();
  }

  private long[] tuple() throws CheckpointException {
    expect('(');
    long[] numbers = new long[Limits.MAX_AXES];
    int n = 0;
    while (!accept(')')) {
      String digits = take(NUMBER);
      if (digits == null || n == Limits.MAX_AXES) {
        throw malformed("an integer, of at most " + Limits.MAX_AXES);
      }
      numbers[n++] = number(digits);
      if (!accept(',')) {
        if (n == 1) {
          throw malformed("a comma");
        }
        expect(')');
        break;
      }
    }
    return Arrays.copyOf(numbers, n);
  }

  private long number(String digits) throws CheckpointException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw place.error(".npy header: " + digits + " is too large", e);
    }
  }

  private @Nullable String take(Pattern pattern) {
    if (pattern != SPACE) {
      take(SPACE);
    }
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return null;
    }
    at = matcher.end();
    for (int group = 1; group <= matcher.groupCount(); group++) {
      if (matcher.group(group) != null) {
        return matcher.group(group);
      }
    }
    return "";
  }

  private boolean accept(char c) {
    take(SPACE);
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) throws CheckpointException {
    if (!accept(c)) {
      throw malformed("'" + c + "'");
    }
  }
}
