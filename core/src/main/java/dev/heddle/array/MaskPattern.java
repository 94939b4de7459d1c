package dev.heddle.array;

import dev.heddle.kernel.Band;
import dev.heddle.kernel.IndexedFlags;
import dev.heddle.kernel.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * A rule that defines the elements of an array, which are materialized when first read. The fused
 * attention computes the elements it needs from the rule, tile by tile, so that a mask of all pairs
 * is never stored.
 */
sealed interface MaskPattern {
  /** The elements for a shape and a type. */
  Storage materialize(Shape shape, DType dtype);

  /** 1 on the diagonals of a band of the last two axes, else 0. */
  record Diagonals(Band band) implements MaskPattern {
    @Override
    public Storage materialize(Shape shape, DType dtype) {
      int keys = shape.dim(-1);
      int queries = shape.dim(-2);
      byte[] flags = new byte[shape.size()];
      int row = 0;
      for (int at = 0; at < flags.length; at += keys) {
        int from = band.from(row, keys);
        Arrays.fill(flags, at + from, at + Math.max(from, band.to(row, keys)), (byte) 1);
        row = row + 1 == queries ? 0 : row + 1;
      }
      return ofFlags(flags, dtype);
    }

    /** Whether in every matrix exactly the elements on and below the diagonal are not zero. */
    public static boolean areCausal(Storage elements, Shape shape) {
      int length = shape.rank() < 2 ? 0 : shape.dim(-1);
      if (length < 2 || shape.dim(-2) != length) {
        return false;
      }
      int row = 0;
      for (int at = 0; at < elements.size(); at += length) {
        if (!startsWith(elements, at, row + 1, length)) {
          return false;
        }
        row = row + 1 == length ? 0 : row + 1;
      }
      return true;
    }

    /** Whether a row begins with {@code set} elements that are not zero, followed by zeros only. */
    private static boolean startsWith(Storage elements, int at, int set, int length) {
      if (set < length && elements.booleanAt(at + set)) {
        return false; // most other masks are rejected here
      }
      switch (elements) {
        case Storage.Bool(byte[] values) -> {
          int wrong = 0;
          for (int j = 0; j < length; j++) {
            wrong |= values[at + j] ^ (j < set ? 1 : 0);
          }
          return wrong == 0;
        }
        case Storage.F32(float[] values) -> {
          int wrong = 0;
          for (int j = 0; j < length; j++) {
            wrong |= (values[at + j] != 0) == (j < set) ? 0 : 1;
          }
          return wrong == 0;
        }
        default -> {
          for (int j = 0; j < length; j++) {
            if (elements.booleanAt(at + j) != j < set) {
              return false;
            }
          }
          return true;
        }
      }
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

    /**
     * The function's result for a range of queries and a range of keys.
     *
     * @param queryAt the index of the first query in {@code query}
     * @param keyAt the index of the first key in {@code key}
     * @return one element for each pair
     */
    public Array at(int queryAt, int queries, int keyAt, int keys) {
      Array values = function.apply(queries(queryAt, queries), keys(keyAt, keys));
      if (values.size() != queries * keys) {
        throw new IllegalArgumentException(
            "pairwise function: expected a result for each of %d queries and %d keys, got shape %s"
                .formatted(queries, keys, values.shape()));
      }
      return values;
    }

    /** A range of queries, shape {@code [1..., Q, 1]}. */
    public Array queries(int from, int count) {
      int[] rows = ones(query.rank());
      rows[rows.length - 2] = count;
      return Array.wrap(query.storage().slice(from, count), Shape.of(rows));
    }

    /** A range of keys, shape {@code [1..., 1, K]}. */
    public Array keys(int from, int count) {
      int[] columns = ones(key.rank());
      columns[columns.length - 1] = count;
      return Array.wrap(key.storage().slice(from, count), Shape.of(columns));
    }

    private static int[] ones(int count) {
      int[] dims = new int[count];
      Arrays.fill(dims, 1);
      return dims;
    }
  }

  /**
   * The logical and of masks: 1 where none of them is zero, else 0.
   *
   * @param masks broadcast to the shape of the result
   */
  record All(List<Array> masks) implements MaskPattern {
    /** Copies the list. */
    public All {
      masks = List.copyOf(masks);
    }

    @Override
    public Storage materialize(Shape shape, DType dtype) {
      byte[] flags = new byte[shape.size()];
      Arrays.fill(flags, (byte) 1);
      for (Array mask : masks) {
        restrict(flags, shape, mask.storage(), mask.shape().stridesFor(shape));
      }
      return ofFlags(flags, dtype);
    }

    private static void restrict(byte[] flags, Shape shape, Storage mask, int... strides) {
      int last = strides.length - 1;
      int length = last < 0 ? 1 : shape.dim(last);
      int step = last < 0 ? 0 : strides[last];
      for (int at = 0; at < flags.length; at += length) {
        int from = 0;
        int rest = at / length;
        for (int axis = last - 1; axis >= 0; axis--) {
          from += rest % shape.dim(axis) * strides[axis];
          rest /= shape.dim(axis);
        }
        for (int j = 0; j < length; j++) {
          if (!mask.booleanAt(from + j * step)) {
            flags[at + j] = 0;
          }
        }
      }
    }
  }

  /** Random flags, 0 or 1, that are drawn when needed. */
  record Drawn(IndexedFlags flags) implements MaskPattern {
    /** The number of flags that one task draws. */
    private static final int PART = 1 << 16;

    /** The cost of one flag in multiply-adds, roughly. */
    private static final long COST = 16;

    @Override
    public Storage materialize(Shape shape, DType dtype) {
      byte[] drawn = new byte[shape.size()];
      Arrays.fill(drawn, (byte) 1);
      int parts = (int) ((drawn.length + PART - 1L) / PART);
      Workers.run(
          parts,
          drawn.length * COST,
          part -> {
            int from = part * PART;
            flags.restrict(from, Math.min(PART, drawn.length - from), drawn, from);
          });
      return ofFlags(drawn, dtype);
    }
  }

  private static Storage ofFlags(byte[] flags, DType dtype) {
    return dtype == DType.BOOL ? new Storage.Bool(flags) : new Storage.U8(flags).to(dtype);
  }
}
