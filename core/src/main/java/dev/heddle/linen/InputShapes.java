package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;

/** Checks the shapes of attention's inputs, where they come in and by the names they came with. */
final class InputShapes {
  private InputShapes() {}

  /**
   * Checks that every input is a matrix at least and, for attention's own function, that all have
   * the same batch axes and keys and values the same length.
   *
   * @param scope where, for messages
   * @param areOwn whether the attention function is not one of the user's own, which may take other
   *     shapes
   * @throws IllegalArgumentException if one does not fit; the message names it
   */
  static void require(Scope scope, AttentionInputs in, boolean areOwn) {
    boolean isOne = in.inputsK() == in.inputsV(); // then given as inputs_kv
    String ofKeys = isOne ? "inputs_kv" : "inputs_k";
    requireMatrix(scope, "inputs_q", in.inputsQ());
    requireMatrix(scope, ofKeys, in.inputsK());
    requireMatrix(scope, "inputs_v", in.inputsV());
    if (areOwn) {
      requireBatch(scope, ofKeys, in.inputsK(), in.inputsQ());
      requireBatch(scope, "inputs_v", in.inputsV(), in.inputsQ());
      int length = in.inputsK().shape().dim(-2);
      if (in.inputsV().shape().dim(-2) != length) {
        throw scope.error(
            "argument \"inputs_v\": expected a length of %d, as inputs_k has, got shape %s"
                .formatted(length, in.inputsV().shape()));
      }
    }
  }

  private static void requireMatrix(Scope scope, String argument, Array input) {
    if (input.rank() < 2 || input.shape().dim(-1) == 0) {
      throw scope.error(
          "argument \""
              + argument
              + "\": expected shape [batch..., length, features] with at least"
              + " one feature, got "
              + input.shape());
    }
  }

  private static void requireBatch(Scope scope, String argument, Array input, Array query) {
    Shape expected = query.shape().range(0, query.rank() - 2);
    if (!input.shape().range(0, input.rank() - 2).equals(expected)) {
      throw scope.error(
          "argument \"%s\": expected the batch axes %s of inputs_q, got shape %s"
              .formatted(argument, expected, input.shape()));
    }
  }
}
