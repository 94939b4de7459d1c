package dev.heddle.simd;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.Tiles;

/**
 * Attention of one head with the queries in the lanes: scores are kept transposed, keys by queries,
 * so that maximum, sum and rescaling need nothing across lanes. 64 queries pass over the tiles of
 * keys together; both products are those of {@link BlockProducts}.
 *
 * <p>Tiles of which none of them sees a key are skipped; a block in which that shows, because
 * scores are so low that masked keys have weight, is done again. Rows with a NaN are left to the
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
  private MatrixView keys;
  private boolean skipped;
  private int packedKeys;
  private boolean finite;

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
    MatrixView given = head.keys();
    if (queries <= 2 * BLOCK || given.stride() % CLASHING_STRIDE != 0) {
      return;
    }
    float[] packed = scratch.keys(Buffers.size(end, depth));
    for (int j = 0; j < end; j++) {
      System.arraycopy(given.data(), given.at(j), packed, j * depth, depth);
    }
    keys = new MatrixView(packed, 0, depth, end, depth);
  }

  /**
   * Lays the values with the keys in the rows' direction, tile by tile of keys: {@code [V, TILE]}
   * each.
   *
   * @param end the keys that are laid, from the first on
   * @return whether all of them are finite, as far as that matters: where keys are masked
   */
  boolean packValues(int end) {
    MatrixView values = head.values();
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
    packedKeys = end;
    boolean matters = head.mask() != null || rules.causal();
    finite = !matters || Passes.areFinite(values, end);
    return finite;
  }

  /** Makes all keys available, of which only the first may have been laid; as packValues. */
  boolean packRest() {
    keys = head.keys();
    return packedKeys == keyCount ? finite : packValues(keyCount);
  }

  /**
   * The weighted values of up to {@link #BLOCK} queries; returns with {@code state} at the end.
   *
   * @param skip whether keys that none of them sees are left out
   */
  BlockState attend(int first, int count, boolean skip) {
    packQueries(first, count);
    BlockState state = scratch.state;
    state.clear();
    skipped = skip && rules.causal() && first + 1 < keyCount;
    int end = skip && rules.causal() ? Math.min(keyCount, first + count) : keyCount;
    boolean fresh = true; // no tile of the span yet
    for (int start = 0; start < end; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, end - start);
      if (readMask(first, count, start, length) || !skip) {
        tile(state, first, count, start, length, fresh);
        fresh = false;
      } else {
        skipped = true;
      }
      int next = start + Tiles.TILE;
      if (keyCount > Tiles.SPAN && (next % Tiles.SPAN == 0 || next >= end)) {
        state.endSpan(fresh);
        fresh = true;
      }
    }
    if (keyCount > Tiles.SPAN) {
      state.foldSpans();
    }
    return state;
  }

  private boolean readMask(int first, int count, int start, int length) {
    return scratch.masks.read(head.mask(), rules.causal(), first, count, start, length);
  }

  private void tile(BlockState state, int first, int count, int start, int length, boolean fresh) {
    score(first, count, start, length);
    SoftmaxTile.shift(scratch, state, count);
    SoftmaxTile.fillUp(scratch, length);
    if (!fresh) {
      SoftmaxTile.rescale(scratch, state.weighted, count, width);
    }
    weigh(state, first, count, start, length, fresh);
    SoftmaxTile.sums(scratch, state, count);
  }

  /** The weights of up to {@link #BLOCK} queries for all keys, and the state they come from. */
  BlockState weigh(int first, int count, MatrixView out) {
    BlockState state = attend(first, count, false);
    for (int start = 0; start < keyCount; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, keyCount - start);
      readMask(first, count, start, length);
      score(first, count, start, length);
      SoftmaxTile.weights(scratch, state, count, length);
      Transpose.intoRows(
          scratch.scores, 0, BLOCK, length, count, out.data(), out.at(first) + start, out.stride());
    }
    return state;
  }

  private void packQueries(int first, int count) {
    MatrixView queries = head.queries();
    float[] packed = scratch.queries;
    Transpose.intoColumns(
        queries.data(), queries.at(first), queries.stride(), count, depth, packed, 0, BLOCK);
    Passes.divide(packed, 0, depth, BLOCK, count, (float) rules.queryDivisor());
    if (rounded) {
      Passes.round(rules.scoreRounding(), packed, 0, depth, BLOCK, count);
    }
  }

  /** Fills the tile of scores, {@code [keys, BLOCK]}, masks it and finds the new maxima. */
  private void score(int first, int count, int start, int length) {
    System.arraycopy(scratch.state.maxima, 0, scratch.maxima, 0, BLOCK);
    int step = head.bias() == null ? CHUNK : length;
    for (int from = 0; from < length; from += step) {
      int to = Math.min(length, from + step);
      scoreKeys(count, start, from, to);
      if (head.bias() != null) {
        Rounding rounding = rules.biasRounding();
        BiasTile.add(head.bias(), rounding, first, count, start, length, scratch.scores, 0);
      }
      scratch.masks.mask(scratch.scores, from * BLOCK, from, to, (float) rules.masked());
      SoftmaxTile.maxima(scratch, count, from, to);
    }
  }

  private void scoreKeys(int count, int start, int from, int to) {
    BlockProducts.multiply(
        keys.data(),
        keys.at(start + from),
        keys.stride(),
        scratch.queries,
        0,
        BLOCK,
        scratch.scores,
        from * BLOCK,
        BLOCK,
        to - from,
        count,
        depth,
        true);
    if (rounded) {
      Passes.round(rules.scoreRounding(), scratch.scores, from * BLOCK, to - from, BLOCK, count);
    }
  }

  /**
   * Turns the scores into weights and adds the weighted values; some keys at a time, so that their
   * weights are still in the first-level cache.
   */
  private void weigh(BlockState state, int first, int count, int start, int length, boolean fresh) {
    if (head.keep() != null) {
      scratch.masks.readKeep(head.keep(), first, count, start, length);
    }
    for (int from = 0; from < length; from += CHUNK) {
      int to = Math.min(length, from + CHUNK);
      SoftmaxTile.exponentials(scratch, count, from, (to + 15) / 16 * 16);
      if (head.keep() != null) {
        scratch.masks.drop(scratch.scores, from * BLOCK, from, to, (float) rules.dropoutScale());
      }
      BlockProducts.multiply(
          scratch.values,
          start * width + from,
          Tiles.TILE,
          scratch.scores,
          from * BLOCK,
          BLOCK,
          state.weighted,
          0,
          BLOCK,
          width,
          count,
          to - from,
          fresh && from == 0);
    }
  }

  /** Writes the finished rows of a block. */
  void store(BlockState state, int first, int count, MatrixView out) {
    SoftmaxTile.finish(state, count, width);
    Transpose.intoRows(
        state.weighted, 0, BLOCK, width, count, out.data(), out.at(first), out.stride());
  }

  /** Whether the block must be done again with all keys: a row gives weight to skipped ones. */
  boolean anyLow(BlockState state, int count) {
    boolean low = false;
    for (int i = 0; skipped && i < count; i++) {
      low |= state.maxima[i] <= (float) rules.low();
    }
    return low;
  }

  /** Whether a row must be done again by the scalar kernels. */
  static boolean needsCare(BlockState state, int lane) {
    return Float.isNaN(state.sums[lane]);
  }
}
