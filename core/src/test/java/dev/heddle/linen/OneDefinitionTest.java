package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Einsum;
import dev.heddle.array.Elementwise;
import dev.heddle.linen.attention.AttentionEinsum;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.attention.Masks;
import dev.heddle.random.Key;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One definition of score, mask and weight: the fused path, the weights by themselves times the
 * values, and contractions of one's own agree for every option, to the rounding of the dtype.
 */
class OneDefinitionTest {
  private static final int QUERIES = 19;

  /** Every option by itself with every dtype, and with the softmax forced to float32 or not. */
  record Case(
      DType dtype, String mask, String bias, double dropout, boolean shared, boolean forced) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    List<DType> floats = List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16);
    for (DType dtype : floats) {
      for (String mask : masks().keySet()) {
        for (String bias : biases().keySet()) {
          for (int variant = 0; variant < 4; variant++) {
            double dropout = variant > 1 ? 0.3 : 0;
            cases.add(new Case(dtype, mask, bias, dropout, variant == 2, variant % 2 == 1));
          }
        }
      }
    }
    return cases.stream();
  }

  private static Map<String, @Nullable Array> masks() {
    Array line = Numbers.flags(11, 2, QUERIES);
    Array pairs = Numbers.flags(12, 2, 3, QUERIES, QUERIES);
    Array causal = Masks.makeCausalMask(line);
    Map<String, @Nullable Array> masks = new LinkedHashMap<>();
    masks.put("none", null);
    masks.put("causal", causal);
    masks.put("padding", Masks.makeAttentionMask(line, line));
    masks.put("combined", Masks.combineMasks(Masks.makeAttentionMask(line, line), causal));
    masks.put("of heads", pairs);
    masks.put("of keys", Numbers.flags(13, 2, 1, 1, QUERIES));
    masks.put("nothing seen", Array.zeros(DType.BOOL, 1, 1, QUERIES, QUERIES));
    return masks;
  }

  private static Map<String, @Nullable Array> biases() {
    Map<String, @Nullable Array> biases = new LinkedHashMap<>();
    biases.put("none", null);
    biases.put("float32", Numbers.of(14, DType.FLOAT32, 2, 3, QUERIES, QUERIES));
    biases.put("bfloat16 of heads", Numbers.of(15, DType.BFLOAT16, 3, 1, QUERIES));
    return biases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fusedAndPlainPathsAgree(Case c) {
    Array q = Numbers.of(1, c.dtype, 2, QUERIES, 3, 16); // 4 is the root of 16, exact in each dtype
    Array k = Numbers.of(2, c.dtype, 2, QUERIES, 3, 16);
    Array v = Numbers.of(3, c.dtype, 2, QUERIES, 3, 5);
    AttentionOptions options = options(c);

    Array fused = DotProductAttention.dotProductAttention(q, k, v, options);
    Array weights = DotProductAttention.dotProductAttentionWeights(q, k, options);
    AttentionEinsum own = (spec, x, y, precision) -> Einsum.einsum(spec, x, y);
    AttentionOptions replaced =
        options.toBuilder().qkAttnWeightsEinsum(own).attnWeightsValueEinsum(own).build();
    Array plain = DotProductAttention.dotProductAttention(q, k, v, replaced);

    assertThat(DotProductAttention.dotProductAttentionWeights(q, k, replaced)).isEqualTo(weights);
    Array times = Einsum.einsum("...hqk,...khd->...qhd", weights, v);
    assertThat(plain).isEqualTo(times);
    assertThat(fused.dtype()).isEqualTo(plain.dtype());
    assertThat(fused.toDoubleArray())
        .containsExactly(plain.toDoubleArray(), within(tolerance(c, fused.dtype())));
    rowsSumToOne(c, q, k);
  }

  /**
   * Without dropout each row of weights sums to one, whatever is masked; but the lowest float64,
   * forced to float32, is -infinity, and a row of nothing else has no weights, as in Flax.
   */
  private static void rowsSumToOne(Case c, Array q, Array k) {
    AttentionOptions kept = options(c).toBuilder().deterministic(true).build();
    Array weights = DotProductAttention.dotProductAttentionWeights(q, k, kept);
    for (double sum : Elementwise.abs(weights.astype(DType.FLOAT64)).sum(-1).toDoubleArray()) {
      if (Double.isNaN(sum)) {
        assertThat(c.forced && c.dtype == DType.FLOAT64 && !c.mask.equals("none")).isTrue();
        continue;
      }
      assertThat(sum).isCloseTo(1, within(16 * tolerance(c, weights.dtype())));
    }
  }

  private static AttentionOptions options(Case c) {
    return AttentionOptions.builder()
        .mask(masks().get(c.mask))
        .bias(biases().get(c.bias))
        .dropoutRate(c.dropout)
        .dropoutRng(Key.of(5))
        .broadcastDropout(c.shared)
        .forceFp32ForSoftmax(c.forced)
        .build();
  }

  /** Some units in the last place of values up to 3, or of weights in float32. */
  private static double tolerance(Case c, DType result) {
    if (result == DType.FLOAT64 && !c.forced) {
      return 1e-14;
    }
    return switch (result) {
      case BFLOAT16 -> 0.05;
      case FLOAT16 -> 0.006;
      default -> 4e-6;
    };
  }
}
