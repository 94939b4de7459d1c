package dev.heddle.array.storage;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.kernel.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * An array known by a rule, whose elements are made when they are first read. The fused attention
 * knows the rules and makes the elements it needs a tile at a time, so that nobody pays for the
 * square of a mask.
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
      byte[] flags = new byte[shape.size()];
      int row = 0;
      for (int at = 0; at < flags.length; at += keys) {
        Arrays.fill(flags, at, at + Math.min(keys, row + 1), (byte) 1);
        row = row + 1 == queries ? 0 : row + 1;
      }
      return ofFlags(flags, dtype);
    }

    /** Whether elements follow the rule in every square: not zero on and below the diagonal. */
    public static boolean describes(Storage elements, Shape shape) {
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

    /** Whether a row has so many that are not zero, then zeros alone. */
    private static boolean startsWith(Storage elements, int at, int set, int length) {
      if (set < length && elements.booleanAt(at + set)) {
        return false; // nearly all that are no causal masks end here
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
     * The function's result for some queries and keys that lie one after another.
     *
     * @param queryAt where the first query is among the elements of {@code query}
     * @param keyAt where the first key is among the elements of {@code key}
     * @return as many elements as pairs
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

    /** Some queries that lie one after another, shape {@code [1..., Q, 1]}. */
    public Array queries(int from, int count) {
      int[] rows = ones(query.rank());
      rows[rows.length - 2] = count;
      return Array.wrap(query.storage().slice(from, count), Shape.of(rows));
    }

    /** Some keys that lie one after another, shape {@code [1..., 1, K]}. */
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
   * 1 where none of some arrays is zero, else 0.
   *
   * @param masks broadcast to the shape of the whole
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

  /** Flags that are a function of their number alone, counted row-major. */
  interface Counted {
    /**
     * Clears some bytes where the flag is not set.
     *
     * @param from the number of the first flag
     * @param count how many
     * @param flags 0 or 1 each; becomes 0 where the flag is
     * @param at where the first one's is
     */
    void restrict(long from, int count, byte[] flags, int at);
  }

  /** Flags, 0 or 1, that are drawn when they are needed. */
  record Drawn(Counted flags) implements MaskPattern {
    /** What is drawn at a time, so that threads share the work. */
    private static final int PART = 1 << 16;

    /** Drawing one costs as much as so many multiply-adds, roughly. */
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
