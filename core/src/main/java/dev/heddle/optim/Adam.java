package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/**
 * Adam, {@code optax.adam}: a chain of {@link ScaleByAdam} and the learning rate. Immutable, each
 * setting gives a new one; {@link Optim#adam} makes the first.
 */
public final class Adam extends FusableTransformation {
  private final Rate learningRate;
  private final ScaleByAdam scale;
  private final Chain chain;

  Adam(Rate learningRate, ScaleByAdam scale) {
    this.learningRate = learningRate;
    this.scale = scale;
    this.chain = new Chain(scale, new Scale(learningRate, -1));
  }

  private Adam with(ScaleByAdam other) {
    return new Adam(learningRate, other);
  }

  /** How much of the mean of gradients is kept in a step; 0.9 by default. */
  public Adam b1(double value) {
    return with(scale.b1(value));
  }

  /** How much of the mean of squares is kept in a step; 0.999 by default. */
  public Adam b2(double value) {
    return with(scale.b2(value));
  }

  /** Added to the root; 1e-8 by default. */
  public Adam eps(double value) {
    return with(scale.eps(value));
  }

  /** Added under the root; 0 by default. */
  public Adam epsRoot(double value) {
    return with(scale.epsRoot(value));
  }

  /** The type of the mean of gradients; null, the default, for the parameters' own. */
  public Adam muDtype(@Nullable DType value) {
    return with(scale.muDtype(value));
  }

  /** Whether the momentum is Nesterov's; it is not by default. */
  public Adam nesterov(boolean value) {
    return with(scale.nesterov(value));
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
    return "adam(learning_rate=%s, %s)".formatted(learningRate, scale.settings());
  }
}
