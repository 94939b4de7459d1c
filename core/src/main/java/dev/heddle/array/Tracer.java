package dev.heddle.array;

import java.util.List;

/** What listens to operations on the arrays it has marked: a tape that is to be played back. */
public interface Tracer {
  /**
   * How deep this tracer lies in others: of the tracers that marked an operation's inputs, the one
   * with the highest level hears of it, and the others of the operation on what it had marked.
   */
  long level();

  /**
   * Whether operations are still recorded. Until they are not, the elements of an array that this
   * tracer marked cannot be read: what is computed from them would be a constant.
   */
  default boolean isListening() {
    return true;
  }

  /**
   * Told after an operation has run on inputs of which at least one carries this tracer.
   *
   * @param op the operation, with its settings
   * @param inputs what it was given; those this tracer marked have {@link Array#number its number}
   * @param primals the inputs as they were before this tracer marked them
   * @param kept what it made of them, not marked by this tracer
   * @return the output as the caller gets it, usually {@link Array#marked marked} by this tracer
   */
  Array record(Op op, List<Array> inputs, List<Array> primals, Op.Kept kept);
}
