package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lion, {@code optax.lion}: a chain of {@link ScaleByLion}, weight decay and the learning rate.
 * Immutable; its methods return modified copies; see {@link Optim#lion}.
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

  /** The weight of the moment in an update; 0.9 by default. */
  public Lion b1(double value) {
    return with(scale.b1(value));
  }

  /** The decay rate of the moment; 0.99 by default. */
  public Lion b2(double value) {
    return with(scale.b2(value));
  }

  /** The type of the moment; null, the default, for the parameters' own. */
  public Lion muDtype(@Nullable DType value) {
    return with(scale.muDtype(value));
  }

  /** The factor of the decay, multiplied by the learning rate; 1e-3 by default. */
  public Lion weightDecay(double value) {
    return new Lion(learningRate, scale, Rate.of("weight_decay", value), mask);
  }

  /** As {@link #weightDecay(double)}, by a schedule. */
  public Lion weightDecay(Schedule schedule) {
    return new Lion(learningRate, scale, Rate.of(schedule), mask);
  }

  /** The parameters that decay; all by default. */
  public Lion mask(Mask decaying) {
    return new Lion(learningRate, scale, weightDecay, decaying);
  }

  /** As {@link #mask(Mask)}, selected by path. */
  public Lion mask(Predicate<String> decaying) {
    return mask(Mask.ofPath(decaying));
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return chain.initState(params);
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    return chain.apply(pipeline, state);
  }

  /** The settings, under Optax's names. */
  @Override
  public String toString() {
    return "lion(learning_rate=%s, %s, weight_decay=%s%s)"
        .formatted(learningRate, scale.settings(), weightDecay, mask == null ? "" : ", mask");
  }
}
