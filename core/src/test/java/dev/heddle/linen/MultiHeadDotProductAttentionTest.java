package dev.heddle.linen;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Index;
import dev.heddle.array.Shape;
import dev.heddle.array.Slice;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.random.Key;
import dev.heddle.support.Numbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The layer by its properties; its numbers stand beside Flax's in the module parity. */
class MultiHeadDotProductAttentionTest {
  private static final AttentionBuilder THREE_HEADS =
      MultiHeadDotProductAttention.builder().numHeads(3).qkvFeatures(15);

  private final MultiHeadDotProductAttention attention = THREE_HEADS.build();
  private final Array x = Numbers.of(1, DType.FLOAT32, 2, 7, 11);
  private final Array memory = Numbers.of(2, DType.FLOAT32, 2, 5, 13);

  @Test
  void projectsAttendsAndProjectsBack() {
    Variables variables = attention.init(Rngs.of(0), x, memory);

    Array y = attention.apply(variables, x, memory);

    assertThat(y.shape()).isEqualTo(Shape.of(2, 7, 11));
    assertThat(variables.flatten().keySet())
        .containsExactly(
            "params/query/kernel", "params/query/bias",
            "params/key/kernel", "params/key/bias",
            "params/value/kernel", "params/value/bias",
            "params/out/kernel", "params/out/bias");
    assertThat(variables.get("params/key/kernel").shape()).isEqualTo(Shape.of(13, 3, 5));
    assertThat(variables.get("params/out/kernel").shape()).isEqualTo(Shape.of(3, 5, 11));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
  void aPositionDecodedAloneHasTheBitsOfTheFullPass(DType dtype) {
    Array inputs = Numbers.of(3, dtype, 2, 7, 11);
    var decoder = THREE_HEADS.build().toBuilder().dtype(dtype).decode(true).build();
    var full = decoder.toBuilder().decode(false).build();
    Variables state = decoder.init(Rngs.of(0), inputs);
    Array causal = Masks.makeCausalMask(Array.zeros(DType.INT32, 2, 7));
    Array all = full.apply(state, AttentionInputs.of(inputs).mask(causal));

    for (int i = 0; i < 7; i++) {
      Array position = Slice.get(inputs, Index.all(), Index.range(i, i + 1));
      var step =
          decoder.apply(state, AttentionInputs.of(position), Rngs.none(), Mutable.of("cache"));
      assertThatArray(step.output())
          .hasSameBitsAs(Slice.get(all, Index.all(), Index.range(i, i + 1)));
      state = state.merge(step.variables());
      assertThat(state.get("cache/cache_index").item()).isEqualTo(i + 1);
    }
  }

  @Test
  void aBatchElementAloneHasTheBitsItHasAmongOthers() {
    Variables variables = attention.init(Rngs.of(0), x);
    Array all = attention.apply(variables, x);

    for (int i = 0; i < 2; i++) {
      assertThatArray(attention.apply(variables, x.get(i))).hasSameBitsAs(all.get(i));
    }
  }

  @Test
  void aCausalMaskAndTheSameMaskInNumbersGiveTheSameBits() {
    Variables variables = attention.init(Rngs.of(0), x);
    Array causal = Masks.makeCausalMask(Array.zeros(DType.INT32, 2, 7));
    Array numbers = Array.of(causal.toFloatArray(), 2, 1, 7, 7);

    assertThatArray(attention.apply(variables, AttentionInputs.of(x).mask(causal)))
        .hasSameBitsAs(attention.apply(variables, AttentionInputs.of(x).mask(numbers)));
  }

  @Test
  void sowingTheWeightsChangesNoBitOfTheOutput() {
    Variables variables = attention.init(Rngs.of(0), x);

    var applied =
        attention.apply(
            variables,
            AttentionInputs.of(x).sowWeights(true),
            Rngs.none(),
            Mutable.of("intermediates"));

    assertThatArray(applied.output()).hasSameBitsAs(attention.apply(variables, x));
    assertThat(applied.variables().tuple("intermediates/attention_weights"))
        .extracting(Array::shape)
        .containsExactly(Shape.of(2, 3, 7, 7));
  }

  @Test
  void dropoutIsSharedByHeadsAndBatchUnlessItIsNot() {
    Array ones = Array.full(1, DType.FLOAT32, 2, 7, 11);
    var shared = THREE_HEADS.build().toBuilder().dropoutRate(0.5).build();
    var apart = shared.toBuilder().broadcastDropout(false).build();
    Variables variables = shared.init(Rngs.of(0), AttentionInputs.of(ones).deterministic(true));
    AttentionInputs dropped = AttentionInputs.of(ones).deterministic(false);
    Rngs rngs = Rngs.of("dropout", 1);

    Array same = shared.apply(variables, dropped, rngs);
    Array different = apart.apply(variables, dropped, rngs);

    assertThatArray(same.get(0)).hasSameBitsAs(same.get(1));
    assertThat(different.get(0)).isNotEqualTo(different.get(1));
    assertThatArray(shared.apply(variables, dropped, rngs)).hasSameBitsAs(same);
    AttentionInputs keyed = dropped.dropoutRng(Key.of(5));
    assertThat(shared.apply(variables, keyed)).isNotEqualTo(same);
  }

  @Test
  void deterministicIsGivenOnceWhereThereIsDropout() {
    var configured = THREE_HEADS.build().toBuilder().dropoutRate(0.1).deterministic(true).build();
    var open = configured.toBuilder().deterministic(null).build();
    Variables variables = configured.init(Rngs.of(0), x);

    assertThatArray(configured.apply(variables, x)).hasSameBitsAs(attention.apply(variables, x));
    assertThatThrownBy(() -> configured.apply(variables, AttentionInputs.of(x).deterministic(true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected once, got true when the module was built and true");
    assertThatThrownBy(() -> open.apply(variables, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected true or false when the module is built or at the call");
  }

  @Test
  void aFullCacheIsAnErrorThatNamesIndexAndLength() {
    var decoder = THREE_HEADS.build().toBuilder().decode(true).build();
    Array one = Numbers.of(4, DType.FLOAT32, 1, 1, 11);
    Variables fresh = decoder.init(Rngs.of(0), one);
    AttentionInputs inputs = AttentionInputs.of(one);
    Variables full =
        fresh.merge(decoder.apply(fresh, inputs, Rngs.none(), Mutable.of("cache")).variables());

    assertThatThrownBy(() -> decoder.apply(full, inputs, Rngs.none(), Mutable.of("cache")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "/: cache: expected a \"cache_index\" from 0 to 0 for a cache of length 1, got 1: the"
                + " cache is full");
    assertThatThrownBy(
            () -> decoder.apply(fresh.without("cache"), inputs, Rngs.none(), Mutable.of("cache")))
        .isInstanceOf(LinenException.ScopeCollectionNotFound.class);
    assertThatThrownBy(() -> decoder.apply(fresh, inputs))
        .isInstanceOf(LinenException.ModifyScopeVariableError.class);
  }

  @Test
  void whatDoesNotFitIsSaidBeforeAnythingIsComputed() {
    assertThatThrownBy(() -> MultiHeadDotProductAttention.builder().build())
        .hasMessage("argument \"numHeads\" (num_heads): is missing; numHeads(...) sets it");
    assertThatThrownBy(
            () -> MultiHeadDotProductAttention.builder().numHeads(2).dropoutRate(-0.5).build())
        .hasMessage(
            "argument \"dropoutRate\" (dropout_rate): expected a rate from 0 to 1, got -0.5");
    var two = MultiHeadDotProductAttention.builder().numHeads(2).build();
    assertThatThrownBy(() -> two.init(Rngs.of(0), x))
        .hasMessageContaining("expected a multiple of the number of heads (2), got 11");
    Variables variables = attention.init(Rngs.of(0), x);
    assertThatThrownBy(() -> attention.apply(variables, memory))
        .isInstanceOf(LinenException.ScopeParamShapeError.class);
    Array wide = Numbers.flags(1, 2, 1, 7, 8);
    assertThatThrownBy(() -> attention.apply(variables, AttentionInputs.of(x).mask(wide)))
        .hasMessageContaining("[2, 3, 7, 7]")
        .hasMessageContaining("[2, 1, 7, 8]");
  }
}
