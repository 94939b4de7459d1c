package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent, {@code optax.sgd}: a chain of the momentum, if there is one, and the
 * learning rate. Immutable; its methods return modified copies; see {@link Optim#sgd}.
 */
public final class Sgd extends FusableTransformation {
  private final Rate learningRate;
  private final @Nullable Double momentum;
  private final boolean nesterov;
  private final @Nullable DType accumulatorDtype;
  private final Chain chain;

  Sgd(
      Rate learningRate,
      @Nullable Double momentum,
      boolean nesterov,
      @Nullable DType accumulatorDtype) {
    this.learningRate = learningRate;
    this.momentum = momentum;
    this.nesterov = nesterov;
    this.accumulatorDtype = accumulatorDtype;
    GradientTransformation first =
        momentum == null ? Optim.identity() : new Trace(momentum, nesterov, accumulatorDtype);
    this.chain = new Chain(first, new Scale(learningRate, -1));
  }

  /** The decay rate of the momentum; no momentum by default. */
  public Sgd momentum(double value) {
    double checked = Arguments.momentum("sgd", "momentum", value);
    return new Sgd(learningRate, checked, nesterov, accumulatorDtype);
  }

  /** Whether to use Nesterov momentum; false by default. */
  public Sgd nesterov(boolean value) {
    return new Sgd(learningRate, momentum, value, accumulatorDtype);
  }

  /** The type of the momentum's state; null, the default, for the parameters' own. */
  public Sgd accumulatorDtype(@Nullable DType value) {
    return new Sgd(
        learningRate, momentum, nesterov, Arguments.floating("sgd", "accumulator_dtype", value));
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return chain.initState(params);
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    return chain.apply(pipeline, state);
  }

  @Override
  Call call() {
    return new Call("sgd")
        .with("learning_rate", learningRate)
        .with("momentum", momentum)
        .with("nesterov", momentum == null ? null : nesterov)
        .with("accumulator_dtype", accumulatorDtype);
  }
}
