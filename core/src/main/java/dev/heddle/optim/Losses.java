package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Gather;
import dev.heddle.array.Reduce;
import dev.heddle.array.Shape;
import dev.heddle.array.Softmax;

/** Loss functions, with Optax's names. */
public final class Losses {
  private Losses() {}

  /**
   * The cross-entropy of class labels, {@code optax.softmax_cross_entropy_with_integer_labels}:
   * {@code logsumexp(logits) - logits[label]}.
   *
   * <pre>{@code
   * Array loss = Reduce.mean(Losses.softmaxCrossEntropyWithIntegerLabels(logits, labels));
   * }</pre>
   *
   * @param logits shape {@code [B..., classes]}, floating-point
   * @param labels class indices, integers, shape {@code [B...]}; negative ones count from the end,
   *     as in {@link Gather}
   * @return shape {@code [B...]}, of the logits' type
   * @throws IllegalArgumentException if types or shapes do not match, or a label is out of range
   */
  public static Array softmaxCrossEntropyWithIntegerLabels(Array logits, Array labels) {
    requireFloating("softmax_cross_entropy_with_integer_labels", "logits", logits);
    int batch = logits.rank() - 1;
    if (batch < 0 || !labels.shape().equals(logits.shape().range(0, batch))) {
      throw Arguments.wrong(
          "softmax_cross_entropy_with_integer_labels",
          "labels",
          "the shape of the logits without the last axis, of " + logits.shape(),
          labels.shape());
    }
    Shape one = labels.shape().append(1);
    Array scores = Gather.takeAlongAxis(logits, labels.reshape(one.dims()), -1);
    return Softmax.logsumexp(logits, -1).minus(scores.reshape(labels.shape().dims()));
  }

  /**
   * The cross-entropy of class probabilities, {@code optax.softmax_cross_entropy}: {@code
   * -sum(labels * log_softmax(logits))}.
   *
   * @param logits shape {@code [B..., classes]}, floating-point
   * @param labels probabilities, of a shape that broadcasts with the logits; each row usually sums
   *     to 1
   * @return shape {@code [B...]}
   * @throws IllegalArgumentException if the logits are not floating-point or have no axis, or the
   *     shapes do not broadcast
   */
  public static Array softmaxCrossEntropy(Array logits, Array labels) {
    requireFloating("softmax_cross_entropy", "logits", logits);
    return Reduce.sum(labels.times(Softmax.logSoftmax(logits, -1)), -1).negate();
  }

  /**
   * Label smoothing (2016), {@code optax.smooth_labels}: {@code (1 - alpha) * labels + alpha /
   * classes}.
   *
   * <pre>{@code
   * Array oneHot = Creation.oneHot(labels, classes, DType.FLOAT32);
   * Array loss = Losses.softmaxCrossEntropy(logits, Losses.smoothLabels(oneHot, 0.1)).mean();
   * }</pre>
   *
   * @param labels probabilities, shape {@code [B..., classes]}, floating-point
   * @param alpha the weight of the uniform distribution, in [0, 1]
   * @return of the labels' shape and type
   * @throws IllegalArgumentException if the labels are not floating-point or have no axis, or alpha
   *     is out of range
   */
  public static Array smoothLabels(Array labels, double alpha) {
    requireFloating("smooth_labels", "labels", labels);
    Arguments.momentum("smooth_labels", "alpha", alpha);
    return labels.times(1 - alpha).plus(alpha / labels.shape().dim(-1));
  }

  /**
   * The elementwise binary cross-entropy, {@code optax.sigmoid_binary_cross_entropy}: {@code
   * -labels * log(sigmoid(logits)) - (1 - labels) * log(sigmoid(-logits))}, without overflow.
   *
   * @param logits floating-point
   * @param labels 0 or 1, or probabilities, of a shape that broadcasts with the logits; converted
   *     to their type
   * @return an element for each logit
   * @throws IllegalArgumentException if the logits are not floating-point or the shapes do not
   *     broadcast
   */
  public static Array sigmoidBinaryCrossEntropy(Array logits, Array labels) {
    requireFloating("sigmoid_binary_cross_entropy", "logits", logits);
    Array truth = labels.astype(logits.dtype());
    Array logP = logSigmoid(logits);
    Array logNotP = logSigmoid(logits.negate());
    Array other = Array.scalar(1, logits.dtype()).minus(truth);
    return truth.negate().times(logP).minus(other.times(logNotP));
  }

  /** {@code jax.nn.log_sigmoid}. */
  private static Array logSigmoid(Array x) {
    return Elementwise.softplus(x.negate()).negate();
  }

  /**
   * {@code (predictions - targets) ** 2}, {@code optax.squared_error}.
   *
   * @param predictions floating-point
   * @param targets of the same shape
   * @throws IllegalArgumentException if the predictions are not floating-point or the shapes differ
   */
  public static Array squaredError(Array predictions, Array targets) {
    return Elementwise.square(errors("squared_error", predictions, targets));
  }

  /** Half the {@link #squaredError}, {@code optax.l2_loss}. */
  public static Array l2Loss(Array predictions, Array targets) {
    return Elementwise.square(errors("l2_loss", predictions, targets)).times(0.5);
  }

  /** The Huber loss with a delta of 1; as {@link #huberLoss(Array, Array, double)}. */
  public static Array huberLoss(Array predictions, Array targets) {
    return huberLoss(predictions, targets, 1);
  }

  /**
   * The Huber loss (1964), {@code optax.huber_loss}: quadratic for errors up to a bound, else
   * linear.
   *
   * @param predictions floating-point
   * @param targets of the same shape
   * @param delta the bound, above 0
   * @throws IllegalArgumentException if the predictions are not floating-point, the shapes differ
   *     or the bound is not above 0
   */
  public static Array huberLoss(Array predictions, Array targets, double delta) {
    Arguments.above0("huber_loss", "delta", delta);
    Array distance = Elementwise.abs(errors("huber_loss", predictions, targets));
    Array quadratic = Elementwise.minimum(distance, Array.scalar(delta, distance.dtype()));
    Array linear = distance.minus(quadratic);
    return Elementwise.square(quadratic).times(0.5).plus(linear.times(delta));
  }

  /** The cosine similarity without a lower bound of the norms; 0/0 for a row of zeros is NaN. */
  public static Array cosineSimilarity(Array predictions, Array targets) {
    return cosineSimilarity(predictions, targets, 0);
  }

  /**
   * The cosine of the angle between vectors, {@code optax.cosine_similarity}.
   *
   * @param predictions shape {@code [B..., features]}, floating-point
   * @param targets of the same shape
   * @param epsilon the lower bound of the squared norms, at least 0
   * @return shape {@code [B...]}; the loss is its negative, or {@link #cosineDistance}
   * @throws IllegalArgumentException if an array is not floating-point or has no axis, the shapes
   *     differ, or epsilon is negative
   */
  public static Array cosineSimilarity(Array predictions, Array targets, double epsilon) {
    requireEqualShapes("cosine_similarity", predictions, targets);
    requireFloating("cosine_similarity", "targets", targets);
    Arguments.atLeast("cosine_similarity", "epsilon", epsilon, 0);
    return Reduce.sum(unit(predictions, epsilon).times(unit(targets, epsilon)), -1);
  }

  private static Array unit(Array x, double epsilon) {
    Array squares = Reduce.sum(Elementwise.square(x), true, -1);
    Array bounded = Elementwise.maximum(squares, Array.scalar(epsilon, x.dtype()));
    return x.dividedBy(Elementwise.sqrt(bounded));
  }

  /** 1 - {@link #cosineSimilarity(Array, Array)}, {@code optax.cosine_distance}. */
  public static Array cosineDistance(Array predictions, Array targets) {
    Array similarity = cosineSimilarity(predictions, targets);
    return Array.scalar(1, similarity.dtype()).minus(similarity);
  }

  /**
   * Requires equal shapes, as Optax does: broadcasting is usually a mistake, such as [B, 1] with
   * [B].
   */
  private static void requireEqualShapes(String loss, Array predictions, Array targets) {
    requireFloating(loss, "predictions", predictions);
    if (!predictions.shape().equals(targets.shape())) {
      throw Arguments.wrong(
          loss, "targets", "the predictions' shape " + predictions.shape(), targets.shape());
    }
  }

  private static Array errors(String loss, Array predictions, Array targets) {
    requireEqualShapes(loss, predictions, targets);
    return predictions.minus(targets);
  }

  private static void requireFloating(String loss, String argument, Array array) {
    if (!array.dtype().isFloating()) {
      throw Arguments.wrong(loss, argument, "a floating-point type", array.dtype());
    }
  }
}
