package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import dev.heddle.array.op.Gather;
import dev.heddle.array.op.Softmax;

/** Losses with Optax's names: what optimizers make small. */
public final class Losses {
  private Losses() {}

  /**
   * How far scores are from one class each, {@code
   * optax.softmax_cross_entropy_with_integer_labels}: the logarithm of the sum of their
   * exponentials, minus the score of the class.
   *
   * <pre>{@code
   * Array loss = Reduce.mean(Losses.softmaxCrossEntropyWithIntegerLabels(logits, labels));
   * }</pre>
   *
   * @param logits shape {@code [B..., classes]}, floating-point
   * @param labels numbers of classes, integers, shape {@code [B...]}; as everywhere in {@link
   *     Gather}, negative ones count from the end
   * @return shape {@code [B...]}, of the logits' type
   * @throws IllegalArgumentException if types or shapes do not fit, or a label is outside
   */
  public static Array softmaxCrossEntropyWithIntegerLabels(Array logits, Array labels) {
    if (!logits.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "softmax_cross_entropy_with_integer_labels: argument \"logits\": expected a"
              + " floating-point type, got "
              + logits.dtype());
    }
    int batch = logits.rank() - 1;
    if (batch < 0 || !labels.shape().equals(logits.shape().range(0, batch))) {
      throw new IllegalArgumentException(
          "softmax_cross_entropy_with_integer_labels: expected labels of the shape of the logits"
              + " without the last axis, got labels "
              + labels.shape()
              + " and logits "
              + logits.shape());
    }
    Shape one = labels.shape().append(1);
    Array scores = Gather.takeAlongAxis(logits, labels.reshape(one.dims()), -1);
    return Softmax.logsumexp(logits, -1).minus(scores.reshape(labels.shape().dims()));
  }
}
