package dev.heddle.array.storage;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import java.util.function.BinaryOperator;

/**
 * An array known by a rule, whose elements are made when they are first read. The fused attention
 * recognises the rule, so that nobody pays for the square of a mask.
 */
public sealed interface MaskPattern {
  /** The elements, of the given shape and type. */
  Storage materialize(Shape shape, DType dtype);

  /** 1 where the index on the last axis is at most the one on the axis before it, else 0. */
  record Causal() implements MaskPattern {
    @Override
    public Storage materialize(Shape shape, DType dtype) {
      int keys = shape.dim(-1);
      int queries = shape.dim(-2);
      long[] values = new long[shape.size()];
      int row = 0;
      for (int at = 0; at < values.length; at += keys) {
        for (int key = 0; key < keys && key <= row; key++) {
          values[at + key] = 1;
        }
        row = row + 1 == queries ? 0 : row + 1;
      }
      return Storage.ofLongs(dtype, values);
    }
  }

  /**
   * A function of one array along the queries and one along the keys.
   *
   * @param query shape {@code [B..., 1, Q, 1]}
   * @param key shape {@code [B..., 1, 1, K]}
   * @param function elementwise and broadcasting, from those to {@code [B..., 1, Q, K]}
   */
  record Pairwise(Array query, Array key, BinaryOperator<Array> function) implements MaskPattern {
    @Override
    public Storage materialize(Shape shape, DType dtype) {
      Array values = function.apply(query, key);
      if (values.size() != shape.size()) {
        throw new IllegalArgumentException(
            "pairwise function: expected a result of shape " + shape + ", got " + values.shape());
      }
      return values.storage().to(dtype);
    }
  }
}
