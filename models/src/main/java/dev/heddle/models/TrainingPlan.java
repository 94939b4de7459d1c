package dev.heddle.models;

import dev.heddle.array.DType;
import dev.heddle.models.CausalLanguageModel.Config;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.Optim;
import dev.heddle.optim.Schedule;
import dev.heddle.optim.Schedules;

/**
 * Everything that determines the bits of a training, except the text: the model, the batches and
 * the optimizer, which is AdamW after clipping by the global norm, with weight decay of matrices.
 *
 * <pre>{@code
 * TrainingPlan plan =
 *     TrainingPlan.builder(Config.small()).batch(32).warmup(100).decaySteps(5000).build();
 * }</pre>
 *
 * <p>The number of steps is not part of the plan: a step depends only on the steps before it, so a
 * training of 300 steps that is resumed up to 600 gives the bits of one of 600.
 *
 * @param model the model
 * @param batch the number of sequences per batch
 * @param accumulate the number of batches per step, whose gradients are averaged
 * @param shards the number of equal parts of a batch that are differentiated separately, their
 *     gradients added in order; it affects the bits, while the order of computing the parts does
 *     not
 * @param learningRate the learning rate after the warm-up
 * @param warmup the number of steps over which the learning rate rises linearly from 0
 * @param decaySteps the step at which cosine decay reaches the minimum learning rate, including the
 *     warm-up; 0 for a constant learning rate after the warm-up
 * @param minLearningRate the learning rate after {@code decaySteps}
 * @param b1 the decay of Adam's first moment
 * @param b2 the decay of Adam's second moment
 * @param eps Adam's epsilon, added to the square root of the second moment
 * @param weightDecay AdamW's weight decay, for matrices only
 * @param clip the global norm to which gradients are clipped
 * @param heldOut the fraction of the text, at its end, that is used for evaluation only
 * @param seed the seed of the parameters, the batches and dropout
 */
public record TrainingPlan(
    Config model,
    int batch,
    int accumulate,
    int shards,
    double learningRate,
    int warmup,
    int decaySteps,
    double minLearningRate,
    double b1,
    double b2,
    double eps,
    double weightDecay,
    double clip,
    double heldOut,
    long seed) {
  /** The residuals of a block per token, in multiples of the features. */
  private static final int KEPT_WIDTHS = 12;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of its range; the message names it
   */
  public TrainingPlan {
    requirePositive("batch", batch);
    requirePositive("accumulate", accumulate);
    requirePositive("shards", shards);
    if (batch % shards != 0) {
      throw wrong("shards", "a divisor of the batch of " + batch, shards);
    }
    if (!(learningRate > 0 && Double.isFinite(learningRate))) {
      throw wrong("learning_rate", "a number above 0", learningRate);
    }
    if (warmup < 0) {
      throw wrong("warmup", "0 steps or more", warmup);
    }
    if (decaySteps != 0 && decaySteps <= warmup) {
      throw wrong("decay_steps", "0, or more than the " + warmup + " of the warm-up", decaySteps);
    }
    if (!(minLearningRate >= 0 && minLearningRate <= learningRate)) {
      throw wrong(
          "min_learning_rate", "a number from 0 to the rate of " + learningRate, minLearningRate);
    }
    requireDecay("b1", b1);
    requireDecay("b2", b2);
    requireNotNegative("eps", eps);
    requireNotNegative("weight_decay", weightDecay);
    if (!(clip > 0)) {
      throw wrong("clip", "a number above 0", clip);
    }
    if (!(heldOut >= 0 && heldOut <= 0.9)) {
      throw wrong("held_out", "a share from 0 to 0.9", heldOut);
    }
  }

  private static void requirePositive(String name, int number) {
    if (number < 1) {
      throw wrong(name, "a positive number", number);
    }
  }

  private static void requireDecay(String name, double number) {
    if (!(number >= 0 && number < 1)) { // NaN too
      throw wrong(name, "a number from 0 to below 1", number);
    }
  }

  private static void requireNotNegative(String name, double number) {
    if (!(number >= 0 && Double.isFinite(number))) {
      throw wrong(name, "a number of 0 or more", number);
    }
  }

  private static IllegalArgumentException wrong(String name, String expected, Object got) {
    return new IllegalArgumentException(
        "training: argument \"%s\": expected %s, got %s".formatted(name, expected, got));
  }

  /** A plan with the builder's defaults. */
  public static TrainingPlan of(Config model) {
    return builder(model).build();
  }

  /** A builder with defaults for a small model. */
  public static Builder builder(Config model) {
    return new Builder(model);
  }

  /** A builder with the values of this plan. */
  public Builder toBuilder() {
    return builder(model)
        .batch(batch)
        .accumulate(accumulate)
        .shards(shards)
        .learningRate(learningRate)
        .warmup(warmup)
        .decaySteps(decaySteps)
        .minLearningRate(minLearningRate)
        .b1(b1)
        .b2(b2)
        .eps(eps)
        .weightDecay(weightDecay)
        .clip(clip)
        .heldOut(heldOut)
        .seed(seed);
  }

  /** The learning rate schedule. */
  public Schedule schedule() {
    if (decaySteps > 0) {
      return Schedules.warmupCosineDecaySchedule(
          0, learningRate, warmup, decaySteps, minLearningRate);
    }
    return warmup == 0
        ? Schedules.constantSchedule(learningRate)
        : Schedules.warmupConstantSchedule(0, learningRate, warmup);
  }

  /**
   * The optimizer, in Optax {@code chain(clip_by_global_norm(clip), adamw(schedule, b1, b2, eps,
   * weight_decay=weight_decay, mask=lambda params: tree.map(lambda p: p.ndim > 1, params)))}.
   */
  public GradientTransformation optimizer() {
    return Optim.chain(
        Optim.clipByGlobalNorm(clip),
        Optim.adamw(schedule())
            .b1(b1)
            .b2(b2)
            .eps(eps)
            .weightDecay(weightDecay)
            .mask((path, param) -> param.rank() > 1));
  }

  /** The number of tokens per step; {@code Long.MAX_VALUE} if it overflows. */
  public long tokensPerStep() {
    return (long) ((double) accumulate * batch * model.length());
  }

  /**
   * A lower bound of the memory of a step in bytes: parameters, gradients and both moments of Adam,
   * and the residuals of a shard that every block retains for the backward pass. With less memory
   * the training cannot run; it needs two to three times as much.
   */
  public double minMemory() {
    DType dtype = model.dtype() == null ? model.paramDtype() : model.dtype();
    double state = 4.0 * model.parameters() * model.paramDtype().itemSize();
    double tokens = (double) (batch / shards) * model.length();
    double perToken = (double) model.layers() * KEPT_WIDTHS * model.features() + model.vocabulary();
    return state + tokens * perToken * dtype.itemSize() + 4.0 * batch * (model.length() + 1.0);
  }

  /** Builds a plan. */
  public static final class Builder {
    private static final double MIN_RATIO = 0.1;

    private Config model;
    private int batch = 16;
    private int accumulate = 1;
    private int shards = 1;
    private double learningRate = 1e-3;
    private int warmup = 100;
    private int decaySteps;
    private double minLearningRate = Double.NaN; // NaN: a fraction of the learning rate
    private double b1 = 0.9;
    private double b2 = 0.99; // below Adam's default of 0.999: trainings here are short
    private double eps = 1e-8;
    private double weightDecay = 0.1;
    private double clip = 1;
    private double heldOut = 0.1;
    private long seed;

    private Builder(Config model) {
      this.model = model;
    }

    /** The model. */
    public Builder model(Config value) {
      model = value;
      return this;
    }

    /** The number of sequences per batch; 16 by default. */
    public Builder batch(int value) {
      batch = value;
      return this;
    }

    /** The number of batches per step; 1 by default. */
    public Builder accumulate(int value) {
      accumulate = value;
      return this;
    }

    /** The number of parts of a batch that are differentiated separately; 1 by default. */
    public Builder shards(int value) {
      shards = value;
      return this;
    }

    /** The learning rate after the warm-up; 0.001 by default. */
    public Builder learningRate(double value) {
      learningRate = value;
      return this;
    }

    /** The number of warm-up steps; 100 by default. */
    public Builder warmup(int value) {
      warmup = value;
      return this;
    }

    /** The step at which the learning rate is at its minimum; 0, the default, for no decay. */
    public Builder decaySteps(int value) {
      decaySteps = value;
      return this;
    }

    /** The learning rate after the decay; a tenth of {@code learningRate} by default. */
    public Builder minLearningRate(double value) {
      minLearningRate = value;
      return this;
    }

    /** The decay of Adam's first moment; 0.9 by default. */
    public Builder b1(double value) {
      b1 = value;
      return this;
    }

    /** The decay of Adam's second moment; 0.99 by default. */
    public Builder b2(double value) {
      b2 = value;
      return this;
    }

    /** Adam's epsilon; 1e-8 by default. */
    public Builder eps(double value) {
      eps = value;
      return this;
    }

    /** AdamW's weight decay; 0.1 by default. */
    public Builder weightDecay(double value) {
      weightDecay = value;
      return this;
    }

    /** The global norm to which gradients are clipped; 1 by default. */
    public Builder clip(double value) {
      clip = value;
      return this;
    }

    /** The fraction of the text that is used for evaluation; 0.1 by default. */
    public Builder heldOut(double value) {
      heldOut = value;
      return this;
    }

    /** The seed; 0 by default. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Builds the plan.
     *
     * @throws IllegalArgumentException as {@link TrainingPlan} throws
     */
    public TrainingPlan build() {
      double lowest = Double.isNaN(minLearningRate) ? MIN_RATIO * learningRate : minLearningRate;
      return new TrainingPlan(
          model,
          batch,
          accumulate,
          shards,
          learningRate,
          warmup,
          decaySteps,
          lowest,
          b1,
          b2,
          eps,
          weightDecay,
          clip,
          heldOut,
          seed);
    }
  }
}
