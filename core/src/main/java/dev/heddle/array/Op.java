package dev.heddle.array;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation on arrays, and its derivative. Every operation of this library runs through {@link
 * #run}, the one place at which a {@link Tracer} listens.
 */
public interface Op {
  /** The operation's name in messages, as JAX calls it. */
  String name();

  /**
   * Computes the result; a pure function of the inputs and this operation's own settings.
   *
   * @param inputs not traced, so that operations used on the way are not recorded
   */
  Array forward(List<Array> inputs);

  /**
   * As {@link #forward}, and keeps what the derivative needs beside inputs and output. Called
   * instead of it where somebody differentiates, but not where somebody differentiates that again:
   * {@link #vjp} may find no residuals where {@link VjpContext#isNested}.
   */
  default ForwardResult forwardWithResiduals(List<Array> inputs) {
    return new ForwardResult(forward(inputs), List.of());
  }

  /**
   * An operation's output and what its derivative needs beside it.
   *
   * @param output the result
   * @param residuals what {@link #forwardWithResiduals} kept, nothing by default
   */
  record ForwardResult(Array output, List<Array> residuals) {}

  /**
   * The vector-Jacobian product: what a change of each input is worth, given what a change of the
   * output is worth. Written with operations on arrays, it can be differentiated again; where
   * {@link VjpContext#isNested}, it has to be.
   *
   * @param call what the operation was given and made
   * @param cotangent of the output's shape and dtype
   * @return an entry for each input: its cotangent, of its shape and dtype; null where none is
   *     {@link VjpContext#wants wanted} or it is zero everywhere
   * @throws UnsupportedOperationException if the operation has no derivative
   */
  default List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
    throw new UnsupportedOperationException(name() + ": has no derivative");
  }

  /**
   * One call of an operation, to be differentiated.
   *
   * @param inputs what it was given
   * @param output what it made
   * @param residuals what {@link #forwardWithResiduals} kept
   * @param wanted for each input whether its cotangent is needed; never that of integers or bool
   * @param isNested whether this derivative is itself being differentiated, by what the operation
   *     was given or by the cotangent: there may be no residuals then
   */
  record VjpContext(
      List<Array> inputs,
      Array output,
      List<Array> residuals,
      List<Boolean> wanted,
      boolean isNested) {
    /** A call that is nested where the output is traced. */
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

  /** Computes an operation and tells the tracer of its inputs, if there is one. */
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
    ForwardResult kept =
        isNested ? new ForwardResult(run(op, primals), List.of()) : op.forwardWithResiduals(all);
    return tracer.record(op, List.of(inputs), all, kept);
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
