package dev.heddle.array;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation on arrays, and its derivative. Every operation of this library runs through {@link
 * #run}, the only place at which a {@link Tracer} records.
 */
public interface Op {
  /** The operation's name in messages, as JAX calls it. */
  String name();

  /**
   * Computes the result; a pure function of the inputs and this operation's settings.
   *
   * @param inputs not traced, so that the operations used inside are not recorded
   */
  Array forward(List<Array> inputs);

  /**
   * As {@link #forward}, and returns the residuals, which the derivative needs beside inputs and
   * output. Called instead of it where the operation is differentiated once; for higher
   * derivatives, where {@link VjpContext#isNested}, {@link #vjp} may get no residuals.
   */
  default ForwardResult forwardWithResiduals(List<Array> inputs) {
    return new ForwardResult(forward(inputs), List.of());
  }

  /**
   * An operation's output and its residuals.
   *
   * @param output the result
   * @param residuals arrays for {@link #vjp}, none by default
   */
  record ForwardResult(Array output, List<Array> residuals) {}

  /**
   * The vector-Jacobian product: the cotangent of each input for a cotangent of the output. Written
   * with operations on arrays, it is differentiable; where {@link VjpContext#isNested}, it must be.
   *
   * @param call the inputs, the output and the residuals
   * @param cotangent of the output's shape and dtype
   * @return the cotangent of each input, of its shape and dtype; null where it is not {@link
   *     VjpContext#wants wanted} or is zero everywhere
   * @throws UnsupportedOperationException if the operation has no derivative
   */
  default List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
    throw new UnsupportedOperationException(name() + ": has no derivative");
  }

  /**
   * One call of an operation whose derivative is computed.
   *
   * @param inputs the inputs
   * @param output the output
   * @param residuals those of {@link #forwardWithResiduals}
   * @param wanted whether each input's cotangent is needed; never true for integers or bool
   * @param isNested whether this derivative is itself differentiated, with respect to an input or
   *     the cotangent; there may be no residuals then
   */
  record VjpContext(
      List<Array> inputs,
      Array output,
      List<Array> residuals,
      List<Boolean> wanted,
      boolean isNested) {
    /** A call, nested if the output is traced. */
    public VjpContext(
        List<Array> inputs, Array output, List<Array> residuals, List<Boolean> wanted) {
      this(inputs, output, residuals, wanted, output.tracer() != null);
    }

    /** An input. */
    public Array input(int index) {
      return inputs.get(index);
    }

    /** Whether an input's cotangent is needed. */
    public boolean wants(int index) {
      return wanted.get(index);
    }
  }

  /** Runs an operation, and records it if an input is traced. */
  static Array run(Op op, Array... inputs) {
    Tracer tracer = innermost(inputs);
    return tracer == null ? op.forward(List.of(inputs)) : record(op, tracer, inputs);
  }

  private static Array record(Op op, Tracer tracer, Array... inputs) {
    Array[] primals = new Array[inputs.length];
    for (int i = 0; i < primals.length; i++) {
      primals[i] = inputs[i].tracer() == tracer ? inputs[i].primal() : inputs[i];
    }
    List<Array> all = List.of(primals);
    boolean isNested = innermost(primals) != null;
    ForwardResult result =
        isNested ? new ForwardResult(run(op, primals), List.of()) : op.forwardWithResiduals(all);
    return tracer.record(op, List.of(inputs), all, result);
  }

  private static @Nullable Tracer innermost(Array... inputs) {
    Tracer innermost = null;
    for (Array input : inputs) {
      Tracer tracer = input.tracer();
      if (tracer != null && (innermost == null || tracer.level() > innermost.level())) {
        innermost = tracer;
      }
    }
    return innermost;
  }
}
