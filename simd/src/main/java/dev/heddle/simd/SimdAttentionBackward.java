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
 * The derivative of attention of one head, with the queries in the lanes. 64 queries pass over the
 * keys together, some keys at a time; their weights and slopes are transposed, keys by queries, and
 * so are at once the left operands of the gradients of values and keys and the right one of that of
 * the queries: no tile of scores is ever turned round.
 *
 * <p>Works with finite operands: then a pair of weight 0 adds nothing to any chain.
 *
 * <p>(2026-11-28, two cores of Zen 4 whose limit is 236 GF/s: 172 GF/s for batch 1, length 1024, 16
 * causal heads of depth 64; 187 for length 4096 and 8 heads; with 32, 48, 64 or 96 keys at a time
 * the same.)
 */
final class SimdAttentionBackward {
  private final AttentionBackwardInputs given;
  private final AttentionBackwardOutputs wanted;
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
      AttentionBackwardInputs given,
      AttentionBackwardOutputs wanted,
      int keyFrom,
      int keyTo,
      BackwardScratch scratch) {
    this.given = given;
    this.wanted = wanted;
    this.head = given.head();
    this.rules = head.rules();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.keyFrom = keyFrom;
    this.keyTo = keyTo;
    this.paddedDepth = BlockProducts.padded(depth);
    this.paddedWidth = BlockProducts.padded(width);
    this.scratch = scratch;
    scratch.prepare(depth, width);
    this.keys = scratch.keyRows(part(head.keys()));
    this.values = scratch.valueRows(part(head.values()));
  }

  /** The rows of the keys that are looked at. */
  private MatrixView part(MatrixView rows) {
    return new MatrixView(
        rows.data(), rows.at(keyFrom), rows.stride(), keyTo - keyFrom, rows.cols());
  }

  /**
   * The gradients of some queries and the keys; as in {@link dev.heddle.kernel.Kernels}.
   *
   * @return whether all that a weight of 0 meets was finite; if not, this has to be done otherwise
   */
  boolean run(int from, int to) {
    int count = keyTo - keyFrom;
    if (!Passes.areFinite(keys, count) || !areFinite(from, to)) {
      return false;
    }
    if (wanted.queries() != null) {
      packKeys();
    }
    if (wanted.keys() != null) {
      scratch.ofKeys = cleared(scratch.ofKeys, Buffers.size(count, paddedDepth));
    }
    if (wanted.values() != null) {
      scratch.ofValues = cleared(scratch.ofValues, Buffers.size(count, paddedWidth));
    }
    if (wanted.pairs() != null) {
      MatrixView pairs = wanted.pairs();
      for (int query = from; query < to; query++) {
        int at = pairs.at(query);
        Arrays.fill(pairs.data(), at + keyFrom, at + keyTo, 0);
      }
    }
    for (int first = from; first < to; first += BLOCK) {
      if (!block(first, Math.min(BLOCK, to - first))) {
        return false;
      }
    }
    finish(wanted.keys(), scratch.ofKeys, paddedDepth);
    finish(wanted.values(), scratch.ofValues, paddedWidth);
    return true;
  }

  /** Whether maxima and sums are. */
  private boolean areFinite(int from, int to) {
    float worst = 0;
    for (int i = given.offset() + from; i < given.offset() + to; i++) {
      worst += given.maxima()[i] * 0 + given.sums()[i] * 0;
    }
    return worst == 0;
  }

  private static float[] cleared(float[] array, int size) {
    if (array.length < size) {
      return new float[size];
    }
    Arrays.fill(array, 0, size, 0);
    return array;
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

  /** Up to {@link SimdAttention#BLOCK} queries and all keys, where they are finite. */
  private boolean block(int first, int count) {
    boolean open = begin(first, count);
    packQueries(first, count);
    packCotangents(first, count);
    if (!Passes.areFinite(new MatrixView(scratch.queries, 0, BLOCK, depth, count), depth)
        || !Passes.areFinite(new MatrixView(scratch.cotangents, 0, BLOCK, width, count), width)) {
      return false;
    }
    Arrays.fill(scratch.ofQueries, 0, depth * BLOCK, 0);
    int end = rules.causal() && !open ? Math.min(keyTo, first + count) : keyTo;
    for (int start = keyFrom; start < end; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, end - start);
      if (scratch.masks.read(head.mask(), rules.causal(), first, count, start, length) || open) {
        tile(first, count, start, length);
      }
    }
    MatrixView gradient = wanted.queries();
    if (gradient != null) {
      float[] sums = scratch.ofQueries;
      Passes.divide(sums, 0, depth, BLOCK, count, (float) rules.queryDivisor());
      Passes.addZero(sums, 0, depth, BLOCK, count);
      Transpose.intoRows(
          sums, 0, BLOCK, depth, count, gradient.data(), gradient.at(first), gradient.stride());
    }
    return true;
  }

  /** Copies what the forward pass kept; returns whether masked keys of any query have weight. */
  private boolean begin(int first, int count) {
    int from = given.offset() + first;
    boolean open = false;
    for (int i = 0; i < count; i++) {
      scratch.maxima[i] = given.maxima()[from + i];
      scratch.sums[i] = given.sums()[from + i];
      open |= scratch.maxima[i] <= (float) rules.low();
    }
    Arrays.fill(scratch.maxima, count, BLOCK, 0);
    Arrays.fill(scratch.sums, count, BLOCK, 1);
    return open;
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
    if (wanted.keys() != null) {
      Transpose.intoRows(packed, 0, BLOCK, depth, count, scratch.queryRows, 0, paddedDepth);
    }
  }

  private void packCotangents(int first, int count) {
    MatrixView own = given.cotangents();
    float[] packed = scratch.cotangents;
    Transpose.intoColumns(own.data(), own.at(first), own.stride(), count, width, packed, 0, BLOCK);
    SoftmaxGradient.divide(scratch, count, width);
    if (wanted.values() != null) {
      Transpose.intoRows(packed, 0, BLOCK, width, count, scratch.cotangentRows, 0, paddedWidth);
    }
    MatrixView outputs = given.outputs();
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
      weigh(count, start, from, to);
      if (wanted.values() != null) {
        add(
            count,
            to - from,
            scratch.weights,
            scratch.cotangentRows,
            scratch.ofValues,
            start + from - keyFrom,
            width,
            paddedWidth);
      }
      if (wanted.keys() != null) {
        add(
            count,
            to - from,
            scratch.slopes,
            scratch.queryRows,
            scratch.ofKeys,
            start + from - keyFrom,
            depth,
            paddedDepth);
      }
      if (wanted.queries() != null) {
        int row = start - keyFrom;
        BlockProducts.multiply(
            scratch.keyColumns,
            row * depth + from,
            Tiles.TILE,
            scratch.slopes,
            0,
            BLOCK,
            scratch.ofQueries,
            0,
            BLOCK,
            depth,
            count,
            to - from,
            false);
      }
      MatrixView pairs = wanted.pairs();
      if (pairs != null) {
        Transpose.intoRows(
            scratch.slopes,
            0,
            BLOCK,
            to - from,
            count,
            pairs.data(),
            pairs.at(first) + start + from,
            pairs.stride());
      }
    }
  }

  /** The chains of some keys go on over the queries of the block. */
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

  /** Scores of some keys of a tile, masked. */
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
    if (head.bias() != null) {
      BiasTile.add(
          head.bias(), rules.biasRounding(), first, count, start + from, to - from, scores, 0);
    }
    scratch.masks.mask(scores, 0, from, to, (float) rules.masked());
  }

  /** Weights and slopes of some keys of a tile. */
  private void weigh(int count, int start, int from, int to) {
    int row = start + from - keyFrom;
    float[] slopes = scratch.slopes;
    BlockProducts.multiply(
        values.data(),
        values.at(row),
        values.stride(),
        scratch.cotangents,
        0,
        BLOCK,
        slopes,
        0,
        BLOCK,
        to - from,
        count,
        width,
        true);
    boolean drops = head.keep() != null;
    float scale = (float) rules.dropoutScale();
    if (drops) {
      scratch.keeps.drop(slopes, 0, from, to, scale);
    }
    SoftmaxGradient.of(scratch, count, to - from);
    scratch.masks.mask(slopes, 0, from, to, 0);
    if (drops) {
      scratch.keeps.drop(scratch.weights, 0, from, to, scale);
    }
  }
}
