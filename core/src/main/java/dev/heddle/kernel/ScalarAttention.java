package dev.heddle.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attention of one head in plain Java: the specification in float32.
 *
 * <p>Per query row, over tiles of {@link Tiles#TILE} keys: scores, each a chain of fused
 * multiply-adds over the depth; their maximum; the exponentials; their sum in 16 lanes; then the
 * weighted values, a chain over the keys in order, rescaled when the maximum grows.
 */
final class ScalarAttention {
  /** Query rows that share a transposed tile of keys. */
  private static final int BLOCK = 32;

  private final AttentionHead head;
  private final ScoreRules rules;
  private final int keyCount;
  private final ScalarScores tile;
  private final byte[] keepFlags = new byte[Tiles.TILE];
  private final boolean[] skipped = new boolean[BLOCK];
  private final int[] positions = new int[Tiles.TILE];
  private final float[] weights = new float[Tiles.TILE];
  private final boolean mayMask;

  ScalarAttention(AttentionHead head) {
    this.head = head;
    this.rules = head.rules();
    this.keyCount = head.keys().rows();
    this.tile = new ScalarScores(head, BLOCK);
    this.mayMask = !rules.band().isAll() || head.mask() != null;
  }

  /**
   * The weighted values of the query rows from {@code from} to {@code to}; as in {@link Kernels}.
   */
  void attentionForward(
      int from, int to, MatrixView out, float @Nullable [] maxima, float @Nullable [] sums) {
    RowState[] states = new RowState[Math.min(BLOCK, to - from)];
    Arrays.setAll(states, i -> new RowState(head.values().cols()));
    for (int first = from; first < to; first += BLOCK) {
      int last = Math.min(first + BLOCK, to);
      run(first, last, states, mayMask);
      recomputeLowRows(first, last, states);
      for (int query = first; query < last; query++) {
        RowState state = states[query - first];
        finish(state, out.data(), out.at(query));
        if (maxima != null && sums != null) {
          maxima[query] = state.maximum;
          sums[query] = state.sum;
        }
      }
    }
  }

  /** Recomputes, with all keys, rows whose maximum is so low that skipped keys have weight. */
  private void recomputeLowRows(int first, int last, RowState[] states) {
    for (int query = first; query < last; query++) {
      int low = query;
      while (low < last
          && skipped[low - first]
          && states[low - first].maximum <= (float) rules.low()) {
        low++;
      }
      if (low > query) {
        run(query, low, Arrays.copyOfRange(states, query - first, low - first), false);
        query = low;
      }
    }
  }

  /** The weights of the query rows from {@code from} to {@code to}, {@code [Q, K]}. */
  void attentionWeights(int from, int to, MatrixView out, Rounding rounding) {
    RowState[] states = {new RowState(0)};
    for (int query = from; query < to; query++) {
      RowState state = states[0];
      run(query, query + 1, states, false);
      for (int start = 0; start < keyCount; start += Tiles.TILE) {
        int length = Math.min(Tiles.TILE, keyCount - start);
        tile.packKeys(start, length);
        tile.readMask(query, 1, start, length);
        tile.score(query, start, length, 0);
        int at = out.at(query) + start;
        for (int j = 0; j < length; j++) {
          float weight = Polynomials.exp(tile.scores[j] - state.maximum) / state.sum;
          out.data()[at + j] = rounding.round(weight);
        }
      }
    }
  }

  /** Processes all tiles for a range of rows; with {@code skip}, only those with visible keys. */
  private void run(int first, int last, RowState[] states, boolean skip) {
    for (int query = first; query < last; query++) {
      states[query - first].clear();
      skipped[query - first] = skip && !rules.band().isAll(query, keyCount);
    }
    int begin = skip ? rules.band().from(first, keyCount) : 0;
    int end = skip ? rules.band().to(last - 1, keyCount) : keyCount;
    for (int start = 0; start < end; start += Tiles.TILE) {
      if (start + Tiles.TILE > begin) {
        tile(first, last, start, states, skip);
      }
      int next = start + Tiles.TILE;
      if (keyCount > Tiles.SPAN && (next % Tiles.SPAN == 0 || next >= end)) {
        for (int query = first; query < last; query++) {
          states[query - first].endSpan();
        }
      }
    }
    for (int query = first; query < last; query++) {
      states[query - first].foldSpans();
    }
  }

  private void tile(int first, int last, int start, RowState[] states, boolean skip) {
    int length = Math.min(Tiles.TILE, keyCount - start);
    int stride = tile.readMask(first, last - first, start, length);
    boolean packed = false;
    for (int query = first; query < last; query++) {
      int row = (query - first) * stride;
      int visibleCount = skip ? rules.band().to(query, start + length) - start : length;
      if (visibleCount <= 0
          || (skip && rules.band().from(query, start + length) >= start + length)
          || (skip && head.mask() != null && !tile.anyVisible(row, visibleCount))) {
        skipped[query - first] = true;
        continue;
      }
      if (!packed) {
        tile.packKeys(start, length);
        packed = true;
      }
      tile.score(query, start, visibleCount, row);
      add(states[query - first], query, start, visibleCount, row);
    }
  }

  /** Updates a row's state with the scores of a tile. */
  private void add(RowState state, int query, int start, int length, int row) {
    float[] scores = tile.scores;
    float maximum = state.maximum;
    for (int j = 0; j < length; j++) {
      maximum = Math.max(maximum, scores[j]);
    }
    if (maximum == Float.NEGATIVE_INFINITY) {
      return;
    }
    float scale = Polynomials.exp(state.maximum - maximum);
    for (int j = 0; j < length; j++) {
      scores[j] = Polynomials.exp(scores[j] - maximum);
    }
    state.sum = Fma.fma(state.sum, scale, Lanes.sum(scores, 0, length));
    state.maximum = maximum;
    rescale(state.weighted, scale);
    addWeightedValues(state.weighted, start, select(query, start, length, row));
  }

  private static void rescale(float[] weighted, float scale) {
    if (scale == 0) {
      Arrays.fill(weighted, 0);
    } else if (scale != 1) {
      for (int i = 0; i < weighted.length; i++) {
        weighted[i] *= scale;
      }
    }
  }

  /** Selects the keys that contribute, in order, with their weights after dropout. */
  private int select(int query, int start, int length, int row) {
    ScoreMask keep = head.keep();
    if (keep != null) {
      Arrays.fill(keepFlags, 0, length, (byte) 1);
      keep.restrict(query, 1, start, length, keepFlags);
    }
    int count = 0;
    for (int j = 0; j < length; j++) {
      float weight = tile.scores[j];
      if (mayMask && weight == 0 && tile.isMasked(query, start, j, row)) {
        continue; // its value may be infinite or NaN
      }
      if (keep != null) {
        weight *= keepFlags[j] != 0 ? (float) rules.dropoutScale() : 0;
      }
      positions[count] = j;
      weights[count++] = weight;
    }
    return count;
  }

  private void addWeightedValues(float[] weighted, int start, int count) {
    MatrixView values = head.values();
    float[] data = values.data();
    int n = 0;
    for (; n + 4 <= count; n += 4) {
      int at0 = values.at(start + positions[n]);
      int at1 = values.at(start + positions[n + 1]);
      int at2 = values.at(start + positions[n + 2]);
      int at3 = values.at(start + positions[n + 3]);
      for (int d = 0; d < weighted.length; d++) {
        float sum = Fma.fma(weights[n], data[at0 + d], weighted[d]);
        sum = Fma.fma(weights[n + 1], data[at1 + d], sum);
        sum = Fma.fma(weights[n + 2], data[at2 + d], sum);
        weighted[d] = Fma.fma(weights[n + 3], data[at3 + d], sum);
      }
    }
    for (; n < count; n++) {
      int at = values.at(start + positions[n]);
      for (int d = 0; d < weighted.length; d++) {
        weighted[d] = Fma.fma(weights[n], data[at + d], weighted[d]);
      }
    }
  }

  private void finish(RowState state, float[] out, int at) {
    for (int d = 0; d < state.weighted.length; d++) {
      out[at + d] = keyCount == 0 ? 0 : state.weighted[d] / state.sum + 0f;
    }
  }
}
