package dev.heddle.linen;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Repeat;
import dev.heddle.array.Slice;
import dev.heddle.grad.Grad;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.CausalAlignment;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.attention.SlidingWindow;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.support.Numbers;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The options of attention that Linen does not have: shared heads of keys and values, causal
 * attention, sliding windows, another scale.
 */
class AttentionVariantsTest {
  private static AttentionBuilder builder() {
    return MultiHeadDotProductAttention.builder()
        .numHeads(4)
        .qkvFeatures(16)
        .biasInit(Initializers.normal(1));
  }

  private static Array input(int length) {
    return Numbers.of(length, DType.FLOAT32, 2, length, 6);
  }

  private static Array mask(int queries, int keys, IntBinaryOperator seen) {
    boolean[] flags = new boolean[queries * keys];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = seen.applyAsInt(i / keys, i % keys) != 0;
    }
    return Array.of(flags, 1, 1, queries, keys);
  }

  /** Output and gradients of a module are those of the plain one with a mask. */
  private static void assertIsMasked(
      AttentionBuilder option, int queries, int keys, IntBinaryOperator seen) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.FLOAT64}) {
      for (boolean isMasked : new boolean[] {false, true}) {
        Array own = isMasked ? mask(queries, keys, (i, j) -> (i + j) % 3) : null;
        Array all = mask(queries, keys, seen);
        AttentionInputs in = AttentionInputs.of(input(queries), input(keys)).mask(own);
        Array expectedMask = own == null ? all : Masks.combineMasks(own, all);
        MultiHeadDotProductAttention module = option.dtype(dtype).build();
        Variables variables = module.init(Rngs.of(0), in);
        MultiHeadDotProductAttention plain = builder().dtype(dtype).build();

        assertThatArray(module.apply(variables, in))
            .hasSameBitsAs(plain.apply(variables, in.mask(expectedMask)));
        Variables gradients = Grad.grad(v -> module.apply(v, in).sum(), variables);
        Variables expected = Grad.grad(v -> plain.apply(v, in.mask(expectedMask)).sum(), variables);
        for (int i = 0; i < expected.leaves().size(); i++) {
          assertThatArray(gradients.leaves().get(i)).hasSameBitsAs(expected.leaves().get(i));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"9, 9", "7, 12", "12, 7", "1, 5", "70, 300"})
  void causalAttentionStartsAtTheFirstKeyOrEndsAtTheLast(int queries, int keys) {
    assertIsMasked(builder().isCausal(true), queries, keys, (i, j) -> j <= i ? 1 : 0);
    assertIsMasked(
        builder().isCausal(true).causalAlignment(CausalAlignment.BOTTOM_RIGHT),
        queries,
        keys,
        (i, j) -> j <= i + keys - queries ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {"2, 1", "0, 0", "3, null", "null, 2", "null, null", "40, 3"})
  void aSlidingWindowIsAroundTheQuery(@Nullable Integer left, @Nullable Integer right) {
    SlidingWindow window = new SlidingWindow(left, right);
    int before = left == null ? 1000 : left;
    int after = right == null ? 1000 : right;
    assertIsMasked(
        builder().slidingWindow(window), 9, 9, (i, j) -> i - before <= j && j <= i + after ? 1 : 0);
    assertIsMasked(
        builder().slidingWindow(window).causalAlignment(CausalAlignment.BOTTOM_RIGHT),
        70,
        300,
        (i, j) -> i + 230 - before <= j && j <= i + 230 + after ? 1 : 0);
    assertIsMasked(
        builder().slidingWindow(window).isCausal(true),
        9,
        12,
        (i, j) -> i - before <= j && j <= Math.min(i, i + after) ? 1 : 0);
  }

  private static Array position(Array x, int at) {
    return Slice.dynamicSlice(x, new int[] {0, at, 0}, new int[] {2, 1, x.shape().dim(-1)});
  }

  @Test
  void decodingHasTheBitsOfTheFullPass() {
    AttentionBuilder options =
        builder().numKvHeads(2).isCausal(true).slidingWindow(new SlidingWindow(3, null)).scale(0.3);
    Array x = input(11);
    MultiHeadDotProductAttention full = options.build();
    MultiHeadDotProductAttention decode = options.decode(true).build();
    Variables variables = decode.init(Rngs.of(0), x);
    assertThat(variables.get("cache/cached_key").shape().dims()).containsExactly(2, 11, 2, 4);
    Array expected = full.apply(variables.collection("params"), x);

    Variables now = variables;
    for (int i = 0; i < 11; i++) {
      Array step = position(x, i);
      Applied<Array> applied =
          decode.apply(now, AttentionInputs.of(step), Rngs.none(), Mutable.of("cache"));
      assertThatArray(applied.output()).hasSameBitsAs(position(expected, i));
      now = now.merge(applied.variables());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void sharedHeadsAreEqualHeads(DType dtype) {
    AttentionInputs in = AttentionInputs.of(input(9), input(12)).sowWeights(true);
    MultiHeadDotProductAttention grouped = builder().numKvHeads(2).dtype(dtype).build();
    Variables variables = grouped.init(Rngs.of(0), in);
    assertThat(variables.get("params/key/kernel").shape().dims()).containsExactly(6, 2, 4);
    assertThat(variables.get("params/value/bias").shape().dims()).containsExactly(2, 4);

    MultiHeadDotProductAttention plain = builder().dtype(dtype).build();
    Variables repeated = variables;
    for (String name : new String[] {"key", "value"}) {
      String kernel = "params/" + name + "/kernel";
      String bias = "params/" + name + "/bias";
      repeated =
          repeated
              .with(kernel, Repeat.repeat(variables.get(kernel), 2, 1))
              .with(bias, Repeat.repeat(variables.get(bias), 2, 0));
    }
    Mutable mutable = Mutable.of("intermediates");
    Applied<Array> actual = grouped.apply(variables, in, Rngs.none(), mutable);
    Applied<Array> expected = plain.apply(repeated, in, Rngs.none(), mutable);
    assertThatArray(actual.output()).hasSameBitsAs(expected.output());
    String weights = "intermediates/attention_weights/0";
    assertThatArray(actual.variables().get(weights))
        .hasSameBitsAs(expected.variables().get(weights));
  }

  @Test
  void aScaleOfTheRootOfTheDepthIsTheDefault() {
    Array x = input(9);
    Variables variables = builder().build().init(Rngs.of(0), x);
    Array usual = builder().build().apply(variables, x);
    assertThatArray(builder().scale(0.5).build().apply(variables, x)).hasSameBitsAs(usual);
    assertThat(builder().scale(0.7).build().apply(variables, x)).isNotEqualTo(usual);
  }

  @Test
  void contradictoryOptionsAreErrors() {
    assertThatThrownBy(() -> builder().numKvHeads(3).build())
        .hasMessage(
            "argument \"numKvHeads\" (num_kv_heads): expected a divisor of the number of heads (4),"
                + " got 3");
    assertThatThrownBy(() -> builder().numKvHeads(0).build()).hasMessageContaining("got 0");
    assertThatThrownBy(() -> builder().scale(Double.NaN).build())
        .hasMessage("argument \"scale\": expected a finite number, got NaN");
    assertThatThrownBy(() -> builder().logitsSoftCap(0.0).build())
        .hasMessage(
            "argument \"logitsSoftCap\" (logits_soft_cap): expected a finite number above 0, got"
                + " 0.0");
    assertThatThrownBy(() -> new SlidingWindow(-1, null))
        .hasMessageContaining("0 or more, or null for no limit, got [-1, null]");
    assertThatThrownBy(() -> builder().causalAlignment(CausalAlignment.BOTTOM_RIGHT).build())
        .hasMessageContaining("expected with \"isCausal\" (is_causal) or \"slidingWindow\"")
        .hasMessageContaining("got bottom_right without them");
  }
}
