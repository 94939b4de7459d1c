package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import dev.heddle.linen.ArgumentException;
import dev.heddle.linen.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Checks the shapes of attention's inputs, once for the whole call and by the names of Flax's
 * arguments.
 */
record InputShapes(Scope scope, AttentionBuilder config, AttentionInputs in) {
  /**
   * Checks that every input is at least a matrix, that the heads divide the features, that no
   * result is too large for an array and, for the default attention function, that all inputs have
   * the same batch axes, keys and values the same length, and that the mask broadcasts.
   *
   * @throws IllegalArgumentException if one does not fit; the message names it
   */
  static void require(Scope scope, AttentionBuilder config, AttentionInputs in) {
    new InputShapes(scope, config, in).require();
  }

  private void require() {
    String ofKeys = in.inputsK() == in.inputsV() ? "inputs_kv" : "inputs_k";
    requireMatrix("inputs_q", in.inputsQ());
    requireMatrix(ofKeys, in.inputsK());
    requireMatrix("inputs_v", in.inputsV());
    if (in.inputsK() != in.inputsQ() || in.inputsV() != in.inputsQ()) {
      requireSameAxes(ofKeys);
    }
    int inputFeatures = in.inputsQ().shape().dim(-1);
    int features = config.qkvFeaturesFor(inputFeatures);
    if (features % config.numHeads != 0) {
      throw scope.error(config.indivisible(features));
    }
    requireSize("queries", in.inputsQ(), features);
    requireSize("keys", in.inputsK(), features);
    requireSize("values", in.inputsV(), features);
    requireSize("output", in.inputsQ(), config.outFeaturesFor(inputFeatures));
    boolean isDecoding = config.decode && (!scope.isInitializing() || DecodeCache.isMade(scope));
    if (config.attentionFn == null && !isDecoding) {
      Shape query = in.inputsQ().shape();
      Shape batch = query.range(0, query.rank() - 2);
      int keys = in.inputsK().shape().dim(-2);
      requireMask(scope, in.mask(), batch.append(config.numHeads, query.dim(-2), keys));
    }
  }

  /** Checks that a mask broadcasts to the scores, {@code [B..., H, Q, K]}. */
  static void requireMask(Scope scope, @Nullable Array mask, Shape scores) {
    if (mask != null && !mask.shape().broadcastsTo(scores)) {
      throw new ArgumentException(
          scope,
          "mask",
          ("attention: argument \"mask\": expected a shape that broadcasts to the scores %s"
                  + " ([batch..., heads, queries, keys]), got %s")
              .formatted(scores, mask.shape()));
    }
  }

  private void requireSameAxes(String ofKeys) {
    if (config.attentionFn == null) {
      requireBatch(ofKeys, in.inputsK());
      requireBatch("inputs_v", in.inputsV());
      int length = in.inputsK().shape().dim(-2);
      if (in.inputsV().shape().dim(-2) != length) {
        throw new ArgumentException(
            scope,
            "inputs_v",
            "argument \"inputs_v\": expected a length of %d, as inputs_k has, got shape %s"
                .formatted(length, in.inputsV().shape()));
      }
    }
  }

  private void requireMatrix(String argument, Array input) {
    if (input.rank() < 2 || input.shape().dim(-1) == 0) {
      throw new ArgumentException(
          scope,
          argument,
          ("argument \"%s\": expected shape [batch..., length, features] with at least one"
                  + " feature, got %s")
              .formatted(argument, input.shape()));
    }
  }

  private void requireBatch(String argument, Array input) {
    Shape query = in.inputsQ().shape();
    boolean fits = input.rank() == query.rank();
    for (int axis = 0; fits && axis < query.rank() - 2; axis++) {
      fits = input.shape().dim(axis) == query.dim(axis);
    }
    if (!fits) {
      throw new ArgumentException(
          scope,
          argument,
          "argument \"%s\": expected the batch axes %s of inputs_q, got shape %s"
              .formatted(argument, query.range(0, query.rank() - 2), input.shape()));
    }
  }

  private void requireSize(String result, Array input, int features) {
    long rows = input.shape().count() / input.shape().dim(-1);
    if (rows > Shape.MAX_SIZE / features) {
      throw scope.error(
          "%s: expected at most %d elements, got %s, which has more"
              .formatted(result, Shape.MAX_SIZE, input.shape().with(-1, features)));
    }
  }
}
