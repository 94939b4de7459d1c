package dev.heddle.linen;

import static dev.heddle.array.DType.BFLOAT16;
import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.Einsum;
import dev.heddle.linen.attention.AttentionEinsum;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.layers.Precision;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code dot_product_attention} and its weights, called as functions. */
class DotProductAttentionTest {
  private static final AttentionOptions NONE = AttentionOptions.builder().build();
  private static final AttentionEinsum EINSUM =
      (subscripts, a, b, precision) -> Einsum.einsum(subscripts, a, b);

  private static Array zeros(String shape) {
    int[] dims = List.of(shape.split(" ")).stream().mapToInt(Integer::parseInt).toArray();
    return Array.zeros(FLOAT32, dims);
  }

  @ParameterizedTest
  @CsvSource({
    "3 4, 3 4, 'one rank, 3 or more'",
    "2 5 3 4, 5 3 4, 'one rank, 3 or more'",
    "2 5 3 4, 3 5 3 4, equal batch axes",
    "2 5 3 4, 2 5 2 4, 'as many heads, or a divisor'",
    "2 5 3 4, 2 5 3 6, equal depths"
  })
  void queryAndKeyMustFit(String query, String key, String expected) {
    Array q = zeros(query);
    Array k = zeros(key);
    String message =
        "dot_product_attention: expected query [B..., Q, H, D] and key [B..., K, H, D] of "
            + expected
            + ", got "
            + q.shape()
            + " and "
            + k.shape();
    assertThatThrownBy(() -> DotProductAttention.dotProductAttention(q, k, k, NONE))
        .hasMessage(message);
    assertThatThrownBy(() -> DotProductAttention.dotProductAttentionWeights(q, k, NONE))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"5 3 4", "1 7 3 4", "2 6 3 4", "2 7 2 4"})
  void keyAndValueMustFit(String value) {
    Array q = zeros("2 5 3 4");
    Array k = zeros("2 7 3 4");
    Array v = zeros(value);
    assertThatThrownBy(() -> DotProductAttention.dotProductAttention(q, k, v, NONE))
        .hasMessage(
            "dot_product_attention: expected key [B..., K, H, D] and value [B..., K, H, V] that"
                + " differ in depth only, got [2, 7, 3, 4] and "
                + v.shape());
  }

  @Test
  void contractionsAreReplacedBothOrNotAtAll() {
    Array x = Numbers.of(1, FLOAT32, 2, 5, 3, 4);
    AttentionOptions both =
        AttentionOptions.builder()
            .qkAttnWeightsEinsum(EINSUM)
            .attnWeightsValueEinsum(EINSUM)
            .build();
    assertThatArray(DotProductAttention.dotProductAttention(x, x, x, both))
        .isWithin(1e-6, DotProductAttention.dotProductAttention(x, x, x, NONE));
    assertThatThrownBy(() ->
            DotProductAttention.dotProductAttention(
                x, x, x, AttentionOptions.builder().qkAttnWeightsEinsum(EINSUM).build()))
        .hasMessageEndingWith("or none, got only \"qk_attn_weights_einsum\"");
    assertThatThrownBy(() ->
            DotProductAttention.dotProductAttention(
                x, x, x, AttentionOptions.builder().attnWeightsValueEinsum(EINSUM).build()))
        .hasMessageEndingWith("or none, got only \"attn_weights_value_einsum\"");
  }

  @Test
  void aPrecisionOrReplacedContractions() {
    Array x = zeros("2 5 3 4");
    AttentionOptions.Builder options =
        AttentionOptions.builder().qkAttnWeightsEinsum(EINSUM).precision(Precision.of("highest"));
    String message =
        "dot_product_attention: expected \"precision\" or replaced contractions, got both";
    assertThatThrownBy(() -> DotProductAttention.dotProductAttentionWeights(x, x, options.build()))
        .hasMessage(message);
    AttentionOptions both = options.attnWeightsValueEinsum(EINSUM).build();
    assertThatThrownBy(() -> DotProductAttention.dotProductAttention(x, x, x, both))
        .hasMessage(message);
  }

  @Test
  void aReplacedContractionMustMakeScores() {
    Array x = zeros("2 5 3 4");
    AttentionOptions wrong =
        AttentionOptions.builder()
            .qkAttnWeightsEinsum((subscripts, a, b, precision) -> a)
            .attnWeightsValueEinsum(EINSUM)
            .build();
    assertThatThrownBy(() -> DotProductAttention.dotProductAttention(x, x, x, wrong))
        .hasMessage(
            "dot_product_attention: argument \"qk_attn_weights_einsum\": expected a result of"
                + " shape [2, 3, 5, 5], got [2, 5, 3, 4]");
  }

  @Test
  void aSoftmaxForcedToFloat32MakesTheResultFloat32() {
    Array x = Numbers.of(1, BFLOAT16, 2, 5, 3, 4);
    AttentionOptions forced = AttentionOptions.builder().forceFp32ForSoftmax(true).build();
    assertThat(DotProductAttention.dotProductAttention(x, x, x, NONE).dtype()).isEqualTo(BFLOAT16);
    assertThat(DotProductAttention.dotProductAttention(x, x, x, forced).dtype()).isEqualTo(FLOAT32);
    assertThat(DotProductAttention.dotProductAttentionWeights(x, x, NONE).dtype())
        .isEqualTo(BFLOAT16);
    assertThat(DotProductAttention.dotProductAttentionWeights(x, x, forced).dtype())
        .isEqualTo(FLOAT32);
    Array wide = x.astype(FLOAT32);
    assertThat(DotProductAttention.dotProductAttention(wide, wide, wide, forced))
        .isEqualTo(DotProductAttention.dotProductAttention(wide, wide, wide, NONE));
  }

  /** The weights go to the scope before dropout, in both ways of computing them. */
  @Test
  void theWeightsAreSownWhereTheyMayBeKept() {
    Array x = Numbers.of(1, FLOAT32, 2, 5, 3, 4);
    Array weights = DotProductAttention.dotProductAttentionWeights(x, x, NONE);
    for (boolean replaced : new boolean[] {false, true}) {
      List<Array> sown = new ArrayList<>();
      Module<Array, Array> module =
          new Module<>() {
            @Override
            protected Array call(Scope scope, Array input) {
              AttentionOptions.Builder options = AttentionOptions.builder().scope(scope);
              if (replaced) {
                options.qkAttnWeightsEinsum(EINSUM).attnWeightsValueEinsum(EINSUM);
              }
              return DotProductAttention.dotProductAttention(x, x, x, options.build());
            }
          };
      var kept = module.apply(Variables.empty(), x, Rngs.none(), Mutable.of("intermediates"));
      sown.addAll(kept.variables().leaves());
      assertThat(sown).hasSize(1);
      assertThatArray(sown.getFirst()).isWithin(1e-6, weights);
      assertThat(module.apply(Variables.empty(), x).shape()).isEqualTo(x.shape());
    }
  }
}
