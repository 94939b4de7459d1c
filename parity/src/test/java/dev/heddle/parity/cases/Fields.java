package dev.heddle.parity.cases;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object: names and values, which are {@code Fields}, lists, strings, {@code Long}s, {@code
 * Double}s, booleans or null.
 */
public final class Fields {
  /** No fields. */
  public static final Fields NONE = new Fields(Map.of());

  private final Map<String, @Nullable Object> values;

  Fields(Map<String, @Nullable Object> values) {
    this.values = new LinkedHashMap<>(values);
  }

  /** The names, in the order of the text. */
  public Set<String> names() {
    return values.keySet();
  }

  /** Whether there is a value of the name that is not null. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** The value of a name; null if it is missing. */
  public @Nullable Object find(String name) {
    return values.get(name);
  }

  /** The value of a required name. */
  public Object get(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new NoSuchElementException("expected a field \"" + name + "\" among " + names());
    }
    return value;
  }

  /** A string. */
  public String text(String name) {
    return (String) get(name);
  }

  /** A boolean; false if it is missing. */
  public boolean flag(String name) {
    return has(name) && (Boolean) get(name);
  }

  /** A number. */
  public double number(String name) {
    return ((Number) get(name)).doubleValue();
  }

  /** An integer. */
  public long whole(String name) {
    return (Long) get(name);
  }

  /** An integer of 32 bits. */
  public int integer(String name) {
    return Math.toIntExact(whole(name));
  }

  /** An object; empty if it is missing. */
  public Fields fields(String name) {
    return has(name) ? (Fields) get(name) : NONE;
  }

  /** A list. */
  public List<?> list(String name) {
    return (List<?>) get(name);
  }

  /** An integer or a list of them. */
  public int[] integers(String name) {
    Object value = get(name);
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    return all.stream().mapToInt(one -> Math.toIntExact((Long) one)).toArray();
  }

  /** A copy with the value of a name replaced. */
  public Fields with(String name, Object value) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(values);
    changed.put(name, value);
    return new Fields(changed);
  }

  /** The values by name, without these. */
  public Map<String, @Nullable Object> without(String... names) {
    Map<String, @Nullable Object> rest = new LinkedHashMap<>(values);
    rest.keySet().removeAll(Set.of(names));
    return rest;
  }

  /** The text of the object, JSON as Python writes it. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(field -> json(field.getKey()) + ": " + json(field.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String json(@Nullable Object value) {
    return switch (value) {
      case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
      case List<?> items ->
          items.stream().map(Fields::json).collect(Collectors.joining(", ", "[", "]"));
      case null, default -> String.valueOf(value);
    };
  }
}
