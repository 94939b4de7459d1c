package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.models.CausalLanguageModel.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A plan as arrays without axes, which every checkpoint format can hold; a dtype is stored as a
 * zero of that dtype.
 */
public final class PlanTensors {
  private final Map<String, Array> tensors;

  private PlanTensors(Map<String, Array> tensors) {
    this.tensors = tensors;
  }

  /** The values of a plan by name: the options of the command line with {@code _} for {@code -}. */
  public static SequencedMap<String, Array> of(TrainingPlan plan) {
    Config model = plan.model();
    SequencedMap<String, Array> all = new LinkedHashMap<>();
    all.put("vocabulary", whole(model.vocabulary()));
    all.put("length", whole(model.length()));
    all.put("features", whole(model.features()));
    all.put("heads", whole(model.heads()));
    all.put("layers", whole(model.layers()));
    all.put("dropout", real(model.dropoutRate()));
    DType dtype = model.dtype();
    all.put("dtype", Array.scalar(0, dtype == null ? model.paramDtype() : dtype));
    all.put("param_dtype", Array.scalar(0, model.paramDtype()));
    all.put("batch", whole(plan.batch()));
    all.put("accumulate", whole(plan.accumulate()));
    all.put("shards", whole(plan.shards()));
    all.put("learning_rate", real(plan.learningRate()));
    all.put("warmup", whole(plan.warmup()));
    all.put("decay_steps", whole(plan.decaySteps()));
    all.put("min_learning_rate", real(plan.minLearningRate()));
    all.put("b1", real(plan.b1()));
    all.put("b2", real(plan.b2()));
    all.put("eps", real(plan.eps()));
    all.put("weight_decay", real(plan.weightDecay()));
    all.put("clip", real(plan.clip()));
    all.put("held_out", real(plan.heldOut()));
    all.put("seed", Array.of(new long[] {plan.seed()}, 1).reshape());
    return all;
  }

  private static Array whole(int number) {
    return Array.scalar(number, DType.INT32);
  }

  private static Array real(double number) {
    return Array.scalar(number, DType.FLOAT64);
  }

  /**
   * Reads a plan from arrays.
   *
   * @throws IllegalArgumentException if an array is missing or invalid; the message names it
   */
  static TrainingPlan read(Map<String, Array> tensors) {
    PlanTensors all = new PlanTensors(tensors);
    Config model =
        new Config(
            all.whole("vocabulary"),
            all.whole("length"),
            all.whole("features"),
            all.whole("heads"),
            all.whole("layers"),
            all.real("dropout"),
            all.find("dtype", null).dtype(),
            all.find("param_dtype", null).dtype());
    TrainingPlan.Builder plan =
        TrainingPlan.builder(model)
            .batch(all.whole("batch"))
            .accumulate(all.whole("accumulate"))
            .shards(all.whole("shards"))
            .learningRate(all.real("learning_rate"))
            .warmup(all.whole("warmup"))
            .decaySteps(all.whole("decay_steps"))
            .weightDecay(all.real("weight_decay"))
            .clip(all.real("clip"))
            .heldOut(all.real("held_out"))
            .seed(all.find("seed", DType.INT64).toLongArray()[0]);
    plan.minLearningRate(all.real("min_learning_rate", 0.1 * all.real("learning_rate")));
    plan.b1(all.real("b1", 0.9)).b2(all.real("b2", 0.99)).eps(all.real("eps", 1e-8));
    return plan.build();
  }

  /** A value that older checkpoints do not have, because it was a constant. */
  private double real(String name, double otherwise) {
    return tensors.containsKey(name) ? real(name) : otherwise;
  }

  private int whole(String name) {
    return (int) find(name, DType.INT32).item();
  }

  private double real(String name) {
    return find(name, DType.FLOAT64).item();
  }

  private Array find(String name, @Nullable DType dtype) {
    Array array = tensors.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "tensor \"config/" + name + "\": is missing; heddle train did not write this");
    }
    if (array.rank() != 0 || (dtype != null && array.dtype() != dtype)) {
      throw new IllegalArgumentException(
          "tensor \"config/%s\": expected %s[], got %s%s"
              .formatted(name, dtype == null ? "" : dtype, array.dtype(), array.shape()));
    }
    return array;
  }
}
