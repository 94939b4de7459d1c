package dev.heddle.simd;

import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Grid;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.Tiles;
import java.util.Arrays;

/**
 * Attention of one head with the queries in the lanes: scores are kept transposed, keys by queries,
 * so that maximum, sum and rescaling need nothing across lanes. 64 queries pass over the tiles of
 * keys together; both products are those of {@link Products}.
 *
 * <p>Rows that need care (a NaN, or scores so low that masked keys have weight) are left to the
 * scalar kernels, and so are heads whose masked values may not be finite.
 */
final class SimdAttention {
  /** Queries that pass over the keys together. */
  static final int BLOCK = 64;

  /** Keys whose scores are used while they are in the first-level cache; a multiple of 16. */
  private static final int CHUNK = 96;

  /** Elements: two kilobytes, of which few multiples fall into different cache sets. */
  private static final int CLASHING_STRIDE = 512;

  private final AttentionHead head;
  private final ScoreRules rules;
  private final int keyCount;
  private final int depth;
  private final int width;
  private final Scratch scratch;
  private final boolean rounded;
  private Rows keys;

  SimdAttention(AttentionHead head, Scratch scratch) {
    this.head = head;
    this.rules = head.rules();
    this.keys = head.keys();
    this.keyCount = keys.rows();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.scratch = scratch;
    this.rounded = rules.scoreRounding() != Rounding.NONE;
    scratch.prepare(depth, width, keyCount);
  }

  /**
   * Lays the keys side by side where their stride puts many of them into the same cache sets, if
   * they will be read often enough.
   *
   * @param queries how many there will be
   * @param end the keys that are laid, from the first on
   */
  void packKeys(int queries, int end) {
    Rows given = head.keys();
    if (queries <= 2 * BLOCK || given.stride() % CLASHING_STRIDE != 0) {
      return;
    }
    float[] packed = scratch.keys(Math.multiplyExact(end, depth));
    for (int j = 0; j < end; j++) {
      System.arraycopy(given.data(), given.at(j), packed, j * depth, depth);
    }
    keys = new Rows(packed, 0, depth, end, depth);
  }

  /**
   * Lays the values with the keys in the rows' direction, tile by tile of keys: {@code [V, TILE]}
   * each.
   *
   * @param end the keys that are laid, from the first on
   * @return whether all of them are finite, as far as that matters: where keys are masked
   */
  boolean packValues(int end) {
    Rows values = head.values();
    for (int start = 0; start < end; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, end - start);
      Transpose.intoColumns(
          values.data(),
          values.at(start),
          values.stride(),
          length,
          width,
          scratch.values,
          start * width,
          Tiles.TILE);
    }
    boolean matters = head.mask() != null || rules.causal();
    return !matters || Passes.areFinite(values, end);
  }

  /** The weighted values of up to {@link #BLOCK} queries; returns with {@code state} at the end. */
  BlockState attend(int first, int count) {
    return attend(first, count, rules.causal() ? Math.min(keyCount, first + count) : keyCount);
  }

  /** As {@link #attend(int, int)}, over the keys up to {@code end}. */
  private BlockState attend(int first, int count, int end) {
    packQueries(first, count);
    BlockState state = scratch.state;
    state.clear();
    for (int start = 0; start < end; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, end - start);
      score(first, count, start, length);
      SoftmaxTile.shift(scratch, state, count);
      SoftmaxTile.fillUp(scratch, length);
      boolean fresh = start % Tiles.SPAN == 0;
      if (!fresh) {
        SoftmaxTile.rescale(scratch, state.weighted, count, width);
      }
      weigh(state, first, count, start, length, fresh);
      SoftmaxTile.sums(scratch, state, count);
      int next = start + Tiles.TILE;
      if (keyCount > Tiles.SPAN && (next % Tiles.SPAN == 0 || next >= end)) {
        state.endSpan();
      }
    }
    if (keyCount > Tiles.SPAN) {
      state.foldSpans();
    }
    return state;
  }

  /** The weights of up to {@link #BLOCK} queries for all keys, and the state they come from. */
  BlockState weigh(int first, int count, Rows out) {
    BlockState state = attend(first, count, keyCount);
    for (int start = 0; start < keyCount; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, keyCount - start);
      score(first, count, start, length);
      SoftmaxTile.weights(scratch, state, count, length);
      Transpose.intoRows(
          scratch.scores, 0, BLOCK, length, count, out.data(), out.at(first) + start, out.stride());
    }
    return state;
  }

  private void packQueries(int first, int count) {
    Rows queries = head.queries();
    float[] packed = scratch.queries;
    Transpose.intoColumns(
        queries.data(), queries.at(first), queries.stride(), count, depth, packed, 0, BLOCK);
    Passes.divide(packed, depth, BLOCK, count, (float) rules.queryDivisor());
    if (rounded) {
      Passes.round(rules.scoreRounding(), packed, 0, depth * BLOCK);
    }
  }

  /** Fills the tile of scores, {@code [keys, BLOCK]}, and finds the new maxima. */
  private void score(int first, int count, int start, int length) {
    System.arraycopy(scratch.state.maxima, 0, scratch.maxima, 0, BLOCK);
    boolean future = rules.causal() && start + length - 1 > first;
    boolean plain = head.bias() == null && head.mask() == null && !future;
    int step = plain ? CHUNK : length;
    for (int from = 0; from < length; from += step) {
      int to = Math.min(length, from + step);
      scoreKeys(count, start, from, to);
      if (!plain) {
        adjust(first, count, start, length, future);
      }
      SoftmaxTile.maxima(scratch, count, from, to);
    }
  }

  private void scoreKeys(int count, int start, int from, int to) {
    product(
        keys.data(),
        keys.at(start + from),
        keys.stride(),
        scratch.queries,
        0,
        scratch.scores,
        from * BLOCK,
        count,
        to - from,
        depth,
        true);
    if (rounded) {
      Passes.round(rules.scoreRounding(), scratch.scores, from * BLOCK, to * BLOCK);
    }
  }

  private void adjust(int first, int count, int start, int length, boolean future) {
    if (head.bias() != null) {
      addBias(head.bias(), first, count, start, length);
    }
    if (head.mask() != null) {
      mask(head.mask(), first, count, start, length);
    }
    if (future) {
      maskFuture(first, start, length);
    }
  }

  /**
   * Turns the scores into weights and adds the weighted values; some keys at a time, so that their
   * weights are still in the first-level cache.
   */
  private void weigh(BlockState state, int first, int count, int start, int length, boolean fresh) {
    int step = head.keep() == null ? CHUNK : length;
    for (int from = 0; from < length; from += step) {
      int to = Math.min(length, from + step);
      SoftmaxTile.exponentials(scratch, count, from, (to + 15) / 16 * 16);
      if (head.keep() != null) {
        drop(head.keep(), first, count, start, length);
      }
      product(
          scratch.values,
          start * width + from,
          Tiles.TILE,
          scratch.scores,
          from * BLOCK,
          state.weighted,
          0,
          count,
          width,
          to - from,
          fresh && from == 0);
    }
  }

  /**
   * A product with a right operand and a result of {@link #BLOCK} columns, as far as there are
   * queries.
   */
  private static void product(
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      float[] c,
      int co,
      int count,
      int rows,
      int k,
      boolean fresh) {
    if (LANES == 16 && count > MicroKernel2.WIDTH) {
      MicroKernel4.multiply(a, ao, lda, b, bo, BLOCK, c, co, BLOCK, rows, k, fresh);
      return;
    }
    for (int col = 0; col < count; col += MicroKernel2.WIDTH) {
      MicroKernel2.multiply(a, ao, lda, b, bo + col, BLOCK, c, co + col, BLOCK, rows, k, fresh);
    }
  }

  private void addBias(Grid<float[]> bias, int first, int count, int start, int length) {
    float[] scores = scratch.scores;
    Rounding rounding = rules.biasRounding();
    for (int i = 0; i < count; i++) {
      int at = bias.offset() + (first + i) * bias.queryStride() + start * bias.keyStride();
      for (int j = 0; j < length; j++) {
        float sum = scores[j * BLOCK + i] + bias.data()[at + j * bias.keyStride()];
        scores[j * BLOCK + i] = rounding.round(sum);
      }
    }
  }

  private void mask(Grid<byte[]> mask, int first, int count, int start, int length) {
    float[] scores = scratch.scores;
    float masked = (float) rules.masked();
    if (mask.queryStride() == 0) {
      for (int j = 0; j < length; j++) {
        if (mask.data()[mask.offset() + (start + j) * mask.keyStride()] == 0) {
          Arrays.fill(scores, j * BLOCK, (j + 1) * BLOCK, masked);
        }
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      int at = mask.offset() + (first + i) * mask.queryStride() + start * mask.keyStride();
      for (int j = 0; j < length; j++) {
        if (mask.data()[at + j * mask.keyStride()] == 0) {
          scores[j * BLOCK + i] = masked;
        }
      }
    }
  }

  /** Masks the keys past each query's own position. */
  private void maskFuture(int first, int start, int length) {
    float masked = (float) rules.masked();
    for (int j = Math.max(0, first + 1 - start); j < length; j++) {
      int before = Math.min(BLOCK, start + j - first);
      Arrays.fill(scratch.scores, j * BLOCK, j * BLOCK + before, masked);
    }
  }

  private void drop(Grid<byte[]> keep, int first, int count, int start, int length) {
    float[] scores = scratch.scores;
    float kept = (float) rules.dropoutScale();
    for (int i = 0; i < count; i++) {
      int at = keep.offset() + (first + i) * keep.queryStride() + start * keep.keyStride();
      for (int j = 0; j < length; j++) {
        boolean isKept = keep.data()[at + j * keep.keyStride()] != 0;
        scores[j * BLOCK + i] *= isKept ? kept : 0;
      }
    }
  }

  /** Writes the finished rows of a block. */
  void store(BlockState state, int first, int count, Rows out) {
    SoftmaxTile.finish(state, count, width);
    Transpose.intoRows(
        state.weighted, 0, BLOCK, width, count, out.data(), out.at(first), out.stride());
  }

  /** Whether a row must be done again by the scalar kernels. */
  boolean needsCare(BlockState state, int query, int lane) {
    boolean low =
        rules.causal() && query + 1 < keyCount && state.maxima[lane] <= (float) rules.low();
    return low || Float.isNaN(state.sums[lane]);
  }
}
