package dev.heddle.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of {@link ScalarAttention64} in plain Java: the specification in float64.
 * {@link ScalarAttentionBackward} is the same in float32.
 *
 * <p>Scores are recomputed, one query and one tile of keys at a time, in the order of the chains of
 * all gradients: queries in order, and for each query keys in order.
 */
final class ScalarAttentionBackward64 {
  /** Query rows that share transposed tiles of keys and values. */
  private static final int BLOCK = 32;

  private final AttentionBackwardInputs64 inputs;
  private final AttentionBackwardOutputs64 gradients;
  private final AttentionHead64 head;
  private final ScoreRules rules;
  private final int depth;
  private final int width;
  private final ScalarScores64 tile;
  private final double[] tileOfValues;
  private final double[] weights = new double[Tiles.TILE];
  private final double[] scoreGradients = new double[Tiles.TILE];
  private final byte[] keepFlags = new byte[Tiles.TILE];
  private final boolean[] low = new boolean[BLOCK];
  private final double[] deltas = new double[BLOCK];
  private final double[] queries; // divided, [BLOCK, D]
  private final double[] cotangents; // divided by the sums, [BLOCK, V]
  private final boolean mayMask;

  ScalarAttentionBackward64(
      AttentionBackwardInputs64 inputs, AttentionBackwardOutputs64 gradients) {
    this.inputs = inputs;
    this.gradients = gradients;
    this.head = inputs.head();
    this.rules = head.rules();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.tile = new ScalarScores64(head, BLOCK);
    this.tileOfValues = new double[Buffers.size(width, Tiles.TILE)];
    this.queries = new double[Buffers.size(BLOCK, depth)];
    this.cotangents = new double[Buffers.size(BLOCK, width)];
    this.mayMask = rules.causal() || head.mask() != null;
  }

  /** The gradients for a range of queries and a range of keys; as in {@link Kernels}. */
  void run(int from, int to, int keyFrom, int keyTo) {
    clear(gradients.queries(), from, to);
    clear(gradients.keys(), keyFrom, keyTo);
    clear(gradients.values(), keyFrom, keyTo);
    if (gradients.scores() != null) {
      MatrixView64 scores = gradients.scores();
      for (int query = from; query < to; query++) {
        int at = scores.at(query);
        Arrays.fill(scores.data(), at + keyFrom, at + keyTo, 0);
      }
    }
    for (int first = from; first < to; first += BLOCK) {
      block(first, Math.min(first + BLOCK, to), keyFrom, keyTo);
    }
    finish(gradients.queries(), from, to, rules.queryDivisor());
    finish(gradients.keys(), keyFrom, keyTo, 1);
    finish(gradients.values(), keyFrom, keyTo, 1);
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
    boolean anyLow = false;
    for (int query = first; query < last; query++) {
      prepareQuery(query, query - first);
      anyLow |= low[query - first];
    }
    int end = rules.causal() && !anyLow ? Math.min(keyTo, last) : keyTo;
    for (int start = keyFrom; start < end; start += Tiles.TILE) {
      tile(first, last, start, Math.min(Tiles.TILE, keyTo - start));
    }
  }

  /** Computes what all keys of a query share. */
  private void prepareQuery(int query, int index) {
    int stat = inputs.offset() + query;
    low[index] = inputs.maxima()[stat] <= rules.low();
    MatrixView64 own = head.queries();
    double divisor = rules.queryDivisor();
    for (int d = 0; d < depth; d++) {
      double q = own.data()[own.at(query) + d] / divisor;
      queries[index * depth + d] = rules.scoreRounding().round(q);
    }
    double sum = inputs.sums()[stat];
    MatrixView64 outputs = inputs.outputs();
    int from = inputs.cotangents().at(query);
    double delta = 0;
    for (int d = 0; d < width; d++) {
      double cotangent = inputs.cotangents().data()[from + d] / sum;
      cotangents[index * width + d] = cotangent;
      delta = Fma.fma(cotangent, outputs.data()[outputs.at(query) + d], delta);
    }
    deltas[index] = delta;
  }

  private void tile(int first, int last, int start, int length) {
    int stride = tile.readMask(first, last - first, start, length);
    boolean packed = false;
    for (int query = first; query < last; query++) {
      int index = query - first;
      int row = index * stride;
      boolean skip = !low[index];
      int visibleCount = skip && rules.causal() ? Math.min(length, query + 1 - start) : length;
      if (visibleCount <= 0
          || (skip && head.mask() != null && !tile.anyVisible(row, visibleCount))) {
        continue;
      }
      if (!packed) {
        tile.packKeys(start, length);
        packValues(start, length);
        packed = true;
      }
      tile.score(query, start, visibleCount, row);
      differentiate(query, index, start, visibleCount);
      addToKeys(query, index, start, visibleCount, row);
    }
  }

  /** Transposes a tile of values to {@code [V, TILE]}. */
  private void packValues(int start, int length) {
    MatrixView64 values = head.values();
    for (int j = 0; j < length; j++) {
      int at = values.at(start + j);
      for (int d = 0; d < width; d++) {
        tileOfValues[d * Tiles.TILE + j] = values.data()[at + d];
      }
    }
  }

  /** Computes the weights of a query and the gradients of its scores. */
  private void differentiate(int query, int index, int start, int length) {
    Arrays.fill(scoreGradients, 0, length, 0);
    for (int d = 0; d < width; d++) {
      double cotangent = cotangents[index * width + d];
      int at = d * Tiles.TILE;
      for (int j = 0; j < length; j++) {
        scoreGradients[j] = Fma.fma(cotangent, tileOfValues[at + j], scoreGradients[j]);
      }
    }
    double maximum = inputs.maxima()[inputs.offset() + query];
    for (int j = 0; j < length; j++) {
      weights[j] = StrictMath.exp(tile.scores[j] - maximum);
    }
    ScoreMask keep = head.keep();
    double scale = rules.dropoutScale();
    if (keep != null) {
      Arrays.fill(keepFlags, 0, length, (byte) 1);
      keep.restrict(query, 1, start, length, keepFlags);
      for (int j = 0; j < length; j++) {
        scoreGradients[j] *= keepFlags[j] != 0 ? scale : 0;
      }
    }
    for (int j = 0; j < length; j++) {
      scoreGradients[j] = weights[j] * (scoreGradients[j] - deltas[index]);
    }
    if (keep != null) {
      for (int j = 0; j < length; j++) {
        weights[j] *= keepFlags[j] != 0 ? scale : 0;
      }
    }
  }

  private void addToKeys(int query, int index, int start, int length, int row) {
    MatrixView64 values = gradients.values();
    for (int j = 0; j < length; j++) {
      boolean masked = mayMask && tile.isMasked(query, start, j, row);
      if (values != null && !(masked && (!low[index] || weights[j] == 0))) {
        accumulate(weights[j], cotangents, index * width, values, start + j);
      }
      if (masked || !gradients.needsScores()) {
        continue;
      }
      if (gradients.keys() != null) {
        accumulate(scoreGradients[j], queries, index * depth, gradients.keys(), start + j);
      }
      if (gradients.queries() != null) {
        accumulate(
            scoreGradients[j],
            head.keys().data(),
            head.keys().at(start + j),
            gradients.queries(),
            query);
      }
      if (gradients.scores() != null) {
        gradients.scores().data()[gradients.scores().at(query) + start + j] = scoreGradients[j];
      }
    }
  }

  /** Continues the chains of a row by one term. */
  private static void accumulate(
      double factor, double[] others, int from, MatrixView64 rows, int row) {
    double[] data = rows.data();
    int at = rows.at(row);
    for (int d = 0; d < rows.cols(); d++) {
      data[at + d] = Fma.fma(factor, others[from + d], data[at + d]);
    }
  }
}
