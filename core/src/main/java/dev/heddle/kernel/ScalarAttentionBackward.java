package dev.heddle.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of {@link ScalarAttention} in plain Java: the specification in float32.
 *
 * <p>Scores are recomputed, one query and one tile of keys at a time, in the order of the chains of
 * all gradients: queries in order, and for each query keys in order.
 */
final class ScalarAttentionBackward {
  /** Query rows that share transposed tiles of keys and values. */
  private static final int BLOCK = 32;

  private final AttentionBackwardInputs inputs;
  private final AttentionBackwardOutputs gradients;
  private final AttentionHead head;
  private final ScoreRules rules;
  private final int depth;
  private final int width;
  private final ScalarScores tile;
  private final float[] tileOfValues;
  private final float[] weights = new float[Tiles.TILE];
  private final float[] scoreGradients = new float[Tiles.TILE];
  private final byte[] keepFlags = new byte[Tiles.TILE];
  private final boolean[] low = new boolean[BLOCK];
  private final float[] deltas = new float[BLOCK];
  private final float[] queries; // divided, [BLOCK, D]
  private final float[] cotangents; // divided by the sums, [BLOCK, V]
  private final boolean mayMask;

  ScalarAttentionBackward(AttentionBackwardInputs inputs, AttentionBackwardOutputs gradients) {
    this.inputs = inputs;
    this.gradients = gradients;
    this.head = inputs.head();
    this.rules = head.rules();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.tile = new ScalarScores(head, BLOCK);
    this.tileOfValues = new float[Buffers.size(width, Tiles.TILE)];
    this.queries = new float[Buffers.size(BLOCK, depth)];
    this.cotangents = new float[Buffers.size(BLOCK, width)];
    this.mayMask = !rules.band().isAll() || head.mask() != null;
  }

  /** The gradients for a range of queries and a range of keys; as in {@link Kernels}. */
  void run(int from, int to, int keyFrom, int keyTo) {
    clear(gradients.queries(), from, to);
    if (!gradients.continued()) {
      clear(gradients.keys(), keyFrom, keyTo);
      clear(gradients.values(), keyFrom, keyTo);
    }
    if (gradients.scores() != null) {
      MatrixView scores = gradients.scores();
      for (int query = from; query < to; query++) {
        int at = scores.at(query);
        Arrays.fill(scores.data(), at + keyFrom, at + keyTo, 0);
      }
    }
    for (int first = from; first < to; first += BLOCK) {
      block(first, Math.min(first + BLOCK, to), keyFrom, keyTo);
    }
    finish(gradients.queries(), from, to, (float) rules.queryDivisor());
    finish(gradients.keys(), keyFrom, keyTo, 1);
    finish(gradients.values(), keyFrom, keyTo, 1);
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
    boolean anyLow = false;
    for (int query = first; query < last; query++) {
      prepareQuery(query, query - first);
      anyLow |= low[query - first];
    }
    int begin = anyLow ? keyFrom : rules.band().from(first, keyTo);
    int end = anyLow ? keyTo : rules.band().to(last - 1, keyTo);
    for (int start = keyFrom; start < end; start += Tiles.TILE) {
      if (start + Tiles.TILE > begin) {
        tile(first, last, start, Math.min(Tiles.TILE, keyTo - start));
      }
    }
  }

  /** Computes what all keys of a query share. */
  private void prepareQuery(int query, int index) {
    int stat = inputs.offset() + query;
    low[index] = inputs.maxima()[stat] <= (float) rules.low();
    MatrixView own = head.queries();
    float divisor = (float) rules.queryDivisor();
    for (int d = 0; d < depth; d++) {
      float q = own.data()[own.at(query) + d] / divisor;
      queries[index * depth + d] = rules.scoreRounding().round(q);
    }
    float sum = inputs.sums()[stat];
    MatrixView outputs = inputs.outputs();
    int from = inputs.cotangents().at(query);
    float delta = 0;
    for (int d = 0; d < width; d++) {
      float cotangent = inputs.cotangents().data()[from + d] / sum;
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
      int visibleCount = skip ? rules.band().to(query, start + length) - start : length;
      if (visibleCount <= 0
          || (skip && rules.band().from(query, start + length) >= start + length)
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
    MatrixView values = head.values();
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
      float cotangent = cotangents[index * width + d];
      int at = d * Tiles.TILE;
      for (int j = 0; j < length; j++) {
        scoreGradients[j] = Fma.fma(cotangent, tileOfValues[at + j], scoreGradients[j]);
      }
    }
    float maximum = inputs.maxima()[inputs.offset() + query];
    for (int j = 0; j < length; j++) {
      weights[j] = Polynomials.exp(tile.scores[j] - maximum);
    }
    ScoreMask keep = head.keep();
    float scale = (float) rules.dropoutScale();
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
    MatrixView values = gradients.values();
    boolean isCapped = rules.softCap() != 0;
    for (int j = 0; j < length; j++) {
      boolean masked = mayMask && tile.isMasked(query, start, j, row);
      if (values != null && !(masked && (!low[index] || weights[j] == 0))) {
        accumulate(weights[j], cotangents, index * width, values, start + j);
      }
      if (masked || !gradients.needsScores()) {
        continue;
      }
      float tanh = isCapped ? tile.tanhs[j] : 0;
      float ofProduct = scoreGradients[j] * Fma.fma(-tanh, tanh, 1);
      if (gradients.keys() != null) {
        accumulate(ofProduct, queries, index * depth, gradients.keys(), start + j);
      }
      if (gradients.queries() != null) {
        accumulate(
            ofProduct, head.keys().data(), head.keys().at(start + j), gradients.queries(), query);
      }
      if (gradients.scores() != null) {
        gradients.scores().data()[gradients.scores().at(query) + start + j] = scoreGradients[j];
      }
    }
  }

  /** Continues the chains of a row by one term. */
  private static void accumulate(float factor, float[] others, int from, MatrixView rows, int row) {
    float[] data = rows.data();
    int at = rows.at(row);
    for (int d = 0; d < rows.cols(); d++) {
      data[at + d] = Fma.fma(factor, others[from + d], data[at + d]);
    }
  }
}
