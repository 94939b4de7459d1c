package dev.heddle.linen.internal;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A module's settings as text: {@code Dense(features=4, use_bias=true)}. */
public final class Settings {
  private final StringJoiner text;

  private Settings(String type) {
    text = new StringJoiner(", ", type + "(", ")");
  }

  /** Of a type, with no settings yet. */
  public static Settings of(String type) {
    return new Settings(type);
  }

  /** With one more setting; one that is null is left out. */
  public Settings add(String name, @Nullable Object value) {
    if (value != null) {
      boolean isOwn = value.toString().equals(identity(value));
      text.add(name + "=" + (isOwn ? value.getClass().getSimpleName() : value));
    }
    return this;
  }

  /** What {@link Object#toString} gives, for a function of the user's own. */
  private static String identity(Object value) {
    return value.getClass().getName() + "@" + Integer.toHexString(value.hashCode());
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
