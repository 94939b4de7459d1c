package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/**
 * Adam, {@code optax.adam}: a chain of {@link ScaleByAdam} and the learning rate. Immutable; its
 * methods return modified copies; see {@link Optim#adam}.
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

  /** The decay rate of the first moment; 0.9 by default. */
  public Adam b1(double value) {
    return with(scale.b1(value));
  }

  /** The decay rate of the second moment; 0.999 by default. */
  public Adam b2(double value) {
    return with(scale.b2(value));
  }

  /** The constant added to the square root; 1e-8 by default. */
  public Adam eps(double value) {
    return with(scale.eps(value));
  }

  /** The constant added under the square root; 0 by default. */
  public Adam epsRoot(double value) {
    return with(scale.epsRoot(value));
  }

  /** The type of the first moment; null, the default, for the parameters' own. */
  public Adam muDtype(@Nullable DType value) {
    return with(scale.muDtype(value));
  }

  /** Whether to use Nesterov momentum; false by default. */
  public Adam nesterov(boolean value) {
    return with(scale.nesterov(value));
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
    return "adam(learning_rate=%s, %s)".formatted(learningRate, scale.settings());
  }
}
