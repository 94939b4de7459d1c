package dev.heddle.simd;

import static dev.heddle.simd.BackwardScratch.CHUNK;
import static dev.heddle.simd.SimdAttention.BLOCK;

import dev.heddle.kernel.AttentionBackwardInputs;
import dev.heddle.kernel.AttentionBackwardOutputs;
import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.Tiles;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of attention for one head, with the queries in the lanes. Blocks of 64 queries
 * iterate over chunks of keys. The weights and the gradients of the scores are stored as keys by
 * queries, which makes them the left operand of the gradients of values and keys and the right
 * operand of that of the queries: no tile is ever transposed.
 *
 * <p>Requires finite operands, for which a pair of weight 0 adds nothing to any chain.
 *
 * <p>(2026-11-28, two cores of Zen 4 whose limit is 236 GF/s: 172 GF/s for batch 1, length 1024, 16
 * causal heads of depth 64; 187 for length 4096 and 8 heads; the same with chunks of 32, 48, 64 or
 * 96 keys.)
 */
final class SimdAttentionBackward {
  private final AttentionBackwardInputs inputs;
  private final AttentionBackwardOutputs gradients;
  private final AttentionHead head;
  private final ScoreRules rules;
  private final int depth;
  private final int width;
  private final int keyFrom;
  private final int keyTo;
  private final int paddedDepth;
  private final int paddedWidth;
  private final BackwardScratch scratch;
  private final MatrixView keys;
  private final MatrixView values;

  SimdAttentionBackward(
      AttentionBackwardInputs inputs,
      AttentionBackwardOutputs gradients,
      int keyFrom,
      int keyTo,
      BackwardScratch scratch) {
    this.inputs = inputs;
    this.gradients = gradients;
    this.head = inputs.head();
    this.rules = head.rules();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.keyFrom = keyFrom;
    this.keyTo = keyTo;
    this.paddedDepth = BlockProducts.padded(depth);
    this.paddedWidth = BlockProducts.padded(width);
    this.scratch = scratch;
    scratch.prepare(depth, width);
    this.keys = scratch.keyRows(head.keys().rows(keyFrom, keyTo));
    this.values = scratch.valueRows(head.values().rows(keyFrom, keyTo));
  }

  /**
   * The gradients for a range of queries and the keys; as in {@link dev.heddle.kernel.Kernels}.
   *
   * @return false if an operand is not finite, so that the result is not valid
   */
  boolean run(int from, int to) {
    int count = keyTo - keyFrom;
    if (!Passes.areFinite(keys, count) || !areFinite(from, to)) {
      return false;
    }
    if (gradients.queries() != null) {
      packKeys();
    }
    if (gradients.keys() != null) {
      scratch.keyGradients = start(scratch.keyGradients, gradients.keys(), paddedDepth);
    }
    if (gradients.values() != null) {
      scratch.valueGradients = start(scratch.valueGradients, gradients.values(), paddedWidth);
    }
    if (gradients.scores() != null) {
      MatrixView scores = gradients.scores();
      for (int query = from; query < to; query++) {
        int at = scores.at(query);
        Arrays.fill(scores.data(), at + keyFrom, at + keyTo, 0);
      }
    }
    for (int first = from; first < to; first += BLOCK) {
      if (!block(first, Math.min(BLOCK, to - first))) {
        return false;
      }
    }
    finish(gradients.keys(), scratch.keyGradients, paddedDepth);
    finish(gradients.values(), scratch.valueGradients, paddedWidth);
    return true;
  }

  /** Whether the maxima and sums of a range of queries are finite. */
  private boolean areFinite(int from, int to) {
    float worst = 0;
    for (int i = inputs.offset() + from; i < inputs.offset() + to; i++) {
      worst += inputs.maxima()[i] * 0 + inputs.sums()[i] * 0;
    }
    return worst == 0;
  }

  /** The chains before the first query: zeros, or those of an earlier head with the same keys. */
  private float[] start(float[] array, MatrixView rows, int stride) {
    int size = Buffers.size(keyTo - keyFrom, stride);
    float[] sums = array.length < size ? new float[size] : array;
    Arrays.fill(sums, 0, size, 0);
    for (int key = keyFrom; gradients.continued() && key < keyTo; key++) {
      int to = (key - keyFrom) * stride;
      System.arraycopy(rows.data(), rows.at(key), sums, to, rows.cols());
    }
    return sums;
  }

  private void packKeys() {
    float[] columns = scratch.keyColumns(depth, keys.rows());
    for (int start = 0; start < keys.rows(); start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, keys.rows() - start);
      Transpose.intoColumns(
          keys.data(),
          keys.at(start),
          keys.stride(),
          length,
          depth,
          columns,
          start * depth,
          Tiles.TILE);
    }
  }

  private void finish(@Nullable MatrixView rows, float[] sums, int stride) {
    if (rows == null) {
      return;
    }
    Passes.addZero(sums, 0, keyTo - keyFrom, stride, rows.cols());
    for (int key = keyFrom; key < keyTo; key++) {
      int from = (key - keyFrom) * stride;
      System.arraycopy(sums, from, rows.data(), rows.at(key), rows.cols());
    }
  }

  /** Processes up to {@link SimdAttention#BLOCK} queries; returns false if they are not finite. */
  private boolean block(int first, int count) {
    boolean low = loadStatistics(first, count);
    packQueries(first, count);
    packCotangents(first, count);
    if (!Passes.areFinite(new MatrixView(scratch.queries, 0, BLOCK, depth, count), depth)
        || !Passes.areFinite(new MatrixView(scratch.cotangents, 0, BLOCK, width, count), width)) {
      return false;
    }
    Arrays.fill(scratch.queryGradients, 0, depth * BLOCK, 0);
    int begin = low ? keyFrom : rules.band().from(first, keyTo);
    int end = low ? keyTo : rules.band().to(first + count - 1, keyTo);
    for (int start = keyFrom; start < end; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, end - start);
      if (start + length > begin
          && (scratch.masks.read(head.mask(), rules.band(), first, count, start, length) || low)) {
        tile(first, count, start, length);
      }
    }
    MatrixView gradient = gradients.queries();
    if (gradient != null) {
      float[] sums = scratch.queryGradients;
      Passes.divide(sums, 0, depth, BLOCK, count, (float) rules.queryDivisor());
      Passes.addZero(sums, 0, depth, BLOCK, count);
      Transpose.intoRows(
          sums, 0, BLOCK, depth, count, gradient.data(), gradient.at(first), gradient.stride());
    }
    return true;
  }

  /**
   * Copies the statistics of the forward pass; returns whether masked keys of any query have
   * weight.
   */
  private boolean loadStatistics(int first, int count) {
    int from = inputs.offset() + first;
    boolean low = false;
    for (int i = 0; i < count; i++) {
      scratch.maxima[i] = inputs.maxima()[from + i];
      scratch.sums[i] = inputs.sums()[from + i];
      low |= scratch.maxima[i] <= (float) rules.low();
    }
    Arrays.fill(scratch.maxima, count, BLOCK, 0);
    Arrays.fill(scratch.sums, count, BLOCK, 1);
    return low;
  }

  private void packQueries(int first, int count) {
    MatrixView queries = head.queries();
    float[] packed = scratch.queries;
    Transpose.intoColumns(
        queries.data(), queries.at(first), queries.stride(), count, depth, packed, 0, BLOCK);
    Passes.divide(packed, 0, depth, BLOCK, count, (float) rules.queryDivisor());
    if (rules.scoreRounding() != Rounding.NONE) {
      Passes.round(rules.scoreRounding(), packed, 0, depth * BLOCK);
    }
    if (gradients.keys() != null) {
      Transpose.intoRows(packed, 0, BLOCK, depth, count, scratch.queryRows, 0, paddedDepth);
    }
  }

  private void packCotangents(int first, int count) {
    MatrixView own = inputs.cotangents();
    float[] packed = scratch.cotangents;
    Transpose.intoColumns(own.data(), own.at(first), own.stride(), count, width, packed, 0, BLOCK);
    SoftmaxGradient.divide(scratch, count, width);
    if (gradients.values() != null) {
      Transpose.intoRows(packed, 0, BLOCK, width, count, scratch.cotangentRows, 0, paddedWidth);
    }
    MatrixView outputs = inputs.outputs();
    Transpose.intoColumns(
        outputs.data(),
        outputs.at(first),
        outputs.stride(),
        count,
        width,
        scratch.outputs,
        0,
        BLOCK);
    SoftmaxGradient.deltas(scratch, count, width);
  }

  private void tile(int first, int count, int start, int length) {
    if (head.keep() != null) {
      scratch.keeps.readKeep(head.keep(), first, count, start, length);
    }
    for (int from = 0; from < length; from += CHUNK) {
      int to = Math.min(length, from + CHUNK);
      score(first, count, start, from, to);
      differentiateScores(count, start, from, to);
      if (gradients.values() != null) {
        add(
            count,
            to - from,
            scratch.weights,
            scratch.cotangentRows,
            scratch.valueGradients,
            start + from - keyFrom,
            width,
            paddedWidth);
      }
      storeScores(first, count, start + from, to - from);
      if (rules.softCap() != 0) {
        Passes.timesSlope(scratch.scoreGradients, scratch.tanhs(), (to - from) * BLOCK);
      }
      if (gradients.keys() != null) {
        add(
            count,
            to - from,
            scratch.scoreGradients,
            scratch.queryRows,
            scratch.keyGradients,
            start + from - keyFrom,
            depth,
            paddedDepth);
      }
      if (gradients.queries() != null) {
        int row = start - keyFrom;
        BlockProducts.multiply(
            scratch.keyColumns,
            row * depth + from,
            Tiles.TILE,
            scratch.scoreGradients,
            0,
            BLOCK,
            scratch.queryGradients,
            0,
            BLOCK,
            depth,
            count,
            to - from,
            false);
      }
    }
  }

  private void storeScores(int first, int count, int key, int keys) {
    MatrixView scores = gradients.scores();
    if (scores != null) {
      int at = scores.at(first) + key;
      float[] from = scratch.scoreGradients;
      Transpose.intoRows(from, 0, BLOCK, keys, count, scores.data(), at, scores.stride());
    }
  }

  /** Continues the chains of a range of keys over the queries of the block. */
  private static void add(
      int count,
      int keys,
      float[] factors,
      float[] rows,
      float[] sums,
      int key,
      int cols,
      int stride) {
    BlockProducts.multiply(
        factors, 0, BLOCK, rows, 0, stride, sums, key * stride, stride, keys, cols, count, false);
  }

  /** Computes the masked scores of a chunk of keys. */
  private void score(int first, int count, int start, int from, int to) {
    int row = start + from - keyFrom;
    float[] scores = scratch.weights;
    BlockProducts.multiply(
        keys.data(),
        keys.at(row),
        keys.stride(),
        scratch.queries,
        0,
        BLOCK,
        scores,
        0,
        BLOCK,
        to - from,
        count,
        depth,
        true);
    Passes.round(rules.scoreRounding(), scores, 0, (to - from) * BLOCK);
    if (rules.softCap() != 0) {
      int size = (to - from) * BLOCK;
      Passes.cap(scores, 0, size, (float) rules.softCap(), scratch.tanhs(), 0);
      Passes.round(rules.scoreRounding(), scores, 0, size);
    }
    if (head.bias() != null) {
      BiasTile.add(
          head.bias(), rules.biasRounding(), first, count, start + from, to - from, scores, 0);
    }
    scratch.masks.mask(scores, 0, from, to, (float) rules.masked());
  }

  /** Computes the weights and the gradients of the scores of a chunk of keys. */
  private void differentiateScores(int count, int start, int from, int to) {
    int row = start + from - keyFrom;
    float[] scoreGradients = scratch.scoreGradients;
    BlockProducts.multiply(
        values.data(),
        values.at(row),
        values.stride(),
        scratch.cotangents,
        0,
        BLOCK,
        scoreGradients,
        0,
        BLOCK,
        to - from,
        count,
        width,
        true);
    boolean drops = head.keep() != null;
    float scale = (float) rules.dropoutScale();
    if (drops) {
      scratch.keeps.drop(scoreGradients, 0, from, to, scale);
    }
    SoftmaxGradient.of(scratch, count, to - from);
    scratch.masks.mask(scoreGradients, 0, from, to, 0);
    if (drops) {
      scratch.keeps.drop(scratch.weights, 0, from, to, scale);
    }
  }
}
