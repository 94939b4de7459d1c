package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.Op;
import dev.heddle.array.Reduce;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An operation produced NaN from inputs without NaN, in {@link Grad#stoppingAtNaN}. The message
 * names the operation.
 */
public final class NotANumberException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private NotANumberException(String message) {
    super(message);
  }

  /** Throws if an operation produced NaN from inputs without NaN. */
  static void check(Op op, List<Array> inputs, Array output) {
    if (hasNaN(output) && inputs.stream().noneMatch(NotANumberException::hasNaN)) {
      throw new NotANumberException(
          "%s: produced NaN from inputs of %s without NaN"
              .formatted(
                  op.name(),
                  inputs.stream()
                      .map(input -> input.dtype().toString() + input.shape())
                      .collect(Collectors.joining(" and "))));
    }
  }

  /** Throws if an operation's derivative produced NaN from a cotangent without NaN. */
  static void checkDerivative(Op op, Array cotangent, Array part) {
    if (hasNaN(part) && !hasNaN(cotangent)) {
      throw new NotANumberException(
          "%s: its derivative produced NaN from a cotangent of %s%s without NaN"
              .formatted(op.name(), cotangent.dtype(), cotangent.shape()));
    }
  }

  private static boolean hasNaN(Array array) {
    Array plain = array.untraced();
    return plain.dtype().isFloating() && Reduce.any(Compare.notEqual(plain, plain)).item() != 0;
  }
}
