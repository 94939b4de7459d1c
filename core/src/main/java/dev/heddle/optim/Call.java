package dev.heddle.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The call that makes a transformation, with Optax's names: its text, and what makes two
 * transformations equal.
 *
 * @param arguments without those that are null
 */
record Call(String name, List<Argument> arguments) {
  /** An argument; one by position has an empty name. */
  private record Argument(String name, Object value) {
    /** {@code name=value}; functions have no text of their own. */
    @Override
    public String toString() {
      boolean isFunction = value instanceof Mask || value instanceof IntUnaryOperator;
      return (name.isEmpty() ? "" : name + "=") + (isFunction ? "<function>" : value);
    }
  }

  Call(String name) {
    this(name, List.of());
  }

  Call with(String argument, @Nullable Object value) {
    return value == null ? this : with(List.of(new Argument(argument, value)));
  }

  /** With the arguments of another transformation, if there is one. */
  Call with(@Nullable FusableTransformation part) {
    return part == null ? this : with(part.call().arguments);
  }

  private Call with(List<Argument> more) {
    List<Argument> all = new ArrayList<>(arguments);
    all.addAll(more);
    return new Call(name, List.copyOf(all));
  }

  @Override
  public String toString() {
    return arguments.stream()
        .map(Argument::toString)
        .collect(Collectors.joining(", ", name + "(", ")"));
  }
}
