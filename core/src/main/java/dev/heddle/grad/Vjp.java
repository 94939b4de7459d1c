package dev.heddle.grad;

import dev.heddle.array.Array;
import java.util.List;
import java.util.function.Function;

/**
 * The output of a program and its vector-Jacobian product; see {@link Grad#vjp}.
 *
 * @param <T> the type of the argument
 * @param <U> the type of the output
 */
public final class Vjp<T, U> {
  private final U output;
  private final Function<U, T> pullback;

  Vjp(U output, Function<U, T> pullback) {
    this.output = output;
    this.pullback = pullback;
  }

  /** What the program returned. */
  public U output() {
    return output;
  }

  /**
   * The cotangent of the argument for a cotangent of the output. May be called any number of times,
   * by one thread at a time.
   *
   * @param cotangent a tree with the output's structure, shapes and dtypes
   * @throws IllegalArgumentException if the number, a shape or a dtype of its leaves differs
   */
  public T pullback(U cotangent) {
    return pullback.apply(cotangent);
  }

  static List<Array> requireLike(List<Array> outputs, List<Array> cotangents) {
    if (outputs.size() != cotangents.size()) {
      throw new IllegalArgumentException(
          "vjp: argument \"cotangent\": expected %d arrays, got %d"
              .formatted(outputs.size(), cotangents.size()));
    }
    for (int i = 0; i < outputs.size(); i++) {
      Array output = outputs.get(i);
      Array cotangent = cotangents.get(i);
      if (output.dtype() != cotangent.dtype() || !output.shape().equals(cotangent.shape())) {
        throw new IllegalArgumentException(
            "vjp: argument \"cotangent\": expected %s%s, as the output, got %s%s"
                .formatted(output.dtype(), output.shape(), cotangent.dtype(), cotangent.shape()));
      }
    }
    return cotangents;
  }
}
