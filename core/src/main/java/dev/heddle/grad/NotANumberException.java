package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.Op;
import dev.heddle.array.op.Compare;
import dev.heddle.array.op.Reduce;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program made a NaN of numbers, where that was to be watched for ({@link Grad#stoppingAtNaN}).
 * The message names the operation.
 */
public final class NotANumberException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private NotANumberException(String message) {
    super(message);
  }

  /** Throws if an operation made a NaN of inputs without one. */
  static void check(Op op, List<Array> inputs, Array output) {
    if (has(output) && inputs.stream().noneMatch(NotANumberException::has)) {
      throw new NotANumberException(
          op.name()
              + ": made NaN from inputs of "
              + inputs.stream()
                  .map(input -> input.dtype().toString() + input.shape())
                  .collect(Collectors.joining(" and "))
              + " without one");
    }
  }

  /** Throws if an operation's derivative made a NaN of a cotangent without one. */
  static void checkDerivative(Op op, Array cotangent, Array part) {
    if (has(part) && !has(cotangent)) {
      throw new NotANumberException(
          op.name()
              + ": its derivative made NaN from a cotangent of "
              + cotangent.dtype()
              + cotangent.shape()
              + " without one");
    }
  }

  private static boolean has(Array array) {
    Array plain = array.untraced();
    return plain.dtype().isFloating() && Reduce.any(Compare.notEqual(plain, plain)).item() != 0;
  }
}
