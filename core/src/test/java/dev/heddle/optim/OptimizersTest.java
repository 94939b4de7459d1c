package dev.heddle.optim;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.Creation;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import dev.heddle.support.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

/** Optimizers on trees: names of states, fused passes, masks, custom transformations. */
class OptimizersTest {
  private static final int LARGE = 200_003; // several chunks and a remainder

  private static Variables tree(long seed, DType dtype) {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    tensors.put("params/query/kernel", Numbers.of(seed, dtype, 3, 5));
    tensors.put("params/query/bias", Numbers.of(seed + 1, dtype, 5));
    tensors.put("params/large", Numbers.of(seed + 2, dtype, LARGE));
    tensors.put("params/none", Numbers.of(seed + 3, dtype, 2, 0));
    return Variables.of(tensors);
  }

  /** Hides from a chain that a transformation is fusable. */
  private record NotFusable(GradientTransformation inner) implements GradientTransformation {
    @Override
    public <T extends ArrayTree<T>> OptState init(T params) {
      return inner.init(params);
    }

    @Override
    public <T extends ArrayTree<T>> UpdateResult<T> update(T updates, OptState state, T params) {
      return inner.update(updates, state, params);
    }
  }

  private static final Schedule RATE =
      Schedules.warmupCosineDecaySchedule(0.001, 0.01, 2, 5, 0.0001);

  private static List<GradientTransformation> parts() {
    return List.of(
        Optim.clipByGlobalNorm(0.5),
        Optim.trace(0.9, true),
        Optim.scaleByAdam().nesterov(true),
        Optim.scaleByLion(),
        Optim.addDecayedWeights(0.1, (path, param) -> param.rank() > 1),
        Optim.scaleByLearningRate(RATE),
        Optim.multiSteps(Optim.scale(0.5), 2));
  }

  @Test
  void fusedTransformationsHaveTheBitsOfSeparateOnes() {
    var joined = Optim.chain(parts().toArray(GradientTransformation[]::new));
    var apart =
        Optim.chain(parts().stream().map(NotFusable::new).toArray(GradientTransformation[]::new));
    Variables params = tree(1, DType.FLOAT32);
    OptState state = joined.init(params);
    OptState other = apart.init(params);
    for (int step = 0; step < 4; step++) {
      Variables gradients = tree(10 + step, DType.FLOAT32);
      var one = joined.update(gradients, state, params);
      var two = apart.update(gradients, other, params);
      var atOnce = Optim.applyGradients(joined, gradients, state, params);
      assertThat(one.updates()).isEqualTo(two.updates());
      assertThat(one.state()).isEqualTo(two.state()).isEqualTo(atOnce.state());
      params = Optim.applyUpdates(params, one.updates());
      assertThat(atOnce.params()).isEqualTo(params);
      state = one.state();
      other = two.state();
    }
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    var tx = Optim.chain(Optim.clipByGlobalNorm(1), Optim.adamw(0.01));
    Variables params = tree(1, DType.FLOAT32);
    OptState state = tx.init(params);
    var here = Optim.applyGradients(tx, tree(2, DType.FLOAT32), state, params);
    try (ForkJoinPool pool = new ForkJoinPool(4)) {
      var there =
          dev.heddle.array.Threads.of(pool, 5)
              .call(() -> Optim.applyGradients(tx, tree(2, DType.FLOAT32), state, params));
      assertThat(there).isEqualTo(here);
    }
  }

  /** The array operations are the definition; the fused float32 loops have their bits. */
  @Test
  void fusedPassesHaveTheBitsOfArrayOperations() {
    Array p = Numbers.of(1, DType.FLOAT32, 7, 11);
    Array g = Numbers.of(2, DType.FLOAT32, 7, 11);
    Array update = step(Optim.adamw(0.01), p, g);
    Array m = g.times(1 - 0.9).plus(Array.zeros(DType.FLOAT32, 7, 11).times(0.9));
    Array v = g.times(g).times(1 - 0.999).plus(Array.zeros(DType.FLOAT32, 7, 11).times(0.999));
    Array mHat = m.dividedBy(1 - 0.9f);
    Array root = dev.heddle.array.Elementwise.sqrt(v.dividedBy(1 - 0.999f));
    Array expected = mHat.dividedBy(root.plus(1e-8)).plus(p.times(1e-4)).times(-0.01);
    assertThatArray(update).hasSameBitsAs(expected);
  }

  private static Array step(GradientTransformation tx, Array param, Array gradient) {
    Variables params = Variables.of(Map.of("params/w", param));
    Variables gradients = Variables.of(Map.of("params/w", gradient));
    return tx.update(gradients, tx.init(params), params).updates().get("params/w");
  }

  @Test
  void statesHaveFlaxsNames() {
    Variables params = Variables.of(Map.of("params/w", Array.zeros(DType.FLOAT32, 2)));
    assertThat(Optim.adamw(RATE).muDtype(DType.BFLOAT16).init(params))
        .hasToString(
            """
            0/count: int32 []
            0/mu/params/w: bfloat16 [2]
            0/nu/params/w: float32 [2]
            2/count: int32 []
            """);
    assertThat(Optim.chain(Optim.clipByGlobalNorm(1), Optim.sgd(0.1).momentum(0.9)).init(params))
        .hasToString("1/0/trace/params/w: float32 [2]\n");
    assertThat(
            Optim.multiSteps(Optim.lion(0.1).weightDecay(RATE).mask(path -> true), 3)
                .init(params)
                .paths())
        .containsExactly(
            "mini_step",
            "gradient_step",
            "inner_opt_state/0/count",
            "inner_opt_state/0/mu/params/w",
            "inner_opt_state/1/inner_state/count",
            "acc_grads/params/w");
  }

  @Test
  void aStateIsRestoredFromItsArrays() {
    var tx = Optim.adamw(0.01);
    Variables params = tree(1, DType.FLOAT32);
    OptState state = tx.update(tree(2, DType.FLOAT32), tx.init(params), params).state();
    OptState restored = OptState.restore(tx.init(params), state.flatten());
    assertThat(restored).isEqualTo(state).hasSameHashCodeAs(state);
    assertThat(restored.get("0/count").item()).isEqualTo(1);
    assertThat(state.withLeaves(state.leaves())).isEqualTo(state);
  }

  @Test
  void theOrderOfLeavesChangesNoBit() {
    Variables params = tree(1, DType.FLOAT32);
    SequencedMap<String, Array> reversed = new LinkedHashMap<>();
    params.flatten().reversed().forEach(reversed::put);
    Variables other = Variables.of(reversed);
    assertThatArray(Optim.globalNorm(other)).hasSameBitsAs(Optim.globalNorm(params));
    var tx = Optim.chain(Optim.clipByGlobalNorm(1), Optim.adam(0.1));
    OptState state = tx.init(params);
    assertThat(Optim.applyGradients(tx, other, state, params))
        .isEqualTo(Optim.applyGradients(tx, params, state, params));
  }

  @Test
  void masksChooseByPathByParameterOrByTree() {
    Variables params = tree(1, DType.FLOAT32);
    Variables flags =
        params.withLeaves(
            params.leaves().stream()
                .map(param -> Array.scalar(param.rank() > 1 ? 1 : 0, DType.BOOL))
                .toList());
    Variables expected = decayed(params, (path, param) -> param.rank() > 1);
    assertThat(expected.get("params/query/bias")).isEqualTo(Array.zeros(DType.FLOAT32, 5));
    assertThat(expected.get("params/query/kernel"))
        .isEqualTo(params.get("params/query/kernel").times(0.5));
    assertThat(decayed(params, Mask.of(flags))).isEqualTo(expected);
    assertThat(decayed(params, Mask.ofPath(path -> path.matches(".*(kernel|none)"))))
        .isEqualTo(expected);
  }

  private static Variables decayed(Variables params, Mask mask) {
    var tx = Optim.addDecayedWeights(0.5, mask);
    Variables zeros = params.withLeaves(params.leaves().stream().map(Creation::zerosLike).toList());
    return tx.update(zeros, tx.init(params), params).updates();
  }

  @Test
  void everyKthCallIsAStepWithTheMeanOfAll() {
    Array p = Array.of(new float[] {1, 2});
    Variables params = Variables.of(Map.of("params/w", p));
    MultiSteps tx = Optim.multiSteps(Optim.sgd(1), step -> step == 0 ? 1 : 2);
    OptState state = tx.init(params);
    assertThat(tx.hasUpdated(state)).isFalse();
    float[][] expected = {{-1, -1}, {0, 0}, {-2.5f, -2.5f}, {0, 0}};
    boolean[] updates = {true, false, true, false};
    for (int i = 0; i < expected.length; i++) {
      Variables gradient = params.with("params/w", Array.full(i + 1, DType.FLOAT32, 2));
      var updated = tx.update(gradient, state, params);
      assertThat(updated.updates().get("params/w")).isEqualTo(Array.of(expected[i]));
      state = updated.state();
      assertThat(tx.hasUpdated(state)).isEqualTo(updates[i]);
    }
  }

  @Test
  void clippedUpdatesHaveTheMaximumNorm() {
    Variables params = tree(1, DType.FLOAT32);
    var tx = Optim.clipByGlobalNorm(0.25);
    Variables clipped = tx.update(params, tx.init(params), params).updates();
    assertThat(Optim.globalNorm(clipped).item())
        .isCloseTo(0.25, org.assertj.core.data.Offset.offset(1e-5));
    var wide = Optim.clipByGlobalNorm(1e6);
    assertThat(wide.update(params, wide.init(params), params).updates()).isEqualTo(params);
    assertThat(Optim.globalNorm(Variables.empty()).item()).isZero();
  }

  @Test
  void aLambdaIsASchedule() {
    Array p = Array.of(new float[] {1});
    assertThat(step(Optim.sgd(count -> 0.5), p, p)).isEqualTo(Array.of(new float[] {-0.5f}));
    assertThat(step(Optim.scaleBySchedule(count -> 3), p, p)).isEqualTo(Array.of(new float[] {3}));
  }

  @Test
  void parametersKeepTheirTypes() {
    for (DType dtype : List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64)) {
      var tx = Optim.adamw(0.01).muDtype(DType.FLOAT32);
      Variables params = tree(1, dtype);
      var step = Optim.applyGradients(tx, tree(2, dtype), tx.init(params), params);
      assertThat(step.params().leaves()).allMatch(leaf -> leaf.dtype() == dtype);
      assertThat(step.state().get("0/nu/params/large").dtype()).isEqualTo(dtype);
      assertThat(step.state().get("0/mu/params/large").dtype()).isEqualTo(DType.FLOAT32);
    }
  }
}
