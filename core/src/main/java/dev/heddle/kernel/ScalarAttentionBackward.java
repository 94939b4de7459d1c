package dev.heddle.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The derivative of {@link ScalarAttention} in plain Java: the specification in float32. {@link
 * ScalarAttentionBackward64} is its twin in float64.
 *
 * <p>Scores are made again, a query and a tile of keys at a time, in the order in which the chains
 * of all gradients go on: queries in order, and for each of them keys in order.
 */
final class ScalarAttentionBackward {
  /** Query rows that share transposed tiles of keys and values. */
  private static final int BLOCK = 32;

  private final AttentionBackwardInputs given;
  private final AttentionBackwardOutputs wanted;
  private final AttentionHead head;
  private final ScoreRules rules;
  private final int depth;
  private final int width;
  private final ScalarScores tile;
  private final float[] tileOfValues;
  private final float[] weights = new float[Tiles.TILE];
  private final float[] slopes = new float[Tiles.TILE];
  private final byte[] kept = new byte[Tiles.TILE];
  private final boolean[] open = new boolean[BLOCK];
  private final float[] deltas = new float[BLOCK];
  private final float[] queries; // divided, [BLOCK, D]
  private final float[] cotangents; // divided by the sums, [BLOCK, V]
  private final boolean mayMask;

  ScalarAttentionBackward(AttentionBackwardInputs given, AttentionBackwardOutputs wanted) {
    this.given = given;
    this.wanted = wanted;
    this.head = given.head();
    this.rules = head.rules();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.tile = new ScalarScores(head, BLOCK);
    this.tileOfValues = new float[Buffers.size(width, Tiles.TILE)];
    this.queries = new float[Buffers.size(BLOCK, depth)];
    this.cotangents = new float[Buffers.size(BLOCK, width)];
    this.mayMask = rules.causal() || head.mask() != null;
  }

  /** The gradients of some queries and keys; as in {@link Kernels}. */
  void run(int from, int to, int keyFrom, int keyTo) {
    clear(wanted.queries(), from, to);
    clear(wanted.keys(), keyFrom, keyTo);
    clear(wanted.values(), keyFrom, keyTo);
    if (wanted.pairs() != null) {
      MatrixView pairs = wanted.pairs();
      for (int query = from; query < to; query++) {
        int at = pairs.at(query);
        Arrays.fill(pairs.data(), at + keyFrom, at + keyTo, 0);
      }
    }
    for (int first = from; first < to; first += BLOCK) {
      block(first, Math.min(first + BLOCK, to), keyFrom, keyTo);
    }
    finish(wanted.queries(), from, to, (float) rules.queryDivisor());
    finish(wanted.keys(), keyFrom, keyTo, 1);
    finish(wanted.values(), keyFrom, keyTo, 1);
  }

  private static void clear(@Nullable MatrixView rows, int from, int to) {
    for (int row = from; rows != null && row < to; row++) {
      Arrays.fill(rows.data(), rows.at(row), rows.at(row) + rows.cols(), 0);
    }
  }

  private static void finish(@Nullable MatrixView rows, int from, int to, float divisor) {
    for (int row = from; rows != null && row < to; row++) {
      int at = rows.at(row);
      for (int d = 0; d < rows.cols(); d++) {
        rows.data()[at + d] = rows.data()[at + d] / divisor + 0f;
      }
    }
  }

  private void block(int first, int last, int keyFrom, int keyTo) {
    boolean anyOpen = false;
    for (int query = first; query < last; query++) {
      begin(query, query - first);
      anyOpen |= open[query - first];
    }
    int end = rules.causal() && !anyOpen ? Math.min(keyTo, last) : keyTo;
    for (int start = keyFrom; start < end; start += Tiles.TILE) {
      tile(first, last, start, Math.min(Tiles.TILE, keyTo - start));
    }
  }

  /** What a query needs for all its keys. */
  private void begin(int query, int place) {
    int stat = given.offset() + query;
    open[place] = given.maxima()[stat] <= (float) rules.low();
    MatrixView own = head.queries();
    float divisor = (float) rules.queryDivisor();
    for (int d = 0; d < depth; d++) {
      float q = own.data()[own.at(query) + d] / divisor;
      queries[place * depth + d] = rules.scoreRounding().round(q);
    }
    float sum = given.sums()[stat];
    MatrixView outputs = given.outputs();
    int from = given.cotangents().at(query);
    float delta = 0;
    for (int d = 0; d < width; d++) {
      float cotangent = given.cotangents().data()[from + d] / sum;
      cotangents[place * width + d] = cotangent;
      delta = Fma.fma(cotangent, outputs.data()[outputs.at(query) + d], delta);
    }
    deltas[place] = delta;
  }

  private void tile(int first, int last, int start, int length) {
    int stride = tile.readMask(first, last - first, start, length);
    boolean packed = false;
    for (int query = first; query < last; query++) {
      int place = query - first;
      int row = place * stride;
      boolean skip = !open[place];
      int seen = skip && rules.causal() ? Math.min(length, query + 1 - start) : length;
      if (seen <= 0 || (skip && head.mask() != null && !tile.anyShown(row, seen))) {
        continue;
      }
      if (!packed) {
        tile.packKeys(start, length);
        packValues(start, length);
        packed = true;
      }
      tile.score(query, start, seen, row);
      differentiate(query, place, start, seen);
      addToKeys(query, place, start, seen, row);
    }
  }

  /** Lays a tile of values with the keys in the rows' direction: {@code [V, TILE]}. */
  private void packValues(int start, int length) {
    MatrixView values = head.values();
    for (int j = 0; j < length; j++) {
      int at = values.at(start + j);
      for (int d = 0; d < width; d++) {
        tileOfValues[d * Tiles.TILE + j] = values.data()[at + d];
      }
    }
  }

  /** Turns the scores of a query into weights and the derivative by the scores. */
  private void differentiate(int query, int place, int start, int length) {
    Arrays.fill(slopes, 0, length, 0);
    for (int d = 0; d < width; d++) {
      float cotangent = cotangents[place * width + d];
      int at = d * Tiles.TILE;
      for (int j = 0; j < length; j++) {
        slopes[j] = Fma.fma(cotangent, tileOfValues[at + j], slopes[j]);
      }
    }
    float maximum = given.maxima()[given.offset() + query];
    for (int j = 0; j < length; j++) {
      weights[j] = Polynomials.exp(tile.scores[j] - maximum);
    }
    ScoreMask keep = head.keep();
    float scale = (float) rules.dropoutScale();
    if (keep != null) {
      Arrays.fill(kept, 0, length, (byte) 1);
      keep.restrict(query, 1, start, length, kept);
      for (int j = 0; j < length; j++) {
        slopes[j] *= kept[j] != 0 ? scale : 0;
      }
    }
    for (int j = 0; j < length; j++) {
      slopes[j] = weights[j] * (slopes[j] - deltas[place]);
    }
    if (keep != null) {
      for (int j = 0; j < length; j++) {
        weights[j] *= kept[j] != 0 ? scale : 0;
      }
    }
  }

  private void addToKeys(int query, int place, int start, int length, int row) {
    MatrixView values = wanted.values();
    for (int j = 0; j < length; j++) {
      boolean masked = mayMask && tile.isMasked(query, start, j, row);
      if (values != null && !(masked && (!open[place] || weights[j] == 0))) {
        chain(weights[j], cotangents, place * width, values, start + j);
      }
      if (masked || !wanted.wantScores()) {
        continue;
      }
      if (wanted.keys() != null) {
        chain(slopes[j], queries, place * depth, wanted.keys(), start + j);
      }
      if (wanted.queries() != null) {
        chain(slopes[j], head.keys().data(), head.keys().at(start + j), wanted.queries(), query);
      }
      if (wanted.pairs() != null) {
        wanted.pairs().data()[wanted.pairs().at(query) + start + j] = slopes[j];
      }
    }
  }

  /** One more link of the chains of a row. */
  private static void chain(float factor, float[] others, int from, MatrixView rows, int row) {
    float[] data = rows.data();
    int at = rows.at(row);
    for (int d = 0; d < rows.cols(); d++) {
      data[at + d] = Fma.fma(factor, others[from + d], data[at + d]);
    }
  }
}
