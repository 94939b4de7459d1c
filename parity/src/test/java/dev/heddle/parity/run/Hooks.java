package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Einsum;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Shape;
import dev.heddle.linen.attention.AttentionEinsum;
import dev.heddle.linen.attention.AttentionFn;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.layers.DotGeneral;
import dev.heddle.random.Key;
import java.util.Arrays;

/** The functions that a configuration names {@code parity:...}; Python's {@code hooks.py}. */
final class Hooks {
  private static final String SCORES = "...qhd,...khd->...hqk";
  private static final String SEEN = "...hqk,...khd->...qhd";

  private Hooks() {}

  static AttentionFn attentionFn(String name) {
    return switch (name) {
      case "parity:explicit_default" -> Hooks::explicitDefault;
      case "parity:biased" -> Hooks::biased;
      case "parity:relu_linear" -> Hooks::reluLinear;
      case "parity:from_weights" -> Hooks::fromWeights;
      default -> WrongAttention.named(name).orElseThrow(() -> unknown("attention_fn", name));
    };
  }

  /** The default function with a fixed list of arguments; newer arguments are not passed. */
  private static Array explicitDefault(Array query, Array key, Array value, AttentionOptions in) {
    return DotProductAttention.dotProductAttention(
        query, key, value, plain(in).toBuilder().scope(null).build());
  }

  /** The default function with a bias, [B..., 1, Q, K], that depends on query and key. */
  private static Array biased(Array query, Array key, Array value, AttentionOptions in) {
    Array bias = Einsum.einsum("...qhd,...khd->...qk", Elementwise.tanh(query), key);
    int rank = bias.rank();
    int[] dims = bias.shape().dims();
    int[] withHeads = Arrays.copyOf(dims, rank + 1);
    withHeads[rank] = dims[rank - 1];
    withHeads[rank - 1] = dims[rank - 2];
    withHeads[rank - 2] = 1;
    return DotProductAttention.dotProductAttention(
        query, key, value, plain(in).toBuilder().scope(null).bias(bias.reshape(withHeads)).build());
  }

  /** No scale, no softmax, no dropout: relu of the scores, where the mask is not zero. */
  private static Array reluLinear(Array query, Array key, Array value, AttentionOptions in) {
    Array weights = Elementwise.relu(Einsum.einsum(SCORES, query, key));
    Array mask = in.mask();
    if (mask != null) {
      Array kept = Compare.notEqual(mask, Array.scalar(0, mask.dtype()));
      weights = weights.times(kept.astype(weights.dtype()));
    }
    return Einsum.einsum(SEEN, weights, value);
  }

  /** Flax's attention weights, which may be sown, then a separate weighted sum. */
  private static Array fromWeights(Array query, Array key, Array value, AttentionOptions in) {
    return Einsum.einsum(
        SEEN, DotProductAttention.dotProductAttentionWeights(query, key, plain(in)), value);
  }

  private static AttentionOptions plain(AttentionOptions in) {
    return in.toBuilder()
        .forceFp32ForSoftmax(false)
        .qkAttnWeightsEinsum(null)
        .attnWeightsValueEinsum(null)
        .build();
  }

  static Initializer initializer(String name) {
    if (name.equals("parity:arange")) {
      return Hooks::arange;
    }
    throw unknown("initializer", name);
  }

  /** 0/n, 1/n, ...: divided in float32, or float64 for that, then cast. */
  private static Array arange(Key key, Shape shape, DType dtype) {
    int n = shape.size();
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = dtype == DType.FLOAT64 ? i / (double) n : i / (float) n;
    }
    return Array.of(values, shape.dims()).astype(dtype);
  }

  static DotGeneral dotGeneral(String name) {
    if (name.equals("parity:twice")) {
      DotGeneral standard = DotGeneral.standard();
      return (lhs, rhs, axes, precision) -> standard.dotGeneral(lhs, rhs, axes, precision).times(2);
    }
    throw unknown("dot_general", name);
  }

  static AttentionEinsum einsum(String name) {
    if (name.equals("parity:twice")) {
      return (subscripts, first, second, precision) ->
          Einsum.einsum(subscripts, first, second).times(2);
    }
    throw unknown("einsum", name);
  }

  private static IllegalArgumentException unknown(String what, String name) {
    return new IllegalArgumentException("no " + what + " of the tests is called " + name);
  }
}
