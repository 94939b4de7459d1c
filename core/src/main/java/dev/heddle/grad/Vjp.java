package dev.heddle.grad;

import dev.heddle.array.Array;
import java.util.List;
import java.util.function.Function;

/**
 * An output and the way back from it; see {@link Grad#vjp}.
 *
 * @param <T> what was differentiated by
 * @param <U> what came out
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
   * What a change of each input is worth, given what a change of each output is worth. May be asked
   * any number of times, by one thread at a time.
   *
   * @param cotangent a tree as the output, of its shapes and dtypes
   * @throws IllegalArgumentException if it is another
   */
  public T pullback(U cotangent) {
    return pullback.apply(cotangent);
  }

  static List<Array> requireLike(List<Array> outputs, List<Array> cotangents) {
    if (outputs.size() != cotangents.size()) {
      throw new IllegalArgumentException(
          "vjp: expected " + outputs.size() + " cotangents, got " + cotangents.size());
    }
    for (int i = 0; i < outputs.size(); i++) {
      Array output = outputs.get(i);
      Array cotangent = cotangents.get(i);
      if (output.dtype() != cotangent.dtype() || !output.shape().equals(cotangent.shape())) {
        throw new IllegalArgumentException(
            "vjp: expected a cotangent of "
                + output.dtype()
                + output.shape()
                + ", as the output, got "
                + cotangent.dtype()
                + cotangent.shape());
      }
    }
    return cotangents;
  }
}
