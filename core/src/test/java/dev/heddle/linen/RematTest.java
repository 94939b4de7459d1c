package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.support.Numbers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Modules with rematerialization have the values, gradients and masks of those without. */
class RematTest {
  private static final Array X = Numbers.of(1, DType.FLOAT32, 3, 4);
  private static final Rngs DROPOUT = Rngs.of("dropout", 2);

  /** Counts its calls. */
  private static final class Block extends Module<Array, Array> {
    private final AtomicInteger calls;

    Block(@Nullable String name, AtomicInteger calls) {
      super(name, null);
      this.calls = calls;
    }

    @Override
    protected Array call(Scope scope, Array x) {
      calls.incrementAndGet();
      Array hidden = Elementwise.tanh(scope.call(Dense.of(5), x));
      Array kept = scope.call(Dropout.of(0.5), Dropout.Inputs.of(hidden).deterministic(false));
      Array output = scope.call(Dense.of(4), kept);
      scope.sow("intermediates", "output", output);
      return output;
    }
  }

  /** Three calls of blocks, of which two are the same instance. */
  private static final class Model extends Module<Array, Array> {
    private final boolean remat;
    private final boolean named;
    private final AtomicInteger calls = new AtomicInteger();

    Model(boolean remat, boolean named) {
      this.remat = remat;
      this.named = named;
    }

    @Override
    protected Array call(Scope scope, Array x) {
      Module<Array, Array> one = block("one");
      Module<Array, Array> two = block("two");
      return scope.call(one, scope.call(two, scope.call(one, x)));
    }

    private Module<Array, Array> block(String name) {
      Block block = new Block(named ? name : null, calls);
      return remat ? Remat.of(block) : block;
    }
  }

  private static TreePair<Variables, Array> at(Variables variables) {
    return TreePair.of(variables, X);
  }

  private static Function<TreePair<Variables, Array>, Array> loss(Module<Array, Array> model) {
    return at -> {
      Array output = model.apply(at.first(), at.second(), DROPOUT);
      return output.times(output).sum();
    };
  }

  @Test
  void valuesGradientsAndMasksAreThoseWithoutIt() {
    Model plain = new Model(false, true);
    Model remat = new Model(true, true);
    Variables variables = plain.init(Rngs.of(0).and("dropout", 1), X);
    assertThat(remat.init(Rngs.of(0).and("dropout", 1), X)).isEqualTo(variables);
    assertThat(remat.apply(variables, X, DROPOUT)).isEqualTo(plain.apply(variables, X, DROPOUT));

    remat.calls.set(0);
    var expected = Grad.valueAndGrad(loss(plain), at(variables));
    var actual = Grad.valueAndGrad(loss(remat), at(variables));

    assertThat(remat.calls).hasValue(6); // three forward, three again
    assertThat(actual.value()).isEqualTo(expected.value());
    assertThat(actual.gradient()).isEqualTo(expected.gradient());
  }

  @Test
  void everyPullbackDrawsTheSameMasks() {
    Model plain = new Model(false, true);
    Variables variables = plain.init(Rngs.of(0).and("dropout", 1), X);
    var back = Grad.vjp((Variables v) -> new Model(true, true).apply(v, X, DROPOUT), variables);

    Variables first = back.pullback(X);

    assertThat(back.pullback(X)).isEqualTo(first);
    assertThat(Grad.vjp((Variables v) -> plain.apply(v, X, DROPOUT), variables).pullback(X))
        .isEqualTo(first);
  }

  @Test
  void oneInsideAnotherAndInsideACheckpoint() {
    Model plain = new Model(false, true);
    Variables variables = plain.init(Rngs.of(0).and("dropout", 1), X);
    var expected = Grad.grad(loss(plain), at(variables));
    Module<Array, Array> twice = Remat.of(new Model(true, true));

    assertThat(Grad.grad(loss(twice), at(variables))).isEqualTo(expected);
    assertThat(Grad.grad(Grad.checkpoint(loss(twice)), at(variables))).isEqualTo(expected);
  }

  /** As {@code nn.remat(Block)()} of Flax 0.12.8. */
  @Test
  void unnamedItHasFlaxsName() {
    Variables variables = new Model(true, false).init(Rngs.of(0).and("dropout", 1), X);

    assertThat(variables.paths())
        .contains(
            "params/CheckpointBlock_0/Dense_0/kernel", "params/CheckpointBlock_1/Dense_1/bias")
        .hasSize(8);
  }

  @Test
  void aCallThatWritesVariablesIsAnOrdinaryOne() {
    Model plain = new Model(false, true);
    Model remat = new Model(true, true);
    Variables variables = plain.init(Rngs.of(0).and("dropout", 1), X);
    Mutable sown = Mutable.of("intermediates");

    var expected = plain.apply(variables, X, DROPOUT, sown);
    var actual = remat.apply(variables, X, DROPOUT, sown);

    assertThat(actual.output()).isEqualTo(expected.output());
    assertThat(actual.variables()).isEqualTo(expected.variables());
    assertThat(actual.variables().tuple("intermediates/one/output")).hasSize(2);
  }

  @Test
  void attentionWithItsMask() {
    MultiHeadDotProductAttention attention =
        MultiHeadDotProductAttention.builder()
            .numHeads(2)
            .dropoutRate(0.3)
            .deterministic(false)
            .build();
    AttentionInputs in =
        AttentionInputs.of(X.reshape(1, 3, 4))
            .mask(Masks.makeCausalMask(Array.zeros(DType.FLOAT32, 1, 3)));
    Variables variables = attention.init(Rngs.of(0).and("dropout", 1), in);
    Module<AttentionInputs, Array> remat = Remat.of(attention);
    assertThat(remat).hasToString("Remat(" + attention + ")");

    assertThat(Grad.grad((Variables v) -> remat.apply(v, in, DROPOUT).sum(), variables))
        .isEqualTo(Grad.grad((Variables v) -> attention.apply(v, in, DROPOUT).sum(), variables));
  }
}
