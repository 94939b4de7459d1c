package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled weight decay, {@code optax.adamw}: a chain of {@link ScaleByAdam}, weight
 * decay and the learning rate. Immutable; its methods return modified copies; see {@link
 * Optim#adamw}.
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

  /** The decay rate of the first moment; 0.9 by default. */
  public AdamW b1(double value) {
    return with(scale.b1(value));
  }

  /** The decay rate of the second moment; 0.999 by default. */
  public AdamW b2(double value) {
    return with(scale.b2(value));
  }

  /** The constant added to the square root; 1e-8 by default. */
  public AdamW eps(double value) {
    return with(scale.eps(value));
  }

  /** The constant added under the square root; 0 by default. */
  public AdamW epsRoot(double value) {
    return with(scale.epsRoot(value));
  }

  /** The type of the first moment; null, the default, for the parameters' own. */
  public AdamW muDtype(@Nullable DType value) {
    return with(scale.muDtype(value));
  }

  /** Whether to use Nesterov momentum; false by default. */
  public AdamW nesterov(boolean value) {
    return with(scale.nesterov(value));
  }

  /** The factor of the decay, multiplied by the learning rate; 1e-4 by default. */
  public AdamW weightDecay(double value) {
    return new AdamW(learningRate, scale, Rate.of("weight_decay", value), mask);
  }

  /** As {@link #weightDecay(double)}, by a schedule. */
  public AdamW weightDecay(Schedule schedule) {
    return new AdamW(learningRate, scale, Rate.of(schedule), mask);
  }

  /** The parameters that decay; all by default. */
  public AdamW mask(Mask decaying) {
    return new AdamW(learningRate, scale, weightDecay, decaying);
  }

  /** As {@link #mask(Mask)}, selected by path. */
  public AdamW mask(Predicate<String> decaying) {
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
    return "adamw(learning_rate=%s, %s, weight_decay=%s%s)"
        .formatted(learningRate, scale.settings(), weightDecay, mask == null ? "" : ", mask");
  }
}
