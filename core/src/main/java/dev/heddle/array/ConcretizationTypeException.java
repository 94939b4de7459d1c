package dev.heddle.array;

/**
 * An element was read of an array that depends on what is being differentiated by, JAX's {@code
 * ConcretizationTypeError}. What a program computes from a Java number is a constant for the
 * derivative, so the gradient would be silently wrong:
 *
 * <pre>{@code
 * Grad.grad(x -> x.times(x.sum().item()).sum(), at);                    // this exception
 * Grad.grad(x -> x.times(x.sum()).sum(), at);                           // the gradient of sum(x)^2
 * Grad.grad(x -> x.times(Grad.stopGradient(x).sum().item()).sum(), at); // a constant, as said
 * }</pre>
 *
 * <p>Results that are bool or integers have no derivative and can be read: {@code if
 * (Compare.greater(x.sum(), limit).item() != 0)}. So can all arrays when the differentiation has
 * ended.
 */
public final class ConcretizationTypeException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ConcretizationTypeException(String reader, Array array) {
    super(
        reader
            + ": expected an array that is not being differentiated, got a traced "
            + array.dtype()
            + array.shape()
            + ": what is computed from its elements would be a constant for the gradient; use"
            + " operations on arrays, or Grad.stopGradient(array) where a constant is meant");
  }
}
