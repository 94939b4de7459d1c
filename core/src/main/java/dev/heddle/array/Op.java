package dev.heddle.array;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation on arrays. Every operation of this library runs through {@link #run}, the one place
 * at which a {@link Tracer} listens.
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

  /** Computes an operation and tells the tracer of its inputs, if there is one. */
  static Array run(Op op, Array... inputs) {
    List<Array> all = List.of(inputs);
    Tracer tracer = tracerOf(inputs);
    if (tracer == null) {
      return op.forward(all);
    }
    Array[] untraced = new Array[inputs.length];
    for (int i = 0; i < untraced.length; i++) {
      untraced[i] = inputs[i].traced(null);
    }
    return tracer.record(op, all, op.forward(List.of(untraced)));
  }

  private static @Nullable Tracer tracerOf(Array... inputs) {
    for (Array input : inputs) {
      if (input.tracer() != null) {
        return input.tracer();
      }
    }
    return null;
  }
}
