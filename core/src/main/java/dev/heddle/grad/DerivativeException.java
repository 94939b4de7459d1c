package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.ConcretizationTypeException;
import dev.heddle.array.Op;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The derivative of an operation failed. The message names the operation, its index on the tape,
 * and the types and shapes of its inputs and cotangent; the cause is the original exception.
 */
public final class DerivativeException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private DerivativeException(String message, RuntimeException cause) {
    super(message, cause);
  }

  /**
   * Computes a vector-Jacobian product.
   *
   * @param tapeIndex the operation's entry on the tape, from 0
   * @throws DerivativeException if it throws an exception whose message does not name the operation
   */
  static List<@Nullable Array> locate(Op op, Op.VjpContext call, int tapeIndex, Array cotangent) {
    try {
      return op.vjp(call, cotangent);
    } catch (UnsupportedOperationException
        | ConcretizationTypeException
        | NotANumberException
        | DerivativeException e) {
      throw e; // their messages already name the operation
    } catch (RuntimeException e) {
      throw new DerivativeException(
          "%s: its derivative failed, for inputs %s and a cotangent of %s, at index %d of the tape: %s"
              .formatted(
                  op.name(),
                  call.inputs().stream()
                      .map(DerivativeException::type)
                      .collect(Collectors.joining(", ")),
                  type(cotangent),
                  tapeIndex,
                  e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
          e);
    }
  }

  private static String type(Array array) {
    return array.dtype().toString() + array.shape();
  }
}
