package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Reduce;
import dev.heddle.array.Slice;
import dev.heddle.grad.Grad;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.Losses;
import dev.heddle.optim.Optim;
import dev.heddle.random.Key;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trains a {@link CausalLanguageModel} on a text. A step is a pure function of the state, so a
 * training that is resumed from a checkpoint gives the bits of an uninterrupted one.
 *
 * <pre>{@code
 * var training = new Training(TrainingPlan.of(Config.small()), text);
 * TrainingState state = training.begin();
 * while (state.step() < 300) {
 *   Step step = training.step(state);
 *   state = step.state();
 * }
 * training.model().apply(state.params(), tokens);
 * }</pre>
 *
 * <p>Order of operations: the loss of a shard is the sum over its tokens divided by the number of
 * all tokens of the step; losses and gradients of the shards, and of the batches that are
 * accumulated, are added in order.
 */
public final class Training {
  private static final int EVALUATION_BATCHES = 4;

  /** The numbers that the seed's key is folded with, one for each use. */
  private static final int BATCHES = 1;

  private static final int DROPOUT = 2;
  private static final int EVALUATION = 3;

  private final TrainingPlan plan;
  private final CausalLanguageModel model;
  private final GradientTransformation optimizer;
  private final Key key;
  private final TextBatches text;
  private final @Nullable TextBatches heldOut;

  /**
   * The result of a step.
   *
   * @param state the state after the step
   * @param loss the mean loss over its tokens, before the update
   * @param gradientNorm the norm of the gradient, before clipping
   */
  public record Step(TrainingState state, float loss, float gradientNorm) {
    /** Whether loss and gradient are finite; otherwise the state is unusable. */
    public boolean isFinite() {
      return Float.isFinite(loss) && Float.isFinite(gradientNorm);
    }
  }

  /**
   * Makes a training from a plan and a text.
   *
   * @param text any bytes, usually UTF-8; not copied, must not be modified
   * @throws IllegalArgumentException if the text, or its held-out part, is shorter than the model's
   *     length plus one token
   */
  public Training(TrainingPlan plan, byte[] text) {
    this.plan = plan;
    model = CausalLanguageModel.of(plan.model());
    optimizer = plan.optimizer();
    key = Key.of(plan.seed());
    int length = plan.model().length();
    int end = text.length - (int) (plan.heldOut() * text.length);
    this.text = batches("to train on", text, 0, end, length);
    heldOut = plan.heldOut() == 0 ? null : batches("held out", text, end, text.length, length);
  }

  private static TextBatches batches(String what, byte[] text, int from, int to, int length) {
    try {
      return new TextBatches(text, from, to, length);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the part " + what + ": " + e.getMessage(), e);
    }
  }

  /** The model. */
  public CausalLanguageModel model() {
    return model;
  }

  /** The initial state: {@code init} with the seed. */
  public TrainingState begin() {
    Variables params = init(model, plan.seed());
    return new TrainingState(0, params, optimizer.init(params));
  }

  static Variables init(CausalLanguageModel model, long seed) {
    return model.init(Rngs.of(seed), Array.zeros(DType.INT32, 1, 1));
  }

  /** Computes the next step. */
  public Step step(TrainingState state) {
    Variables params = state.params();
    List<Array> gradients = List.of();
    Array loss = Array.scalar(0, DType.FLOAT32);
    int rows = plan.batch() / plan.shards();
    for (int part = 0; part < plan.accumulate() * plan.shards(); part++) {
      int number = part / plan.shards();
      Array batch = text.draw(keyOf(BATCHES, state.step(), number), plan.batch());
      int from = part % plan.shards() * rows;
      Array tokens = part(batch, from, from + rows, 0, batch.shape().dim(1));
      Rngs rngs = Rngs.of("dropout", keyOf(DROPOUT, state.step(), part));
      var one = Grad.valueAndGrad(p -> lossOf(p, tokens, rngs), params);
      loss = part == 0 ? one.value() : loss.plus(one.value());
      List<Array> more = one.gradient().leaves();
      gradients = part == 0 ? more : sum(gradients, more);
    }
    Variables gradient = params.withLeaves(gradients);
    float norm = (float) Optim.globalNorm(gradient).item();
    var next = Optim.applyGradients(optimizer, gradient, state.optState(), params);
    return new Step(
        new TrainingState(state.step() + 1, next.params(), next.state()),
        (float) loss.item(),
        norm);
  }

  private Key keyOf(int kind, int step, int part) {
    return key.foldIn(kind).foldIn(step).foldIn(part);
  }

  /** A shard's contribution to the mean over all tokens of a step. */
  private Array lossOf(Variables params, Array tokens, Rngs rngs) {
    LanguageModelInputs inputs = LanguageModelInputs.of(first(tokens)).deterministic(false);
    Array losses = losses(model.apply(params, inputs, rngs), tokens);
    double all = (double) plan.accumulate() * plan.shards() * losses.size();
    return Reduce.sum(losses).dividedBy(all);
  }

  private static List<Array> sum(List<Array> before, List<Array> more) {
    List<Array> sums = new ArrayList<>();
    for (int i = 0; i < more.size(); i++) {
      sums.add(before.get(i).plus(more.get(i)));
    }
    return sums;
  }

  /**
   * The mean loss over a fixed set of batches of the held-out text, without dropout; NaN if no text
   * is held out.
   */
  public float evaluate(Variables params) {
    if (heldOut == null) {
      return Float.NaN;
    }
    double sum = 0;
    for (int i = 0; i < EVALUATION_BATCHES; i++) {
      Array tokens = heldOut.draw(keyOf(EVALUATION, 0, i), plan.batch());
      sum += Reduce.mean(losses(model.apply(params, first(tokens)), tokens)).item();
    }
    return (float) (sum / EVALUATION_BATCHES);
  }

  /** The loss of each next token, in float32 at least. */
  private static Array losses(Array logits, Array tokens) {
    Array promoted = logits.dtype().isHalf() ? logits.astype(DType.FLOAT32) : logits;
    Array next = part(tokens, 0, tokens.shape().dim(0), 1, tokens.shape().dim(1));
    return Losses.softmaxCrossEntropyWithIntegerLabels(promoted, next); // [B, L]
  }

  /** All tokens except the last. */
  private static Array first(Array tokens) {
    return part(tokens, 0, tokens.shape().dim(0), 0, tokens.shape().dim(1) - 1);
  }

  private static Array part(Array tokens, int fromRow, int toRow, int from, int to) {
    return Slice.slice(tokens, new int[] {fromRow, from}, new int[] {toRow, to}, new int[] {1, 1});
  }
}
