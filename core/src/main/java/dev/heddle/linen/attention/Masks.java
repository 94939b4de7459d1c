package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Reshape;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.kernel.Band;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Attention masks, with Flax's names. Where an element is not zero, the query attends to the key.
 *
 * <p>They are lazy: elements are computed when they are read, also after masks are combined,
 * converted to another dtype or given more axes of length 1. Attention reads them tile by tile, so
 * a mask may have more elements than an array can hold. A mask by a function that is not declared
 * to be {@link #elementwise} is not lazy.
 *
 * <pre>{@code
 * Array tokens = Array.of(new int[] {5, 9, 2, 0}, 1, 4);        // 0 is padding
 * Array seen = Compare.notEqual(tokens, Array.scalar(0, DType.INT32));
 * Array mask = Masks.combineMasks(
 *     Masks.makeAttentionMask(seen, seen), Masks.makeCausalMask(tokens)); // [1, 1, 4, 4]
 * }</pre>
 */
public final class Masks {
  private static final BinaryOperator<Array> MULTIPLY = elementwise(Elementwise::multiply);

  private Masks() {}

  /**
   * The mask of pairs of valid queries and keys: {@code make_attention_mask}.
   *
   * @param queryInput shape {@code [B..., Q]}, not zero where a query is valid
   * @param keyInput shape {@code [B..., K]}, not zero where a key is valid
   * @return float32, shape {@code [B..., 1, Q, K]}: the products of their values
   */
  public static Array makeAttentionMask(Array queryInput, Array keyInput) {
    return makeAttentionMask(queryInput, keyInput, MULTIPLY, 0, DType.FLOAT32);
  }

  /**
   * Declares a function to be elementwise, so that {@link #makeAttentionMask(Array, Array,
   * BinaryOperator, int, DType)} need not compute all of it at once.
   *
   * <pre>{@code
   * Masks.makeAttentionMask(
   *     segments, segments, Masks.elementwise(Compare::equal), 0, DType.BOOL);
   * }</pre>
   *
   * @param pairwiseFn a function of which each element of the result depends on its own query and
   *     key alone, not on the other ones or their number, such as {@code Compare::lessEqual}; for
   *     any other function the mask is wrong. It is called for some queries and keys of one batch
   *     element at a time, any number of times, by several threads.
   */
  public static BinaryOperator<Array> elementwise(BinaryOperator<Array> pairwiseFn) {
    return new PairwiseMask.Elementwise(Objects.requireNonNull(pairwiseFn, "pairwiseFn"));
  }

  /**
   * A mask by a function of each query and key: {@code make_attention_mask}.
   *
   * @param queryInput shape {@code [B..., Q]}
   * @param keyInput shape {@code [B..., K]}
   * @param pairwiseFn from shapes {@code [B..., 1, Q, 1]} and {@code [B..., 1, 1, K]}; called once,
   *     with all queries and keys, and the mask has its elements in memory, unless it is declared
   *     to be {@link #elementwise}
   * @param extraBatchDims the number of leading axes of length 1 to add
   * @param dtype of the result
   * @return shape {@code [1..., B..., 1, Q, K]}
   * @throws IllegalArgumentException if an input is a scalar or the function's result has another
   *     shape
   */
  public static Array makeAttentionMask(
      Array queryInput,
      Array keyInput,
      BinaryOperator<Array> pairwiseFn,
      int extraBatchDims,
      DType dtype) {
    Parts parts = Parts.of(queryInput, keyInput, extraBatchDims);
    if (pairwiseFn instanceof PairwiseMask.Elementwise function) {
      Array lazy = new PairwiseMask(parts.query, parts.key, function, parts.shape()).lazy(dtype);
      if (lazy != null) {
        return lazy;
      }
    }
    Array mask = pairwiseFn.apply(parts.query, parts.key);
    if (!mask.shape().equals(parts.shape())) {
      throw new IllegalArgumentException(
          "make_attention_mask: argument \"pairwise_fn\": expected a result of shape %s, got %s"
              .formatted(parts.shape(), mask.shape()));
    }
    return mask.astype(dtype);
  }

  private record Parts(Array query, Array key) {
    static Parts of(Array query, Array key, int extraBatchDims) {
      requireLength("make_attention_mask", "query_input", query);
      requireLength("make_attention_mask", "key_input", key);
      requireExtra("make_attention_mask", extraBatchDims);
      Shape queries = query.shape();
      Shape keys = key.shape();
      Shape extra = ones(extraBatchDims);
      return new Parts(
          Reshape.reshape(
              query,
              extra
                  .concat(queries.range(0, query.rank() - 1))
                  .append(1, queries.dim(-1), 1)
                  .dims()),
          Reshape.reshape(
              key, extra.concat(keys.range(0, key.rank() - 1)).append(1, 1, keys.dim(-1)).dims()));
    }

    Shape shape() {
      try {
        return Shape.broadcast(query.shape(), key.shape());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            ("make_attention_mask: arguments \"query_input\" and \"key_input\": expected batch"
                    + " axes that broadcast, got %s and %s")
                .formatted(
                    query.shape().range(0, query.rank() - 3), key.shape().range(0, key.rank() - 3)),
            e);
      }
    }
  }

  /** The causal mask of a sequence; as {@link #makeCausalMask(Array, int, DType)} in float32. */
  public static Array makeCausalMask(Array x) {
    return makeCausalMask(x, 0, DType.FLOAT32);
  }

  /**
   * The mask by which a query attends to the keys up to its own position: {@code make_causal_mask}.
   *
   * @param x shape {@code [B..., L]}, only its shape is used
   * @param extraBatchDims the number of leading axes of length 1 to add
   * @param dtype of the result
   * @return shape {@code [1..., B..., 1, L, L]}
   * @throws IllegalArgumentException if {@code x} is a scalar
   */
  public static Array makeCausalMask(Array x, int extraBatchDims, DType dtype) {
    requireLength("make_causal_mask", "x", x);
    requireExtra("make_causal_mask", extraBatchDims);
    int length = x.shape().dim(-1);
    Shape batch = ones(extraBatchDims).concat(x.shape().range(0, x.rank() - 1));
    return ArrayInternals.bandMask(batch.append(1, length, length), Band.CAUSAL, dtype);
  }

  /** The masks combined, in float32; as {@link #combineMasks(DType, List)}. */
  public static @Nullable Array combineMasks(@Nullable Array... masks) {
    return combineMasks(DType.FLOAT32, Arrays.asList(masks));
  }

  /**
   * The logical and of masks: {@code combine_masks}. A single mask is only cast.
   *
   * @param dtype of the result
   * @param masks of one rank, broadcasting; nulls are ignored
   * @return the logical and, 0 or 1; null if there is no mask
   * @throws IllegalArgumentException if the ranks differ or the shapes do not broadcast
   */
  public static @Nullable Array combineMasks(DType dtype, List<@Nullable Array> masks) {
    List<Array> given = new ArrayList<>();
    for (Array mask : masks) {
      if (mask != null) {
        given.add(mask);
      }
    }
    if (given.isEmpty()) {
      return null;
    }
    if (given.stream().mapToInt(Array::rank).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "combine_masks: expected masks of one rank, got shapes "
              + given.stream().map(Array::shape).toList());
    }
    Array combined = given.getFirst();
    for (Array mask : given.subList(1, given.size())) {
      combined = Compare.logicalAnd(combined, mask);
    }
    return combined.astype(dtype);
  }

  private static void requireLength(String function, String argument, Array array) {
    if (array.rank() == 0) {
      throw new IllegalArgumentException(
          function + ": argument \"" + argument + "\": expected shape [B..., L], got a scalar");
    }
  }

  private static void requireExtra(String function, int extraBatchDims) {
    if (extraBatchDims < 0) {
      throw new IllegalArgumentException(
          function + ": argument \"extra_batch_dims\": expected 0 or more, got " + extraBatchDims);
    }
  }

  private static Shape ones(int count) {
    int[] dims = new int[count];
    Arrays.fill(dims, 1);
    return Shape.of(dims);
  }
}
