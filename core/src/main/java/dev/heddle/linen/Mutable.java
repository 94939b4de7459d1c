package dev.heddle.linen;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which collections a call may write: Flax's {@code mutable} argument.
 *
 * <pre>{@code
 * Mutable.of("cache", "intermediates");
 * Mutable.allBut("intermediates"); // what init uses
 * }</pre>
 *
 * @param except whether {@code names} are excluded (Flax's {@code DenyList}) or included
 * @param names the collections named
 */
public record Mutable(boolean except, Set<String> names) {
  private static final Mutable NONE = new Mutable(false, Set.of());

  /** Copies the names. */
  public Mutable {
    names = Set.copyOf(names);
  }

  /** No collection; {@code mutable=False}. */
  public static Mutable none() {
    return NONE;
  }

  /** Every collection; {@code mutable=True}. */
  public static Mutable all() {
    return new Mutable(true, Set.of());
  }

  /** Only the collections named; {@code mutable=['cache', ...]}. */
  public static Mutable of(String... collections) {
    return new Mutable(false, new LinkedHashSet<>(List.of(collections)));
  }

  /** All collections except those named; {@code mutable=DenyList([...])}. */
  public static Mutable allBut(String... collections) {
    return new Mutable(true, new LinkedHashSet<>(List.of(collections)));
  }

  boolean isNone() {
    return !except && names.isEmpty();
  }

  /** Whether a collection may be written; {@code in_filter}. */
  public boolean includes(String collection) {
    return except != names.contains(collection);
  }

  /** These collections and one more. */
  public Mutable and(String collection) {
    Set<String> changed = new LinkedHashSet<>(names);
    if (except) {
      changed.remove(collection);
    } else {
      changed.add(collection);
    }
    return new Mutable(except, changed);
  }
}
