package dev.heddle.array;

/**
 * An element of a traced array was read, JAX's {@code ConcretizationTypeError}. A value that a
 * program computes from a Java number is a constant for the derivative, so the gradient would be
 * silently wrong:
 *
 * <pre>{@code
 * Grad.grad(x -> x.times(x.sum().item()).sum(), at);                    // this exception
 * Grad.grad(x -> x.times(x.sum()).sum(), at);                           // the gradient of sum(x)^2
 * Grad.grad(x -> x.times(Grad.stopGradient(x).sum().item()).sum(), at); // explicitly a constant
 * }</pre>
 *
 * <p>Results that are bool or integers have no derivative and can be read: {@code if
 * (Compare.greater(x.sum(), limit).item() != 0)}. After the differentiation has ended, all arrays
 * can be read.
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
