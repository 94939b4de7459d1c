package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer in three parts: a rescaling of the gradients, decoupled weight decay and the
 * learning rate, as far as they are given.
 *
 * @param <O> the class of the optimizer
 */
abstract class DecayedOptimizer<O> extends FusableTransformation {
  final @Nullable Rate learningRate;
  private final FusableTransformation scale;
  final @Nullable AddDecayedWeights decay;
  private final FusableTransformation parts;

  DecayedOptimizer(
      @Nullable Rate learningRate, FusableTransformation scale, @Nullable AddDecayedWeights decay) {
    this.learningRate = learningRate;
    this.scale = scale;
    this.decay = decay;
    FusableTransformation last = learningRate == null ? null : new Scale(learningRate, -1);
    this.parts =
        decay == null && last == null
            ? scale
            : new Chain(
                Stream.of(scale, decay, last)
                    .filter(Objects::nonNull)
                    .toArray(GradientTransformation[]::new));
  }

  /** The optimizer with another weight decay. */
  abstract O with(AddDecayedWeights newDecay);

  /** Optax's name with and without a weight decay and a learning rate. */
  abstract String name(boolean isDecayed);

  /**
   * The factor of the decay, multiplied by the learning rate; the default of {@code adamw} is 1e-4,
   * of {@code lion} 1e-3.
   */
  public O weightDecay(double value) {
    return decay(Rate.of(name(true), "weight_decay", value));
  }

  /** As {@link #weightDecay(double)}, by a schedule. */
  public O weightDecay(Schedule schedule) {
    return decay(Rate.of(schedule));
  }

  private O decay(Rate rate) {
    return with(new AddDecayedWeights(rate, decay == null ? null : decay.mask));
  }

  /**
   * The parameters that decay; all by default.
   *
   * @throws IllegalStateException without weight decay
   */
  public O mask(Mask decaying) {
    if (decay == null) {
      throw new IllegalStateException("mask: expected an optimizer with weight decay, got none");
    }
    return with(new AddDecayedWeights(decay.weightDecay, decaying));
  }

  /** As {@link #mask(Mask)}, selected by path. */
  public O mask(Predicate<String> decaying) {
    return mask(Mask.ofPath(decaying));
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
    return new Call(name(decay != null))
        .with("learning_rate", learningRate)
        .with(scale)
        .with(decay);
  }
}
