package dev.heddle.models;

import dev.heddle.models.CausalLanguageModel.Config;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.Optim;
import dev.heddle.optim.Schedule;
import dev.heddle.optim.Schedules;

/**
 * Everything that decides the bits of a training beside the text: the model, the batches and the
 * optimizer. Adam with weight decay of all that is a matrix, after clipping, at a rate that rises
 * in even steps and falls along a cosine to a tenth.
 *
 * @param model the model
 * @param batch how many stretches of text are read together
 * @param accumulate how many batches make a step, by the mean of their gradients
 * @param shards in how many equal parts a batch is differentiated, their gradients added in order;
 *     the number is part of the bits, where and when each is computed is not
 * @param learningRate the rate at its highest
 * @param warmup how many steps it rises
 * @param decaySteps the step at which it is at its lowest, and stays there
 * @param weightDecay the share of the matrices taken off, times the rate
 * @param clip the length to which longer gradients are cut
 * @param heldOut the share of the text, its end, that is not trained on but evaluated with
 * @param seed of the parameters, the batches and dropout
 */
public record TrainingPlan(
    Config model,
    int batch,
    int accumulate,
    int shards,
    double learningRate,
    int warmup,
    int decaySteps,
    double weightDecay,
    double clip,
    double heldOut,
    long seed) {
  /** Adam forgets squares of gradients faster than by default: trainings here are short. */
  private static final double B2 = 0.99;

  private static final double LOWEST_RATE = 0.1; // of the highest

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one makes no sense; the message names it
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
      throw wrong("warmup", "a number of steps from 0 on", warmup);
    }
    if (decaySteps <= warmup) {
      throw wrong("decay_steps", "more than the " + warmup + " of the warm-up", decaySteps);
    }
    if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
      throw wrong("weight_decay", "a number from 0 on", weightDecay);
    }
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

  private static IllegalArgumentException wrong(String name, String expected, Object got) {
    return new IllegalArgumentException(
        "training: argument \"%s\": expected %s, got %s".formatted(name, expected, got));
  }

  /**
   * The plan for a model of the small size on a text of some dozen pages.
   *
   * @param steps for how many steps
   */
  public static TrainingPlan of(Config model, int steps) {
    return new TrainingPlan(
        model, 16, 1, 1, 1e-3, Math.min(100, steps / 10), steps, 0.1, 1.0, 0.1, 0);
  }

  /** The learning rate by the step. */
  public Schedule schedule() {
    return Schedules.warmupCosineDecaySchedule(
        0, learningRate, warmup, decaySteps, LOWEST_RATE * learningRate);
  }

  /**
   * The optimizer, in Optax {@code chain(clip_by_global_norm(clip), adamw(schedule, b2=0.99,
   * weight_decay=weight_decay, mask=lambda params: tree.map(lambda p: p.ndim > 1, params)))}.
   */
  public GradientTransformation optimizer() {
    return Optim.chain(
        Optim.clipByGlobalNorm(clip),
        Optim.adamw(schedule())
            .b2(B2)
            .weightDecay(weightDecay)
            .mask((path, param) -> param.rank() > 1));
  }
}
