package dev.heddle.linen.internal;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names of arguments in messages: Java's, and Flax's where that differs. */
public final class ArgumentName {
  private static final Pattern WORD = Pattern.compile("_(.)");

  private ArgumentName() {}

  /**
   * The beginning of a message, such as {@code argument "numHeads" (num_heads)}.
   *
   * @param name Flax's name
   */
  public static String argument(String name) {
    return "argument " + quoted(name);
  }

  /** The name alone, {@code "numHeads" (num_heads)}. */
  public static String quoted(String name) {
    String java = WORD.matcher(name).replaceAll(at -> at.group(1).toUpperCase(Locale.ROOT));
    return "\"" + java + "\"" + (java.equals(name) ? "" : " (" + name + ")");
  }
}
