package dev.heddle.array;

import java.util.List;

/** What listens to operations on the arrays it has marked: a tape that is to be played back. */
public interface Tracer {
  /**
   * Told after an operation has run on inputs of which at least one carries this tracer.
   *
   * @param op the operation, with its settings
   * @param inputs what it was given
   * @param output what it made, not marked
   * @return the output as the caller gets it, usually {@link Array#traced marked} with this tracer
   */
  Array record(Op op, List<Array> inputs, Array output);
}
