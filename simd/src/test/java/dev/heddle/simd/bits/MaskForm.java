package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Shape;
import dev.heddle.linen.attention.Masks;
import dev.heddle.support.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The forms of masks that users pass. Letters as in {@code dev.heddle.linen}. */
enum MaskForm {
  NONE,
  CAUSAL,
  /** An array with the values of the causal mask. */
  CAUSAL_ARRAY,
  PADDING,
  PADDING_AND_CAUSAL,
  /** A user's function of queries and keys: a maximum distance. */
  WINDOW,
  /** {@code [B..., 1, 1, K]}, the last keys masked. */
  LAST_KEYS_HIDDEN,
  /** {@code [B..., 1, Q, K]}. */
  ARRAY_FOR_ALL_HEADS,
  /** {@code [1..., H, Q, K]}. */
  ARRAY_FOR_ALL_BATCHES,
  /** {@code [B..., H, Q, K]}, with some rows fully masked. */
  ARRAY_WITH_HIDDEN_ROWS,
  /** {@code [Q, K]}. */
  MATRIX,
  /** {@code [B..., 1, Q, 1]}: each row fully masked or not at all. */
  QUERIES;

  /** Whether it requires as many queries as keys. */
  boolean isSquare() {
    return this == CAUSAL || this == CAUSAL_ARRAY || this == PADDING_AND_CAUSAL;
  }

  /** The mask for scores {@code [B..., H, Q, K]}. */
  @Nullable Array make(long seed, Shape scores) {
    Shape batch = scores.range(0, scores.rank() - 3);
    int heads = scores.dim(-3);
    int queries = scores.dim(-2);
    int keys = scores.dim(-1);
    Array there = Numbers.flags(seed, batch.append(queries).dims());
    Array seen = Numbers.flags(seed + 1, batch.append(keys).dims());
    return switch (this) {
      case NONE -> null;
      case CAUSAL -> Masks.makeCausalMask(there);
      case CAUSAL_ARRAY -> {
        Array causal = Masks.makeCausalMask(there);
        yield Array.of(causal.toFloatArray(), causal.shape().dims());
      }
      case PADDING -> Masks.makeAttentionMask(there, seen);
      case PADDING_AND_CAUSAL ->
          Masks.combineMasks(Masks.makeAttentionMask(there, seen), Masks.makeCausalMask(there));
      case WINDOW ->
          Masks.makeAttentionMask(
              places(batch, queries),
              places(batch, keys),
              Masks.elementwise(MaskForm::isNear),
              0,
              DType.BOOL);
      case LAST_KEYS_HIDDEN -> {
        Array few = places(batch.append(1, 1), keys);
        yield Compare.less(few, Array.scalar(1 + keys / 3, DType.INT32));
      }
      case ARRAY_FOR_ALL_HEADS -> Numbers.flags(seed, batch.append(1, queries, keys).dims());
      case ARRAY_FOR_ALL_BATCHES -> {
        int[] dims = scores.dims();
        Arrays.fill(dims, 0, batch.rank(), 1);
        yield Numbers.flags(seed, dims);
      }
      case ARRAY_WITH_HIDDEN_ROWS -> {
        Array pairs = Numbers.flags(seed, scores.dims());
        Array rows = Numbers.flags(seed + 2, batch.append(heads, queries, 1).dims());
        yield Compare.logicalAnd(pairs, rows);
      }
      case MATRIX -> Numbers.flags(seed, queries, keys);
      case QUERIES -> Numbers.flags(seed, batch.append(1, queries, 1).dims());
    };
  }

  /** 0, 1, 2, ... along the last axis. */
  private static Array places(Shape batch, int length) {
    Shape shape = batch.append(length);
    int[] values = new int[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % length;
    }
    return Array.of(values, shape.dims());
  }

  private static Array isNear(Array query, Array key) {
    return Compare.less(
        Elementwise.abs(Elementwise.subtract(query, key)), Array.scalar(40, DType.INT32));
  }
}
