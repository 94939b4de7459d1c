package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Einsum;
import dev.heddle.grad.Grad;
import dev.heddle.linen.attention.AttentionFn;
import dev.heddle.linen.attention.DotProductAttention;
import java.util.Arrays;
import java.util.Optional;

/**
 * Attention functions with faults; the comparison must detect each ({@link WrongAttentionTest}).
 */
enum WrongAttention {
  /** Divides by the depth instead of its square root. */
  SCALE((query, key, value, in) ->
      DotProductAttention.dotProductAttention(
          query.dividedBy(Math.sqrt(query.shape().dim(query.rank() - 1))), key, value, in)),

  /** Ignores the mask. */
  MASK((query, key, value, in) ->
      DotProductAttention.dotProductAttention(
          query, key, value, in.toBuilder().mask(null).build())),

  /** Uses the values of another head. */
  HEADS((query, key, value, in) ->
      DotProductAttention.dotProductAttention(query, key, headsReversed(value), in)),

  /** Exchanges keys and values. */
  KEYS_AND_VALUES(
      (query, key, value, in) -> DotProductAttention.dotProductAttention(query, value, key, in)),

  /** Computes everything in bfloat16. */
  PRECISION((query, key, value, in) ->
      DotProductAttention.dotProductAttention(
              query, key, value, in.toBuilder().dtype(DType.BFLOAT16).build())
          .astype(value.dtype())),

  /** Correct output, but no gradient for the keys. */
  GRADIENT_OF_KEYS((query, key, value, in) ->
      DotProductAttention.dotProductAttention(query, Grad.stopGradient(key), value, in)),

  /** Correct output, but half of the gradient for the queries. */
  GRADIENT_OF_QUERIES((query, key, value, in) -> {
    Array half = query.times(0.5);
    return DotProductAttention.dotProductAttention(
        half.plus(Grad.stopGradient(half)), key, value, in);
  });

  private static final String PREFIX = "wrong:";

  private final AttentionFn attentionFn;

  WrongAttention(AttentionFn attentionFn) {
    this.attentionFn = attentionFn;
  }

  /** The name in a configuration. */
  String hook() {
    return PREFIX + name();
  }

  /** The function with a name, if it is one of these. */
  static Optional<AttentionFn> named(String name) {
    return Arrays.stream(values())
        .filter(one -> one.hook().equals(name))
        .map(one -> one.attentionFn)
        .findFirst();
  }

  private static Array headsReversed(Array value) {
    int heads = value.shape().dim(value.rank() - 2);
    double[] reversal = new double[heads * heads];
    for (int head = 0; head < heads; head++) {
      reversal[head * heads + heads - 1 - head] = 1;
    }
    return Einsum.einsum(
        "...khd,hg->...kgd", value, Array.of(reversal, heads, heads).astype(value.dtype()));
  }
}
