package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled weight decay, {@code optax.adamw}: a chain of {@link ScaleByAdam}, the
 * decayed weights and the learning rate. Immutable, each setting gives a new one; {@link
 * Optim#adamw} makes the first.
 */
public final class AdamW extends FusableTransformation {
  private final Rate learningRate;
  private final ScaleByAdam scale;
  private final Rate weightDecay;
  private final @Nullable Mask mask;
  private final Chain chain;

  AdamW(Rate learningRate, ScaleByAdam scale, Rate weightDecay, @Nullable Mask mask) {
    this.learningRate = learningRate;
    this.scale = scale;
    this.weightDecay = weightDecay;
    this.mask = mask;
    this.chain =
        new Chain(scale, new AddDecayedWeights(weightDecay, mask), new Scale(learningRate, -1));
  }

  private AdamW with(ScaleByAdam other) {
    return new AdamW(learningRate, other, weightDecay, mask);
  }

  /** How much of the mean of gradients is kept in a step; 0.9 by default. */
  public AdamW b1(double value) {
    return with(scale.b1(value));
  }

  /** How much of the mean of squares is kept in a step; 0.999 by default. */
  public AdamW b2(double value) {
    return with(scale.b2(value));
  }

  /** Added to the root; 1e-8 by default. */
  public AdamW eps(double value) {
    return with(scale.eps(value));
  }

  /** Added under the root; 0 by default. */
  public AdamW epsRoot(double value) {
    return with(scale.epsRoot(value));
  }

  /** The type of the mean of gradients; null, the default, for the parameters' own. */
  public AdamW muDtype(@Nullable DType value) {
    return with(scale.muDtype(value));
  }

  /** Whether the momentum is Nesterov's; it is not by default. */
  public AdamW nesterov(boolean value) {
    return with(scale.nesterov(value));
  }

  /** What part of the parameters is taken off, times the learning rate; 1e-4 by default. */
  public AdamW weightDecay(double value) {
    return new AdamW(learningRate, scale, Rate.of("weight_decay", value), mask);
  }

  /** As {@link #weightDecay(double)}, another number for each step. */
  public AdamW weightDecay(Schedule schedule) {
    return new AdamW(learningRate, scale, Rate.of(schedule), mask);
  }

  /** Which parameters decay; all by default. */
  public AdamW mask(Mask decaying) {
    return new AdamW(learningRate, scale, weightDecay, decaying);
  }

  /** As {@link #mask(Mask)}, by the parameter's path. */
  public AdamW mask(Predicate<String> decaying) {
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
    return "adamw(learning_rate=%s, %s, weight_decay=%s%s)"
        .formatted(learningRate, scale.settings(), weightDecay, mask == null ? "" : ", mask");
  }
}
