package dev.heddle.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The messages for invalid arguments of optimizers. */
class OptimErrorsTest {
  private static final Variables PARAMS = of("params/w", Array.zeros(DType.FLOAT32, 2, 3));

  private static Variables of(String path, Array array) {
    return Variables.of(Map.of(path, array));
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  void hyperparametersOutOfRange() {
    refused(
        () -> Optim.sgd(Double.NaN),
        "sgd: argument \"learningRate\" (learning_rate): expected a finite number of at least 0, got NaN");
    refused(
        () -> Optim.adam(-0.1),
        "adam: argument \"learningRate\" (learning_rate): expected a finite number of at least 0, got -0.1");
    refused(
        () -> Optim.adam(0.1).b1(1), "adam: argument \"b1\": expected a number in [0, 1), got 1");
    refused(
        () -> Optim.lion(0.1).b2(-0.5),
        "lion: argument \"b2\": expected a number in [0, 1), got -0.5");
    refused(
        () -> Optim.adamw(0.1).eps(-1),
        "adam: argument \"eps\": expected a finite number of at least 0, got -1");
    refused(
        () -> Optim.adamw(0.1).muDtype(DType.INT32),
        "adam: argument \"muDtype\" (mu_dtype): expected a floating-point type, got int32");
    refused(
        () -> Optim.sgd(0.1).momentum(1.5),
        "sgd: argument \"momentum\": expected a number in [0, 1], got 1.5");
    refused(
        () -> Optim.scale(Double.POSITIVE_INFINITY),
        "scale: argument \"stepSize\" (step_size): expected a finite number, got Infinity");
    refused(
        () -> Optim.clipByGlobalNorm(0),
        "clip_by_global_norm: argument \"maxNorm\" (max_norm): expected a number above 0, got 0");
    refused(
        () -> Optim.multiSteps(Optim.sgd(0.1), 0),
        "MultiSteps: argument \"everyK\" (every_k): expected a number of at least 1, got 0");
  }

  @Test
  void scheduleArgumentsOutOfRange() {
    refused(
        () -> Schedules.warmupCosineDecaySchedule(0, 1, 10, 10, 0),
        "schedule: argument \"decaySteps\" (decay_steps): expected more than the 10 of warmup_steps, got 10");
    refused(
        () -> Schedules.linearSchedule(0, 1, -1),
        "schedule: argument \"transitionSteps\" (transition_steps): expected a number of at least 0, got -1");
    refused(
        () -> Schedules.joinSchedules(List.of(count -> 1), List.of(3)),
        "schedule: argument \"boundaries\": expected 0 for 1 schedules, got 1");
    refused(
        () -> Schedules.joinSchedules(List.of(c -> 1, c -> 2, c -> 3), List.of(3, 2)),
        "schedule: argument \"boundaries\": expected a number of at least 3, got 2");
    refused(
        () -> Schedules.piecewiseConstantSchedule(1, Map.of(3, -0.5)),
        "schedule: argument \"scale\": expected a finite number of at least 0, got -0.5");
  }

  @Test
  void treesThatDoNotMatch() {
    var tx = Optim.adam(0.1);
    OptState state = tx.init(PARAMS);
    refused(
        () -> tx.update(of("params/v", Array.zeros(DType.FLOAT32, 2, 3)), state, PARAMS),
        "params/v: expected in both updates and params, got none in params");
    refused(
        () -> tx.update(PARAMS, state, PARAMS.with("params/v", Array.zeros(DType.FLOAT32))),
        "params/v: expected in both updates and params, got none in updates");
    refused(
        () -> tx.update(of("params/w", Array.zeros(DType.FLOAT32, 3, 2)), state, PARAMS),
        "params/w: argument \"updates\": expected shape [2, 3], got [3, 2]");
    refused(
        () -> tx.update(of("params/w", Array.zeros(DType.BFLOAT16, 2, 3)), state, PARAMS),
        "params/w: argument \"updates\": expected float32, got bfloat16");
    refused(
        () -> tx.init(of("params/w", Array.zeros(DType.INT32, 2))),
        "params/w: argument \"params\": expected a floating-point type, got int32");
    refused(
        () -> Optim.globalNorm(of("params/w", Array.zeros(DType.INT32, 2))),
        "params/w: argument \"updates\": expected a floating-point type, got int32");
  }

  @Test
  void statesOfOtherOptimizers() {
    var tx = Optim.adam(0.1);
    refused(
        () -> tx.update(PARAMS, Optim.scaleByAdam().init(PARAMS), PARAMS),
        "optimizer state: expected the state of a chain of 2 transformations, got 3 entries");
    refused(
        () -> tx.update(PARAMS, Optim.sgd(0.1).init(PARAMS), PARAMS),
        "optimizer state: expected an array \"count\", got an empty state; was it made by another"
            + " transformation?");
    refused(
        () -> tx.update(PARAMS, tx.init(of("params/w", Array.zeros(DType.FLOAT32, 6))), PARAMS),
        "params/w: state \"mu\": expected shape [2, 3], got [6]");
    refused(
        () -> tx.update(PARAMS, tx.muDtype(DType.BFLOAT16).init(PARAMS), PARAMS),
        "params/w: state \"mu\": expected float32, got bfloat16");
    OptState scale = Optim.scaleByAdam().init(PARAMS);
    refused(
        () ->
            Optim.scaleByAdam()
                .update(PARAMS, scale.with("count", Array.zeros(DType.FLOAT32, 1)), PARAMS),
        "optimizer state: \"count\": expected int32 [], got float32 [1]");
  }

  @Test
  void arraysThatAreNotThoseOfTheState() {
    OptState template = Optim.trace(0.9, false).init(PARAMS);
    refused(
        () -> OptState.restore(template, Map.of()),
        "optimizer state: expected \"trace/params/w\", float32 [2, 3], got none");
    refused(
        () ->
            OptState.restore(template, Map.of("trace/params/w", Array.zeros(DType.FLOAT64, 2, 3))),
        "optimizer state: \"trace/params/w\": expected float32 [2, 3], got float64 [2, 3]");
    refused(
        () ->
            OptState.restore(
                template,
                Map.of(
                    "trace/params/w",
                    Array.zeros(DType.FLOAT32, 2, 3),
                    "x",
                    Array.zeros(DType.BOOL))),
        "optimizer state: expected the 1 arrays of this optimizer, got \"x\" too");
    refused(
        () -> template.get("w"), "optimizer state: expected one of [trace/params/w], got \"w\"");
    refused(() -> template.withLeaves(List.of()), "leaves: expected 1 arrays, got 0");
  }

  @Test
  void masksThatDoNotMatch() {
    refused(
        () -> Mask.of(PARAMS),
        "params/w: argument \"mask\": expected one truth value, got float32 [2, 3]");
    Mask other = Mask.of(of("params/v", Array.scalar(1, DType.BOOL)));
    var tx = Optim.addDecayedWeights(0.1, other);
    refused(
        () -> tx.update(PARAMS, tx.init(PARAMS), PARAMS),
        "params/w: argument \"mask\": expected a truth value, got none");
  }

  @Test
  void nullInPlaceOfATreeIsAnError() {
    Variables w = PARAMS;
    for (GradientTransformation each : List.of(Optim.adamw(0.1), Optim.sgd(0.1))) {
      OptState state = each.init(w);
      assertThatThrownBy(() -> each.update(w, state, null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("argument \"params\": expected a tree of arrays, got null");
      assertThatThrownBy(() -> each.update((Variables) null, state, w))
          .hasMessage("argument \"updates\": expected a tree of arrays, got null");
      assertThatThrownBy(() -> each.update(w, null, w))
          .hasMessage(
              "argument \"state\": expected the state of init or of the previous step, got null");
      assertThatThrownBy(() -> each.init((Variables) null))
          .hasMessage("argument \"params\": expected a tree of arrays, got null");
    }
  }

  @Test
  void aMaskNeedsAWeightDecay() {
    assertThatThrownBy(() -> Optim.adam(0.1).mask((path, param) -> true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mask: expected an optimizer with weight decay, got none");
  }

  @Test
  void toStringIsTheCallWithOptaxsNames() {
    assertThat(Optim.adamw(0.1).b2(0.99))
        .hasToString(
            "adamw(learning_rate=0.1, b1=0.9, b2=0.99, eps=1.0E-8, eps_root=0.0, nesterov=false,"
                + " weight_decay=1.0E-4)");
    assertThat(Optim.chain(Optim.clipByGlobalNorm(1), Optim.sgd(step -> 0.1)))
        .hasToString("chain(clip_by_global_norm(max_norm=1.0), sgd(learning_rate=schedule))");
    assertThat(Optim.multiSteps(Optim.lion(0.1).mask(path -> true), 4))
        .hasToString(
            "MultiSteps(lion(learning_rate=0.1, b1=0.9, b2=0.99, weight_decay=0.001,"
                + " mask=<function>), every_k_schedule=4, use_grad_mean=true,"
                + " accumulator_dtype=float32)");
    assertThat(Optim.chain(Optim.scaleByAdam(), Optim.scaleByLearningRate(0.1), Optim.identity()))
        .hasToString(
            "chain(scale_by_adam(b1=0.9, b2=0.999, eps=1.0E-8, eps_root=0.0, nesterov=false),"
                + " scale_by_learning_rate(learning_rate=0.1), identity())");
    assertThat(Optim.chain(Optim.scaleByLion(), Optim.scale(-0.5), Optim.scaleBySchedule(n -> 1)))
        .hasToString(
            "chain(scale_by_lion(b1=0.9, b2=0.99), scale(step_size=-0.5),"
                + " scale_by_schedule(step_size_fn=schedule))");
  }

  @Test
  void transformationsMadeByEqualCallsAreEqual() {
    Mask mask = (path, param) -> true;
    assertThat(Optim.adamw(0.1).b1(0.8).mask(mask))
        .isEqualTo(Optim.adamw(0.1).mask(mask).b1(0.8))
        .hasSameHashCodeAs(Optim.adamw(0.1).mask(mask).b1(0.8))
        .isNotEqualTo(Optim.adamw(0.1).b1(0.8))
        .isNotEqualTo(Optim.adamw(0.2).b1(0.8).mask(mask));
    assertThat(Optim.adam(0.1)).isNotEqualTo(Optim.scaleByAdam()).isNotEqualTo("adam");
    assertThat(Optim.adam(0.1).weightDecay(1e-4)).isEqualTo(Optim.adamw(0.1));
    assertThat(Optim.chain(Optim.trace(0.9, true), Optim.scale(2)))
        .isEqualTo(Optim.chain(Optim.trace(0.9, true), Optim.scale(2)))
        .isNotEqualTo(Optim.chain(Optim.trace(0.9, false), Optim.scale(2)));
    assertThat(Optim.multiSteps(Optim.sgd(0.1), 2)).isEqualTo(Optim.multiSteps(Optim.sgd(0.1), 2));
  }
}
