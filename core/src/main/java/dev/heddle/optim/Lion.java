package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lion: {@code optax.lion}, without a learning rate {@code optax.scale_by_lion}. A chain of the
 * sign of an interpolation of gradient and moment, the weight decay and the learning rate, as far
 * as they are given. Immutable; its methods return modified copies; see {@link Optim#lion} and
 * {@link Optim#scaleByLion}.
 *
 * <p>The state of the first part is {@code count} and {@code mu}.
 */
public final class Lion extends FusableTransformation {
  private final @Nullable Rate learningRate;
  private final ScaleByLion scale;
  private final @Nullable AddDecayedWeights decay;
  private final FusableTransformation parts;

  Lion(@Nullable Rate learningRate, ScaleByLion scale, @Nullable AddDecayedWeights decay) {
    this.learningRate = learningRate;
    this.scale = scale;
    this.decay = decay;
    this.parts = Chain.of(scale, decay, learningRate);
  }

  /** The weight of the moment in an update; 0.9 by default. */
  public Lion b1(double value) {
    return new Lion(learningRate, new ScaleByLion(value, scale.b2, scale.muDtype), decay);
  }

  /** The decay rate of the moment; 0.99 by default. */
  public Lion b2(double value) {
    return new Lion(learningRate, new ScaleByLion(scale.b1, value, scale.muDtype), decay);
  }

  /** The type of the moment; null, the default, for the parameters' own. */
  public Lion muDtype(@Nullable DType value) {
    return new Lion(learningRate, new ScaleByLion(scale.b1, scale.b2, value), decay);
  }

  /** The factor of the decay, multiplied by the learning rate; {@code lion}'s default is 1e-3. */
  public Lion weightDecay(double value) {
    return with(AddDecayedWeights.with(decay, Rate.of("lion", "weight_decay", value)));
  }

  /** As {@link #weightDecay(double)}, by a schedule. */
  public Lion weightDecay(Schedule schedule) {
    return with(AddDecayedWeights.with(decay, Rate.of(schedule)));
  }

  /**
   * The parameters that decay; all by default.
   *
   * @throws IllegalStateException without weight decay
   */
  public Lion mask(Mask decaying) {
    return with(AddDecayedWeights.with(decay, decaying));
  }

  /** As {@link #mask(Mask)}, selected by path. */
  public Lion mask(Predicate<String> decaying) {
    return mask(Mask.ofPath(decaying));
  }

  private Lion with(AddDecayedWeights other) {
    return new Lion(learningRate, scale, other);
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return parts.initState(params);
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    return parts.apply(pipeline, state);
  }

  @Override
  Call call() {
    String name = learningRate == null && decay == null ? "scale_by_lion" : "lion";
    return new Call(name).with("learning_rate", learningRate).with(scale).with(decay);
  }
}
