package dev.heddle.grad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.TreePair;
import dev.heddle.linen.Module;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Scope;
import dev.heddle.linen.Variables;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.support.Numbers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Rematerialization: the bits are those without it, alone and inside other differentiations. */
class CheckpointTest {
  private final Array x = Numbers.of(1, DType.FLOAT32, 7);
  private final Array w = Numbers.of(2, DType.FLOAT32, 7);

  private static Array block(Array x) {
    return Elementwise.tanh(x.times(x).plus(x)).times(x);
  }

  @Test
  void isRecomputedInTheBackwardPass() {
    AtomicInteger calls = new AtomicInteger();
    Function<Array, Array> counted =
        v -> {
          calls.incrementAndGet();
          return block(v);
        };
    Array expected = Grad.grad(v -> block(block(v)).sum(), x);
    var checkpoint = Grad.checkpoint(counted);
    assertThat(Grad.grad(v -> checkpoint.apply(checkpoint.apply(v)).sum(), x)).isEqualTo(expected);
    assertThat(calls).hasValue(4);
    assertThat(checkpoint.apply(x)).isEqualTo(block(x)); // not differentiated
    assertThat(calls).hasValue(5);
    var back = Grad.vjp((Array v) -> checkpoint.apply(v), x);
    assertThat(back.pullback(w)).isEqualTo(back.pullback(w));
  }

  @Test
  void capturedArraysHaveGradientsToo() {
    var at = TreePair.of(x, w);
    Function<TreePair<Array, Array>, Array> plain =
        t -> block(t.first().times(t.second())).plus(t.second()).times(t.first()).sum();
    Function<TreePair<Array, Array>, Array> checkpointed =
        t -> {
          Array outside = t.second();
          Function<Array, Array> part = v -> block(v.times(outside)).plus(outside).times(v);
          return Grad.checkpoint(part).apply(t.first()).sum();
        };
    assertThat(Grad.grad(checkpointed, at)).isEqualTo(Grad.grad(plain, at));
  }

  @Test
  void severalOutputsOfWhichOneIsTheInput() {
    Function<Array, TreePair<Array, Array>> two =
        v -> TreePair.of(block(v), TreePair.of(v, v.times(3)).first());
    Function<Array, Array> plain = v -> two.apply(v).first().times(two.apply(v).second()).sum();
    Function<Array, Array> checkpointed =
        v -> {
          var both = Grad.checkpoint(two).apply(v);
          return both.first().times(both.second()).sum();
        };
    assertThat(Grad.grad(checkpointed, x)).isEqualTo(Grad.grad(plain, x));
    Function<Array, Array> unused = v -> Grad.checkpoint(two).apply(v).second().sum();
    assertThat(Grad.grad(unused, x)).isEqualTo(Array.full(1, DType.FLOAT32, 7));
  }

  @Test
  void nested() {
    Function<Array, Array> inner = Grad.checkpoint(CheckpointTest::block);
    Function<Array, Array> outer = Grad.checkpoint(v -> inner.apply(inner.apply(v).plus(v)));
    Function<Array, Array> plain = v -> block(block(v).plus(v));
    assertThat(Grad.grad(v -> outer.apply(outer.apply(v)).sum(), x))
        .isEqualTo(Grad.grad(v -> plain.apply(plain.apply(v)).sum(), x));
  }

  @Test
  void insideOtherDifferentiations() {
    Function<Array, Array> checkpoint = Grad.checkpoint(CheckpointTest::block);
    Function<Array, Array> plain = v -> Grad.grad(u -> block(u).times(w).sum(), v);
    Function<Array, Array> checked = v -> Grad.grad(u -> checkpoint.apply(u).times(w).sum(), v);
    assertThat(Grad.grad(v -> checked.apply(v).sum(), x))
        .isEqualTo(Grad.grad(v -> plain.apply(v).sum(), x));
  }

  /**
   * The checkpoint's argument is traced by the outer differentiation, a captured array by the
   * inner.
   */
  @Test
  void aroundAnInnerDifferentiation() {
    Function<Array, Array> plain = v -> Grad.grad(u -> block(v.times(u)).sum(), w).times(v).sum();
    Function<Array, Array> checked =
        v -> {
          Function<Array, Array> step =
              u -> Grad.checkpoint((Array a) -> block(a.times(u))).apply(v).sum();
          return Grad.grad(step, w).times(v).sum();
        };
    assertThat(Grad.grad(checked, x)).isEqualTo(Grad.grad(plain, x));
  }

  @Test
  void aModuleWithDropoutDrawsTheSameMasksAgain() {
    Array in = Numbers.of(3, DType.FLOAT32, 4, 7);
    Module<Array, Array> block =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array x) {
            Array hidden = Elementwise.tanh(scope.call(Dense.of(11), x));
            Array kept =
                scope.call(Dropout.of(0.5), Dropout.Inputs.of(hidden).deterministic(false));
            return scope.call(Dense.of(7), kept);
          }
        };
    Variables variables = block.init(Rngs.of(0), in);
    Rngs rngs = Rngs.of("dropout", 1);
    Function<TreePair<Variables, Array>, Array> plain =
        at -> block.apply(at.first(), at.second(), rngs);
    Function<TreePair<Variables, Array>, Array> twice =
        at -> plain.apply(TreePair.of(at.first(), plain.apply(at)));
    var checkpoint = Grad.checkpoint(plain);
    Function<TreePair<Variables, Array>, Array> checkpointed =
        at -> checkpoint.apply(TreePair.of(at.first(), checkpoint.apply(at)));

    var expected = Grad.valueAndGrad(at -> twice.apply(at).sum(), TreePair.of(variables, in));
    var actual = Grad.valueAndGrad(at -> checkpointed.apply(at).sum(), TreePair.of(variables, in));

    assertThat(actual.value()).isEqualTo(expected.value());
    assertThat(actual.gradient()).isEqualTo(expected.gradient());
    assertThat(actual.value())
        .isNotEqualTo(block.apply(variables, in, Rngs.of("dropout", 2)).sum());
  }

  @Test
  void aFailureInTheBackwardPassLeavesTheTapeAsItWas() {
    AtomicInteger calls = new AtomicInteger();
    Function<Array, Array> once =
        Grad.checkpoint(v -> {
          Array result = block(v);
          if (calls.incrementAndGet() == 2) {
            throw new IllegalStateException("the second time");
          }
          return result;
        });
    var back = Grad.vjp((Array v) -> once.apply(v), x);
    assertThatThrownBy(() -> back.pullback(w)).hasMessage("the second time");
    assertThat(back.pullback(w)).isEqualTo(Grad.vjp(CheckpointTest::block, x).pullback(w));
  }
}
