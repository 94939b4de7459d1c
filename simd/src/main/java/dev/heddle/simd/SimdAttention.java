package dev.heddle.simd;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.Tiles;

/**
 * Attention of one head with the queries in the lanes: scores are kept transposed, keys by queries,
 * so that maximum, sum and rescaling need no operation across lanes. Blocks of 64 queries iterate
 * over the tiles of keys; both products use {@link BlockProducts}.
 *
 * <p>Tiles in which all keys are masked for the whole block are skipped; a block is recomputed
 * without skipping if scores are so low that masked keys have weight. Rows with a NaN are left to
 * the scalar kernels, and so are heads with a mask and values that are not finite.
 */
final class SimdAttention {
  /** Queries of a block. */
  static final int BLOCK = 64;

  /** Keys per chunk, whose scores fit in the first-level cache; a multiple of 16. */
  private static final int CHUNK = 96;

  /** A stride in elements, two kilobytes, whose multiples map to few cache sets. */
  private static final int CONFLICTING_STRIDE = 512;

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
   * Copies keys into a contiguous array if their stride maps many of them to the same cache sets,
   * and if they are read often enough.
   *
   * @param queries the number of queries that read the keys
   */
  void packKeys(int queries, int begin, int end) {
    MatrixView source = head.keys();
    if (queries <= 2 * BLOCK || source.stride() % CONFLICTING_STRIDE != 0) {
      return;
    }
    float[] packed = scratch.keys(Buffers.size(end, depth));
    for (int j = begin; j < end; j++) {
      System.arraycopy(source.data(), source.at(j), packed, j * depth, depth);
    }
    keys = new MatrixView(packed, 0, depth, end, depth);
  }

  /**
   * Transposes the values of a range of keys, to {@code [V, TILE]} for each tile.
   *
   * @param begin the first key, of a tile
   * @return whether no key can be masked or all these values are finite
   */
  boolean packValues(int begin, int end) {
    MatrixView values = head.values();
    for (int start = begin; start < end; start += Tiles.TILE) {
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
    packedKeys = end - begin;
    boolean anyMasked = head.mask() != null || !rules.band().isAll();
    finite = !anyMasked || Passes.areFinite(values.rows(begin, end), end - begin);
    return finite;
  }

  /**
   * Makes all keys and values available, of which only some may have been packed; returns as {@link
   * #packValues}.
   */
  boolean packRest() {
    keys = head.keys();
    return packedKeys == keyCount ? finite : packValues(0, keyCount);
  }

  /**
   * Computes the state of up to {@link #BLOCK} queries after all keys.
   *
   * @param skip whether to skip tiles in which all keys are masked
   */
  BlockState attentionForward(int first, int count, boolean skip) {
    packQueries(first, count);
    BlockState state = scratch.state;
    state.clear();
    skipped = skip && !coversAll(first, count);
    int begin = skip ? rules.band().from(first, keyCount) : 0;
    int end = skip ? rules.band().to(first + count - 1, keyCount) : keyCount;
    boolean fresh = true; // no tile of this span has been processed
    for (int start = 0; start < end; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, end - start);
      if (start + length > begin && (readMask(first, count, start, length) || !skip)) {
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

  /** Whether the band masks no key for any query of a block. */
  private boolean coversAll(int first, int count) {
    return rules.band().isAll(first, keyCount) && rules.band().isAll(first + count - 1, keyCount);
  }

  private boolean readMask(int first, int count, int start, int length) {
    return scratch.masks.read(head.mask(), rules.band(), first, count, start, length);
  }

  private void tile(BlockState state, int first, int count, int start, int length, boolean fresh) {
    score(first, count, start, length);
    SoftmaxTile.shift(scratch, state, count);
    SoftmaxTile.padKeys(scratch, length);
    if (!fresh) {
      SoftmaxTile.rescale(scratch, state.weighted, count, width);
    }
    addWeightedValues(state, first, count, start, length, fresh);
    SoftmaxTile.sums(scratch, state, count);
  }

  /** Computes the weights of up to {@link #BLOCK} queries for all keys; returns their state. */
  BlockState attentionWeights(int first, int count, MatrixView out) {
    BlockState state = attentionForward(first, count, false);
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

  /** Computes a tile of scores, {@code [keys, BLOCK]}, masks it and updates the maxima. */
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
    if (rules.softCap() != 0) {
      int at = from * BLOCK;
      float limit = (float) rules.softCap();
      Passes.cap(scratch.scores, at, (to - from) * BLOCK, limit, scratch.scores, at);
      Passes.round(rules.scoreRounding(), scratch.scores, at, to - from, BLOCK, count);
    }
  }

  /**
   * Computes the weights and adds the weighted values, one chunk of keys at a time, whose weights
   * stay in the first-level cache.
   */
  private void addWeightedValues(
      BlockState state, int first, int count, int start, int length, boolean fresh) {
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

  /** Writes the output rows of a block. */
  void store(BlockState state, int first, int count, MatrixView out) {
    SoftmaxTile.finish(state, count, width);
    Transpose.intoRows(
        state.weighted, 0, BLOCK, width, count, out.data(), out.at(first), out.stride());
  }

  /**
   * Whether the block must be recomputed with all keys, because skipped keys have weight in a row.
   */
  boolean anyLow(BlockState state, int count) {
    boolean low = false;
    for (int i = 0; skipped && i < count; i++) {
      low |= state.maxima[i] <= (float) rules.low();
    }
    return low;
  }

  /** Whether a row must be recomputed by the scalar kernels. */
  static boolean needsScalarKernel(BlockState state, int lane) {
    return Float.isNaN(state.sums[lane]);
  }
}
