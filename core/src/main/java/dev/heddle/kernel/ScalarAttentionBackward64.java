package dev.heddle.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The derivative of {@link ScalarAttention64} in plain Java: the specification in float64. {@link
 * ScalarAttentionBackward} is its twin in float32.
 *
 * <p>Scores are made again, a query and a tile of keys at a time, in the order in which the chains
 * of all gradients go on: queries in order, and for each of them keys in order.
 */
final class ScalarAttentionBackward64 {
  /** Query rows that share transposed tiles of keys and values. */
  private static final int BLOCK = 32;

  private final AttentionBackwardInputs64 given;
  private final AttentionBackwardOutputs64 wanted;
  private final AttentionHead64 head;
  private final ScoreRules rules;
  private final int depth;
  private final int width;
  private final ScalarScores64 tile;
  private final double[] tileOfValues;
  private final double[] weights = new double[Tiles.TILE];
  private final double[] slopes = new double[Tiles.TILE];
  private final byte[] kept = new byte[Tiles.TILE];
  private final boolean[] open = new boolean[BLOCK];
  private final double[] deltas = new double[BLOCK];
  private final double[] queries; // divided, [BLOCK, D]
  private final double[] cotangents; // divided by the sums, [BLOCK, V]
  private final boolean mayMask;

  ScalarAttentionBackward64(AttentionBackwardInputs64 given, AttentionBackwardOutputs64 wanted) {
    this.given = given;
    this.wanted = wanted;
    this.head = given.head();
    this.rules = head.rules();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.tile = new ScalarScores64(head, BLOCK);
    this.tileOfValues = new double[Buffers.size(width, Tiles.TILE)];
    this.queries = new double[Buffers.size(BLOCK, depth)];
    this.cotangents = new double[Buffers.size(BLOCK, width)];
    this.mayMask = rules.causal() || head.mask() != null;
  }

  /** The gradients of some queries and keys; as in {@link Kernels}. */
  void run(int from, int to, int keyFrom, int keyTo) {
    clear(wanted.queries(), from, to);
    clear(wanted.keys(), keyFrom, keyTo);
    clear(wanted.values(), keyFrom, keyTo);
    if (wanted.pairs() != null) {
      MatrixView64 pairs = wanted.pairs();
      for (int query = from; query < to; query++) {
        int at = pairs.at(query);
        Arrays.fill(pairs.data(), at + keyFrom, at + keyTo, 0);
      }
    }
    for (int first = from; first < to; first += BLOCK) {
      block(first, Math.min(first + BLOCK, to), keyFrom, keyTo);
    }
    finish(wanted.queries(), from, to, rules.queryDivisor());
    finish(wanted.keys(), keyFrom, keyTo, 1);
    finish(wanted.values(), keyFrom, keyTo, 1);
  }

  private static void clear(@Nullable MatrixView64 rows, int from, int to) {
    for (int row = from; rows != null && row < to; row++) {
      Arrays.fill(rows.data(), rows.at(row), rows.at(row) + rows.cols(), 0);
    }
  }

  private static void finish(@Nullable MatrixView64 rows, int from, int to, double divisor) {
    for (int row = from; rows != null && row < to; row++) {
      int at = rows.at(row);
      for (int d = 0; d < rows.cols(); d++) {
        rows.data()[at + d] = rows.data()[at + d] / divisor + 0.0;
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
    open[place] = given.maxima()[stat] <= rules.low();
    MatrixView64 own = head.queries();
    double divisor = rules.queryDivisor();
    for (int d = 0; d < depth; d++) {
      double q = own.data()[own.at(query) + d] / divisor;
      queries[place * depth + d] = rules.scoreRounding().round(q);
    }
    double sum = given.sums()[stat];
    MatrixView64 outputs = given.outputs();
    int from = given.cotangents().at(query);
    double delta = 0;
    for (int d = 0; d < width; d++) {
      double cotangent = given.cotangents().data()[from + d] / sum;
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
    MatrixView64 values = head.values();
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
      double cotangent = cotangents[place * width + d];
      int at = d * Tiles.TILE;
      for (int j = 0; j < length; j++) {
        slopes[j] = Fma.fma(cotangent, tileOfValues[at + j], slopes[j]);
      }
    }
    double maximum = given.maxima()[given.offset() + query];
    for (int j = 0; j < length; j++) {
      weights[j] = StrictMath.exp(tile.scores[j] - maximum);
    }
    ScoreMask keep = head.keep();
    double scale = rules.dropoutScale();
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
    MatrixView64 values = wanted.values();
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
  private static void chain(double factor, double[] others, int from, MatrixView64 rows, int row) {
    double[] data = rows.data();
    int at = rows.at(row);
    for (int d = 0; d < rows.cols(); d++) {
      data[at + d] = Fma.fma(factor, others[from + d], data[at + d]);
    }
  }
}
