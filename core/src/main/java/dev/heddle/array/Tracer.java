package dev.heddle.array;

import java.util.List;

/** Records the operations on the arrays that it traces, for reverse-mode differentiation. */
public interface Tracer {
  /**
   * The nesting depth of this tracer. An operation is recorded by the tracer of the highest level
   * among those of its inputs; the others record the operations on their own primals.
   */
  long level();

  /**
   * Whether operations are still recorded. Until they are not, the elements of an array that this
   * tracer traces cannot be read, since a result computed from them would be a constant.
   */
  default boolean isRecording() {
    return true;
  }

  /**
   * Records an operation that has run on inputs of which at least one is traced by this tracer.
   *
   * @param op the operation, with its settings
   * @param inputs its inputs; those that this tracer traces have a {@link Array#tapeIndex() tape
   *     index}
   * @param primals the inputs without this tracer
   * @param result the output, not traced by this tracer, and the residuals
   * @return the output for the caller, usually {@link Array#traced traced} by this tracer
   */
  Array record(Op op, List<Array> inputs, List<Array> primals, Op.ForwardResult result);
}
