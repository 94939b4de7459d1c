package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lion, {@code optax.lion}: a chain of {@link ScaleByLion}, the decayed weights and the learning
 * rate. Immutable, each setting gives a new one; {@link Optim#lion} makes the first.
 */
public final class Lion extends FusableTransformation {
  private final Rate learningRate;
  private final ScaleByLion scale;
  private final Rate weightDecay;
  private final @Nullable Mask mask;
  private final Chain chain;

  Lion(Rate learningRate, ScaleByLion scale, Rate weightDecay, @Nullable Mask mask) {
    this.learningRate = learningRate;
    this.scale = scale;
    this.weightDecay = weightDecay;
    this.mask = mask;
    this.chain =
        new Chain(scale, new AddDecayedWeights(weightDecay, mask), new Scale(learningRate, -1));
  }

  private Lion with(ScaleByLion other) {
    return new Lion(learningRate, other, weightDecay, mask);
  }

  /** How much of the mean goes into an update; 0.9 by default. */
  public Lion b1(double value) {
    return with(scale.b1(value));
  }

  /** How much of the mean is kept in a step; 0.99 by default. */
  public Lion b2(double value) {
    return with(scale.b2(value));
  }

  /** The type of the mean; null, the default, for the parameters' own. */
  public Lion muDtype(@Nullable DType value) {
    return with(scale.muDtype(value));
  }

  /** What part of the parameters is taken off, times the learning rate; 1e-3 by default. */
  public Lion weightDecay(double value) {
    return new Lion(learningRate, scale, Rate.of("weight_decay", value), mask);
  }

  /** As {@link #weightDecay(double)}, another number for each step. */
  public Lion weightDecay(Schedule schedule) {
    return new Lion(learningRate, scale, Rate.of(schedule), mask);
  }

  /** Which parameters decay; all by default. */
  public Lion mask(Mask decaying) {
    return new Lion(learningRate, scale, weightDecay, decaying);
  }

  /** As {@link #mask(Mask)}, by the parameter's path. */
  public Lion mask(Predicate<String> decaying) {
    return mask(Mask.ofPath(decaying));
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    return chain.begin(params);
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    return chain.pass(work, state);
  }

  /** The settings as Optax names them. */
  @Override
  public String toString() {
    return "lion(learning_rate=%s, %s, weight_decay=%s%s)"
        .formatted(learningRate, scale.settings(), weightDecay, mask == null ? "" : ", mask");
  }
}
