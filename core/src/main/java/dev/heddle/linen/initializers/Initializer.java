package dev.heddle.linen.initializers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.random.Key;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Creates the initial value of a parameter, {@code flax.linen.initializers.Initializer}.
 *
 * <p>Those of {@link Initializers} know their names, so that a configuration with them can be
 * saved; a custom one may be any lambda:
 *
 * <pre>{@code
 * Initializer halves = (key, shape, dtype) -> Array.full(0.5, dtype, shape.dims());
 * }</pre>
 *
 * <p>Layers pass flattened shapes: a kernel's has two axes, inputs and outputs, a bias's one.
 */
@FunctionalInterface
public interface Initializer {

  /**
   * The value of a parameter.
   *
   * @param key the random key; the same key gives the same value
   * @param shape the parameter's shape
   * @param dtype the parameter's element type
   * @return an array of that shape and type
   */
  Array init(Key key, Shape shape, DType dtype);

  /**
   * The name and parameters from which {@link Initializers#byName} creates this again, if known.
   */
  default Optional<Spec> spec() {
    return Optional.empty();
  }

  /**
   * The name and parameters of an initializer.
   *
   * @param name its name in {@code flax.linen.initializers}
   * @param parameters those of its arguments that differ from their defaults, by Flax's names, in
   *     Flax's order: doubles, integers, strings, and lists of integers
   */
  record Spec(String name, Map<String, Object> parameters) {
    /** A spec with its own copy of the parameters. */
    public Spec {
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** As a call in Python: {@code normal(stddev=0.02)}. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(name).append('(');
      parameters.forEach((key, value) ->
          text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
              .append(key)
              .append('=')
              .append(value instanceof String ? "\"" + value + "\"" : value));
      return text.append(')').toString();
    }
  }
}
