package dev.heddle.linen.layers;

import dev.heddle.linen.Scope;
import org.jspecify.annotations.Nullable;

/** The argument {@code deterministic}, which is given either to a module or to its call. */
public final class Deterministic {
  private Deterministic() {}

  /** As {@link #merge(String, Boolean, Boolean)}, which builds the path only for a message. */
  public static boolean merge(Scope scope, @Nullable Boolean configured, @Nullable Boolean called) {
    if (configured != null && called == null) {
      return configured;
    }
    if (configured == null && called != null) {
      return called;
    }
    return merge(scope.path(), configured, called);
  }

  /**
   * The one value that was given; Flax's {@code merge_param('deterministic', ...)}.
   *
   * @param path where, for messages
   * @param configured the value of the module
   * @param called the value of the call
   * @throws IllegalArgumentException if both were given or none
   */
  public static boolean merge(String path, @Nullable Boolean configured, @Nullable Boolean called) {
    if (configured != null && called != null) {
      throw new IllegalArgumentException(
          ("%s: argument \"deterministic\": expected once, got %s when the module was built"
                  + " and %s at the call")
              .formatted(path, configured, called));
    }
    if (configured != null) {
      return configured;
    }
    if (called != null) {
      return called;
    }
    throw new IllegalArgumentException(
        ("%s: argument \"deterministic\": expected true or false when the module is built or"
                + " at the call, got none")
            .formatted(path));
  }
}
