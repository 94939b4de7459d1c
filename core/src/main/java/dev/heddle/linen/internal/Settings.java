package dev.heddle.linen.internal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A module's settings by name, and as text: {@code Dense(features=4, use_bias=true)}. */
public final class Settings {
  private final String type;
  private final Map<String, Object> values = new LinkedHashMap<>();

  private Settings(String type) {
    this.type = type;
  }

  /** Of a type, with no settings yet. */
  public static Settings of(String type) {
    return new Settings(type);
  }

  /** With one more setting; one that is null is left out. */
  public Settings add(String name, @Nullable Object value) {
    if (value != null) {
      values.put(name, value);
    }
    return this;
  }

  /** The settings in the order in which they were added. */
  public Map<String, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  private static String text(Object value) {
    boolean isOwn = value.toString().equals(identity(value));
    return isOwn ? value.getClass().getSimpleName() : value.toString();
  }

  /** The result of {@link Object#toString}, which a user's function has. */
  private static String identity(Object value) {
    return value.getClass().getName() + "@" + Integer.toHexString(value.hashCode());
  }

  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
        .collect(Collectors.joining(", ", type + "(", ")"));
  }
}
