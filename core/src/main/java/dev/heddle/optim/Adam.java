package dev.heddle.optim;

import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/**
 * Adam: {@code optax.adam}, with decoupled weight decay {@code optax.adamw}, without a learning
 * rate {@code optax.scale_by_adam}. A chain of the rescaling by the moments, the weight decay and
 * the learning rate, as far as they are given. Immutable; its methods return modified copies; see
 * {@link Optim#adam}, {@link Optim#adamw} and {@link Optim#scaleByAdam}.
 *
 * <p>The state of the rescaling is {@code count}, {@code mu} and {@code nu}.
 */
public final class Adam extends DecayedOptimizer<Adam> {
  private final ScaleByAdam scale;

  Adam(@Nullable Rate learningRate, ScaleByAdam scale, @Nullable AddDecayedWeights decay) {
    super(learningRate, scale, decay);
    this.scale = scale;
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

  @Override
  Adam with(AddDecayedWeights newDecay) {
    return new Adam(learningRate, scale, newDecay);
  }

  @Override
  String name(boolean isDecayed) {
    return isDecayed ? "adamw" : learningRate != null ? "adam" : "scale_by_adam";
  }
}
