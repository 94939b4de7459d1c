package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Adam: {@code optax.adam}, with decoupled weight decay {@code optax.adamw}, without a learning
 * rate {@code optax.scale_by_adam}. A chain of the rescaling by the moments, the weight decay and
 * the learning rate, as far as they are given. Immutable; its methods return modified copies; see
 * {@link Optim#adam}, {@link Optim#adamw} and {@link Optim#scaleByAdam}.
 *
 * <p>The state of the rescaling is {@code count}, {@code mu} and {@code nu}.
 */
public final class Adam extends FusableTransformation {
  private final @Nullable Rate learningRate;
  private final ScaleByAdam scale;
  private final @Nullable AddDecayedWeights decay;
  private final FusableTransformation parts;

  Adam(@Nullable Rate learningRate, ScaleByAdam scale, @Nullable AddDecayedWeights decay) {
    this.learningRate = learningRate;
    this.scale = scale;
    this.decay = decay;
    this.parts = Chain.of(scale, decay, learningRate);
  }

  private Adam with(
      double b1, double b2, double eps, double epsRoot, @Nullable DType muDtype, boolean nesterov) {
    return new Adam(learningRate, new ScaleByAdam(b1, b2, eps, epsRoot, muDtype, nesterov), decay);
  }

  /** The decay rate of the first moment; 0.9 by default. */
  public Adam b1(double value) {
    return with(value, scale.b2, scale.eps, scale.epsRoot, scale.muDtype, scale.nesterov);
  }

  /** The decay rate of the second moment; 0.999 by default. */
  public Adam b2(double value) {
    return with(scale.b1, value, scale.eps, scale.epsRoot, scale.muDtype, scale.nesterov);
  }

  /** The constant added to the square root; 1e-8 by default. */
  public Adam eps(double value) {
    return with(scale.b1, scale.b2, value, scale.epsRoot, scale.muDtype, scale.nesterov);
  }

  /** The constant added under the square root; 0 by default. */
  public Adam epsRoot(double value) {
    return with(scale.b1, scale.b2, scale.eps, value, scale.muDtype, scale.nesterov);
  }

  /** The type of the first moment; null, the default, for the parameters' own. */
  public Adam muDtype(@Nullable DType value) {
    return with(scale.b1, scale.b2, scale.eps, scale.epsRoot, value, scale.nesterov);
  }

  /** Whether to use Nesterov momentum; false by default. */
  public Adam nesterov(boolean value) {
    return with(scale.b1, scale.b2, scale.eps, scale.epsRoot, scale.muDtype, value);
  }

  /** The factor of the decay, multiplied by the learning rate; {@code adamw}'s default is 1e-4. */
  public Adam weightDecay(double value) {
    return with(AddDecayedWeights.with(decay, Rate.of("adamw", "weight_decay", value)));
  }

  /** As {@link #weightDecay(double)}, by a schedule. */
  public Adam weightDecay(Schedule schedule) {
    return with(AddDecayedWeights.with(decay, Rate.of(schedule)));
  }

  /**
   * The parameters that decay; all by default.
   *
   * @throws IllegalStateException without weight decay
   */
  public Adam mask(Mask decaying) {
    return with(AddDecayedWeights.with(decay, decaying));
  }

  /** As {@link #mask(Mask)}, selected by path. */
  public Adam mask(Predicate<String> decaying) {
    return mask(Mask.ofPath(decaying));
  }

  private Adam with(AddDecayedWeights other) {
    return new Adam(learningRate, scale, other);
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
    String name = decay != null ? "adamw" : learningRate != null ? "adam" : "scale_by_adam";
    return new Call(name).with("learning_rate", learningRate).with(scale).with(decay);
  }
}
