package dev.heddle.linen;

import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.array.DType.INT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.layers.Deterministic;
import dev.heddle.support.Numbers;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What attention is called with and built of: names that go together, and what does not fit. */
class AttentionArgumentsTest {
  private static final Array Q = Numbers.of(1, FLOAT32, 2, 4);
  private static final Array K = Numbers.of(2, FLOAT32, 3, 4);
  private static final Array V = Numbers.of(3, FLOAT32, 3, 4);

  @Test
  void whatIsNotNamedIsTakenFromTheOthers() {
    assertThat(AttentionInputs.ofNames(Q, null, null, null)).isEqualTo(AttentionInputs.of(Q));
    assertThat(AttentionInputs.ofNames(Q, K, null, null)).isEqualTo(AttentionInputs.of(Q, K));
    assertThat(AttentionInputs.ofNames(Q, null, K, null)).isEqualTo(AttentionInputs.of(Q, K));
    assertThat(AttentionInputs.ofNames(Q, null, K, V)).isEqualTo(AttentionInputs.of(Q, K, V));
    assertThat(AttentionInputs.of(Q, K).inputsV()).isSameAs(K);
    assertThat(AttentionInputs.of(Q).inputsV()).isSameAs(Q);
  }

  @Test
  void namesThatDoNotGoTogether() {
    assertThatThrownBy(() -> AttentionInputs.ofNames(Q, K, K, null))
        .hasMessage(
            "argument \"inputs_kv\": expected either inputs_kv or inputs_k and inputs_v, got"
                + " inputs_kv with inputs_k");
    assertThatThrownBy(() -> AttentionInputs.ofNames(Q, K, null, V))
        .hasMessageEndingWith("got inputs_kv with inputs_v");
    assertThatThrownBy(() -> AttentionInputs.ofNames(Q, null, null, V))
        .hasMessageEndingWith("got inputs_v without it");
  }

  /** Errors of inputs and of the cache carry a name, by which a caller finds the file at fault. */
  @Test
  void errorsCarryTheNameOfTheArgument() {
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    Variables variables = attention.init(Rngs.of(0), AttentionInputs.of(Q));
    assertArgument("inputs_v", () -> attention.apply(variables, AttentionInputs.of(Q, K, Q)));
    AttentionInputs masked = AttentionInputs.of(Q, K).mask(Array.zeros(FLOAT32, 3, 2, 3));
    assertArgument("mask", () -> attention.apply(variables, masked));

    var decoder = attention.toBuilder().decode(true).build();
    Variables cache = decoder.init(Rngs.of(0), AttentionInputs.of(Q));
    Mutable mutable = Mutable.of("cache");
    assertArgument(
        "inputs_q", () -> decoder.apply(cache, AttentionInputs.of(Q), Rngs.none(), mutable));
    AttentionInputs step = AttentionInputs.of(Numbers.of(1, FLOAT32, 1, 4));
    Variables full = cache.with("cache/cache_index", Array.scalar(2, INT32));
    assertArgument("cache", () -> decoder.apply(full, step, Rngs.none(), mutable));
    AttentionInputs heads = step.mask(Array.zeros(FLOAT32, 3, 1, 2));
    assertArgument("mask", () -> decoder.apply(cache, heads, Rngs.none(), mutable));
  }

  private static void assertArgument(String argument, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ArgumentException.class, e -> assertThat(e.argument()).isEqualTo(argument));
  }

  /** An array that is given in two roles is one leaf, and its cotangents are added. */
  @Test
  void leavesAreTheDifferentArrays() {
    assertThat(AttentionInputs.of(Q).leaves()).containsExactly(Q);
    assertThat(AttentionInputs.of(Q, K).leaves()).containsExactly(Q, K);
    assertThat(AttentionInputs.of(Q, K, V).leaves()).containsExactly(Q, K, V);
    assertThat(AttentionInputs.of(Q, Q, V).leaves()).containsExactly(Q, V);

    Array a = Q.plus(1);
    Array b = K.plus(1);
    Array c = V.plus(1);
    assertThat(AttentionInputs.of(Q).withLeaves(List.of(a))).isEqualTo(AttentionInputs.of(a));
    AttentionInputs two = AttentionInputs.of(Q, K).withLeaves(List.of(a, b));
    assertThat(two.inputsK()).isSameAs(b);
    assertThat(two.inputsV()).isSameAs(b);
    AttentionInputs three =
        AttentionInputs.of(Q, K, V).sowWeights(true).withLeaves(List.of(a, b, c));
    assertThat(three).isEqualTo(AttentionInputs.of(a, b, c).sowWeights(true));
    AttentionInputs self = AttentionInputs.of(Q, Q, V).withLeaves(List.of(a, c));
    assertThat(self.inputsK()).isSameAs(a);
    assertThat(self.inputsV()).isSameAs(c);
    assertThatThrownBy(() -> two.withLeaves(List.of(a)))
        .hasMessage("attention inputs: expected 2 arrays, got 1");
  }

  private static void refuses(Consumer<AttentionBuilder> change, String message) {
    AttentionBuilder builder = MultiHeadDotProductAttention.builder().numHeads(2);
    assertThatThrownBy(
            () -> {
              change.accept(builder);
              builder.build();
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void argumentsOfAttentionAreCheckedWhereItIsBuilt() {
    refuses(b -> b.numHeads(0), "argument \"numHeads\" (num_heads): expected 1 or more, got 0");
    refuses(
        b -> b.qkvFeatures(-2),
        "argument \"qkvFeatures\" (qkv_features): expected 0 (for that of inputs_q) or more, got -2");
    refuses(
        b -> b.outFeatures(-1),
        "argument \"outFeatures\" (out_features): expected 0 (for that of inputs_q) or more, got -1");
    refuses(
        b -> b.dtype(INT32),
        "argument \"dtype\": Dtype must be inexact (floating-point), got int32");
    refuses(
        b -> b.paramDtype(INT32),
        "argument \"paramDtype\" (param_dtype): Dtype must be inexact (floating-point), got int32");
    refuses(
        b -> b.dropoutRate(1.5),
        "argument \"dropoutRate\" (dropout_rate): expected a rate from 0 to 1, got 1.5");
    refuses(
        b -> b.qkvFeatures(5),
        "argument \"qkvFeatures\" (qkv_features): expected a multiple of the number of heads (2), got 5");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void aRateIsFrom0To1(double rate) {
    assertThatThrownBy(() -> AttentionOptions.builder().dropoutRate(rate).build())
        .hasMessage(
            "argument \"dropoutRate\" (dropout_rate): expected a rate from 0 to 1, got " + rate);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void theEndsAreRates(double rate) {
    assertThatCode(() -> AttentionOptions.builder().dropoutRate(rate).build())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "4, 3 4, 3 4, inputs_q",
    "2 0, 3 4, 3 4, inputs_q",
    "2 4, 4, 3 4, inputs_k",
    "2 4, 3 0, 3 4, inputs_k",
    "2 4, 3 4, 4, inputs_v"
  })
  void inputsAreMatrices(String q, String k, String v, String name) {
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    AttentionInputs inputs = AttentionInputs.of(zeros(q), zeros(k), zeros(v));
    assertThatThrownBy(() -> attention.init(Rngs.of(0), inputs))
        .hasMessageStartingWith(
            "/: argument \"" + name + "\": expected shape [batch..., length, features] with at");
  }

  @Test
  void valuesHaveTheBatchOfTheQueries() {
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    AttentionInputs inputs = AttentionInputs.of(zeros("2 3 4"), zeros("2 3 4"), zeros("5 3 4"));
    assertThatThrownBy(() -> attention.init(Rngs.of(0), inputs))
        .hasMessage(
            "/: argument \"inputs_v\": expected the batch axes [2] of inputs_q, got shape [5, 3,"
                + " 4]");
  }

  private static Array zeros(String shape) {
    int[] dims = List.of(shape.split(" ")).stream().mapToInt(Integer::parseInt).toArray();
    return Array.zeros(FLOAT32, dims);
  }

  @Test
  void deterministicIsGivenOnce() {
    assertThat(Deterministic.merge("/", true, null)).isTrue();
    assertThat(Deterministic.merge("/", false, null)).isFalse();
    assertThat(Deterministic.merge("/", null, true)).isTrue();
    assertThat(Deterministic.merge("/", null, false)).isFalse();
    assertThatThrownBy(() -> Deterministic.merge("/a", true, false))
        .hasMessage(
            "/a: argument \"deterministic\": expected once, got true when the module was built and"
                + " false at the call");
    assertThatThrownBy(() -> Deterministic.merge("/a", null, null))
        .hasMessage(
            "/a: argument \"deterministic\": expected true or false when the module is built or at"
                + " the call, got none");
  }
}
