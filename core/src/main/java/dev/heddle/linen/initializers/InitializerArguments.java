package dev.heddle.linen.initializers;

import dev.heddle.array.DType;
import dev.heddle.linen.internal.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The arguments of an initializer as a configuration gives them, checked one by one. */
final class InitializerArguments {
  private final String initializer;
  private final Map<String, ?> given;

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
            "initializer \""
                + initializer
                + "\": expected "
                + (known.isEmpty() ? "no arguments" : "arguments among " + known)
                + ", got \""
                + name
                + "\""
                + Nearest.suggestion(name, known));
      }
    }
    Object dtype = given.get("dtype");
    if (dtype != null) {
      checkType(dtype);
    }
  }

  private void checkType(Object dtype) {
    if (!(dtype instanceof String name)
        || Arrays.stream(DType.values()).noneMatch(known -> known.toString().equals(name))) {
      throw wrong("dtype", "the name of a type, as \"float32\"", dtype);
    }
  }

  /** A finite number that must be there. */
  double number(String name) {
    Object value = given.get(name);
    if (!(value instanceof Number number) || !Double.isFinite(number.doubleValue())) {
      throw wrong(name, "a finite number", value);
    }
    return number.doubleValue();
  }

  /** A finite number. */
  double number(String name, double otherwise) {
    return given.containsKey(name) ? number(name) : otherwise;
  }

  /** An integer. */
  int integer(String name, int otherwise) {
    return given.containsKey(name) ? integer(name, given.get(name)) : otherwise;
  }

  private int integer(String name, @Nullable Object value) {
    if (!(value instanceof Number number) || number.doubleValue() != number.intValue()) {
      throw wrong(name, "an integer", value);
    }
    return number.intValue();
  }

  /** Axes: an integer or a list of them. */
  List<Integer> axes(String name, List<Integer> otherwise) {
    if (!given.containsKey(name)) {
      return otherwise;
    }
    Object value = given.get(name);
    if (!(value instanceof List<?> list)) {
      return List.of(integer(name, value));
    }
    List<Integer> axes = new ArrayList<>();
    for (Object axis : list) {
      axes.add(integer(name, axis));
    }
    return axes;
  }

  /** One of the values of an enumeration, by its name in Flax, that must be there. */
  <E extends Enum<E>> E choice(String name, E[] choices) {
    Object value = given.get(name);
    for (E choice : choices) {
      if (choice.toString().equals(value)) {
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
        "initializer \""
            + initializer
            + "\": argument \""
            + name
            + "\": expected "
            + expected
            + ", got "
            + got);
  }
}
