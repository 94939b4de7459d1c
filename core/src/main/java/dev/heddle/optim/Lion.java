package dev.heddle.optim;

import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/**
 * Lion: {@code optax.lion}, without a learning rate {@code optax.scale_by_lion}. A chain of the
 * sign of an interpolation of gradient and moment, the weight decay and the learning rate, as far
 * as they are given. Immutable; its methods return modified copies; see {@link Optim#lion} and
 * {@link Optim#scaleByLion}.
 *
 * <p>The state of the first part is {@code count} and {@code mu}.
 */
public final class Lion extends DecayedOptimizer<Lion> {
  private final ScaleByLion scale;

  Lion(@Nullable Rate learningRate, ScaleByLion scale, @Nullable AddDecayedWeights decay) {
    super(learningRate, scale, decay);
    this.scale = scale;
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

  @Override
  Lion with(AddDecayedWeights newDecay) {
    return new Lion(learningRate, scale, newDecay);
  }

  @Override
  String name(boolean isDecayed) {
    return learningRate == null && !isDecayed ? "scale_by_lion" : "lion";
  }
}
