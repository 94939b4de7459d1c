package dev.heddle.linen.initializers;

import dev.heddle.array.DType;
import dev.heddle.linen.initializers.Initializer.Spec;
import dev.heddle.linen.initializers.VarianceScaling.Axes;
import dev.heddle.linen.internal.Nearest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an initializer, checked as they are read. Those that differ from their defaults
 * form the {@link #spec}.
 */
final class InitializerArguments {
  private final String initializer;
  private final Map<String, ?> given;
  private final Map<String, Object> read = new LinkedHashMap<>();

  /**
   * Arguments of known names.
   *
   * @throws IllegalArgumentException if a name is not among the known ones
   */
  InitializerArguments(String initializer, Map<String, ?> given, List<String> known) {
    this.initializer = initializer;
    this.given = given;
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "initializer \"%s\": expected %s, got \"%s\"%s"
                .formatted(
                    initializer,
                    known.isEmpty() ? "no arguments" : "arguments among " + known,
                    name,
                    Nearest.suggestion(name, known)));
      }
    }
    Object dtype = given.get("dtype");
    if (dtype != null
        && Arrays.stream(DType.values()).noneMatch(type -> type.toString().equals(dtype))) {
      throw wrong("dtype", "the name of a type, as \"float32\"", dtype);
    }
  }

  /** The initializer's name and the arguments read so far, without those at their defaults. */
  Spec spec() {
    return new Spec(initializer, read);
  }

  private <T> T record(String name, T value, @Nullable T otherwise) {
    if (!value.equals(otherwise)) {
      read.put(name, value);
    }
    return value;
  }

  /** A finite number; required if there is no default. */
  double number(String name, @Nullable Double otherwise) {
    double value = anyNumber(name, otherwise);
    if (!Double.isFinite(value)) {
      throw wrong(name, "a finite number", value);
    }
    return value;
  }

  /** As {@link #number}; may be infinite or NaN. */
  double anyNumber(String name, @Nullable Double otherwise) {
    Object value = given.containsKey(name) ? given.get(name) : otherwise;
    if (!(value instanceof Number number)) {
      throw wrong(name, "a finite number", value);
    }
    return record(name, number.doubleValue(), otherwise);
  }

  /** An integer. */
  int integer(String name, int otherwise) {
    return given.containsKey(name)
        ? record(name, integer(name, given.get(name)), otherwise)
        : otherwise;
  }

  private int integer(String name, @Nullable Object value) {
    if (!(value instanceof Number number) || number.doubleValue() != number.intValue()) {
      throw wrong(name, "an integer", value);
    }
    return number.intValue();
  }

  /** The roles of axes, {@code in_axis}, {@code out_axis} and {@code batch_axis}. */
  Axes axes() {
    return new Axes(
        axes("in_axis", Axes.DEFAULT.in()),
        axes("out_axis", Axes.DEFAULT.out()),
        axes("batch_axis", Axes.DEFAULT.batch()));
  }

  /** Axes: an integer or a list of them. */
  private List<Integer> axes(String name, List<Integer> otherwise) {
    if (!given.containsKey(name)) {
      return otherwise;
    }
    Object value = given.get(name);
    List<?> axes = value instanceof List<?> list ? list : Arrays.asList(value);
    return record(name, axes.stream().map(axis -> integer(name, axis)).toList(), otherwise);
  }

  /** A required value of an enumeration, by its name in Flax. */
  <E extends Enum<E>> E choice(String name, E[] choices) {
    Object value = given.get(name);
    for (E choice : choices) {
      if (choice.toString().equals(value)) {
        read.put(name, value);
        return choice;
      }
    }
    List<String> names = Arrays.stream(choices).map(Enum::toString).toList();
    String expected =
        names.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(" or "));
    String hint = value instanceof String text ? Nearest.suggestion(text, names) : "";
    throw new IllegalArgumentException(wrong(name, expected, value).getMessage() + hint);
  }

  private IllegalArgumentException wrong(String name, String expected, @Nullable Object value) {
    String got =
        value == null ? "nothing" : value instanceof String ? "\"" + value + "\"" : "" + value;
    return new IllegalArgumentException(
        "initializer \"%s\": argument \"%s\": expected %s, got %s"
            .formatted(initializer, name, expected, got));
  }
}
