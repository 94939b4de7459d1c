package dev.heddle.linen.layers;

import java.util.List;
import java.util.Map;

/**
 * The requested precision of a product's two operands, {@code jax.lax.Precision}. On a CPU all are
 * computed in full float32, as in XLA; it is stored so that a configuration is that of Flax.
 *
 * @param names the names as given, one for both operands or one for each
 */
public record Precision(List<String> names) {
  private static final Map<String, Level> LEVELS =
      Map.of(
          "default", Level.DEFAULT,
          "fastest", Level.DEFAULT,
          "bfloat16", Level.DEFAULT,
          "high", Level.HIGH,
          "bfloat16_3x", Level.HIGH,
          "tensorfloat32", Level.HIGH,
          "highest", Level.HIGHEST,
          "float32", Level.HIGHEST);

  /** The fastest on an accelerator. */
  public static final Precision DEFAULT = of("default");

  /** Three passes of bfloat16 on an accelerator. */
  public static final Precision HIGH = of("high");

  /** Full float32. */
  public static final Precision HIGHEST = of("highest");

  /** The three levels. */
  public enum Level {
    /** The fastest. */
    DEFAULT,
    /** More than the fastest. */
    HIGH,
    /** Full float32. */
    HIGHEST
  }

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if there is none or more than two, if one is unknown, or if
   *     one of two is JAX's string and the other the enum's constant
   */
  public Precision {
    names = List.copyOf(names);
    if (names.isEmpty() || names.size() > 2) {
      throw new IllegalArgumentException(
          "argument \"precision\": expected one name or a pair of them, got " + names);
    }
    names.forEach(Precision::level);
    if (isConstant(names.getFirst()) != isConstant(names.getLast())) {
      throw new IllegalArgumentException(
          ("argument \"precision\": expected a pair of one kind, both in lower case (JAX's"
                  + " strings) or both in upper case (constants of lax.Precision), got %s")
              .formatted(names));
    }
  }

  /**
   * A precision for both operands.
   *
   * @param name {@code default}, {@code fastest}, {@code bfloat16}, {@code high}, {@code
   *     bfloat16_3x}, {@code tensorfloat32}, {@code highest} or {@code float32}; or the enum's
   *     constant, {@code DEFAULT}, {@code HIGH} or {@code HIGHEST}
   * @throws IllegalArgumentException if the name is none of these
   */
  public static Precision of(String name) {
    return new Precision(List.of(name));
  }

  /**
   * A precision for each operand.
   *
   * @throws IllegalArgumentException if a name is unknown or they are not of one kind
   */
  public static Precision of(String lhs, String rhs) {
    return new Precision(List.of(lhs, rhs));
  }

  /** The level of the first operand. */
  public Level lhs() {
    return level(names.getFirst());
  }

  /** The level of the second operand. */
  public Level rhs() {
    return level(names.getLast());
  }

  private static boolean isConstant(String name) {
    return !LEVELS.containsKey(name);
  }

  private static Level level(String name) {
    Level level = LEVELS.get(name);
    if (level != null) {
      return level;
    }
    for (Level constant : Level.values()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        ("argument \"precision\": expected one of default, fastest, bfloat16, high,"
                + " bfloat16_3x, tensorfloat32, highest, float32, DEFAULT, HIGH, HIGHEST, got \"%s\"")
            .formatted(name));
  }
}
