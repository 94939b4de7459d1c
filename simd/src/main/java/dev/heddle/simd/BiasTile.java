package dev.heddle.simd;

import static dev.heddle.simd.SimdAttention.BLOCK;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.StridedView;
import jdk.incubator.vector.FloatVector;

/** The addition of a bias to transposed scores, {@code [keys, BLOCK]}. */
final class BiasTile {
  /** Keys per chunk, whose biases and scores fit in the first-level cache. */
  private static final int CHUNK = 96;

  private BiasTile() {}

  /**
   * Adds a bias to the scores of a range of keys and rounds; scores of queries past the last become
   * unspecified.
   *
   * @param first the first query
   * @param count the number of queries
   * @param key the first key
   * @param keys the number of keys
   * @param offset the index of the scores of the first key
   */
  static void add(
      StridedView<float[]> bias,
      Rounding rounding,
      int first,
      int count,
      int key,
      int keys,
      float[] scores,
      int offset) {
    float[] transposed = Buffers.borrow(CHUNK * BLOCK);
    for (int from = 0; from < keys; from += CHUNK) {
      int keysInChunk = Math.min(CHUNK, keys - from);
      int to = offset + from * BLOCK;
      int at = bias.offset() + first * bias.queryStride() + (key + from) * bias.keyStride();
      if (bias.keyStride() == 1) {
        Transpose.intoColumns(
            bias.data(), at, bias.queryStride(), count, keysInChunk, transposed, 0, BLOCK);
        addRows(transposed, BLOCK, scores, to, keysInChunk);
      } else if (bias.keyStride() == 0) {
        gather(bias, at, count, transposed, 0);
        addRows(transposed, 0, scores, to, keysInChunk);
      } else {
        for (int j = 0; j < keysInChunk; j++) {
          gather(bias, at + j * bias.keyStride(), count, transposed, j * BLOCK);
        }
        addRows(transposed, BLOCK, scores, to, keysInChunk);
      }
    }
    Buffers.giveBack(transposed);
    Passes.round(rounding, scores, offset, keys, BLOCK, count);
  }

  /** Copies the biases of one key. */
  private static void gather(StridedView<float[]> bias, int at, int count, float[] out, int to) {
    for (int i = 0; i < count; i++) {
      out[to + i] = bias.data()[at + i * bias.queryStride()];
    }
  }

  /**
   * Adds rows of a block. Unrolled, so that it is too long to be inlined and is compiled
   * separately.
   *
   * @param stride from a row of the bias to the next; 0 if all rows are the same
   */
  private static void addRows(float[] bias, int stride, float[] scores, int offset, int rows) {
    for (int lane = 0; lane < BLOCK; lane += 4 * LANES) {
      int r = 0;
      for (; r + 4 <= rows; r += 4) {
        int from = r * stride + lane;
        int to = offset + r * BLOCK + lane;
        FloatVector.fromArray(F, scores, to)
            .add(FloatVector.fromArray(F, bias, from))
            .intoArray(scores, to);
        FloatVector.fromArray(F, scores, to + LANES)
            .add(FloatVector.fromArray(F, bias, from + LANES))
            .intoArray(scores, to + LANES);
        FloatVector.fromArray(F, scores, to + 2 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 2 * LANES))
            .intoArray(scores, to + 2 * LANES);
        FloatVector.fromArray(F, scores, to + 3 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 3 * LANES))
            .intoArray(scores, to + 3 * LANES);
        FloatVector.fromArray(F, scores, to + BLOCK)
            .add(FloatVector.fromArray(F, bias, from + stride))
            .intoArray(scores, to + BLOCK);
        FloatVector.fromArray(F, scores, to + BLOCK + LANES)
            .add(FloatVector.fromArray(F, bias, from + stride + LANES))
            .intoArray(scores, to + BLOCK + LANES);
        FloatVector.fromArray(F, scores, to + BLOCK + 2 * LANES)
            .add(FloatVector.fromArray(F, bias, from + stride + 2 * LANES))
            .intoArray(scores, to + BLOCK + 2 * LANES);
        FloatVector.fromArray(F, scores, to + BLOCK + 3 * LANES)
            .add(FloatVector.fromArray(F, bias, from + stride + 3 * LANES))
            .intoArray(scores, to + BLOCK + 3 * LANES);
        FloatVector.fromArray(F, scores, to + 2 * BLOCK)
            .add(FloatVector.fromArray(F, bias, from + 2 * stride))
            .intoArray(scores, to + 2 * BLOCK);
        FloatVector.fromArray(F, scores, to + 2 * BLOCK + LANES)
            .add(FloatVector.fromArray(F, bias, from + 2 * stride + LANES))
            .intoArray(scores, to + 2 * BLOCK + LANES);
        FloatVector.fromArray(F, scores, to + 2 * BLOCK + 2 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 2 * stride + 2 * LANES))
            .intoArray(scores, to + 2 * BLOCK + 2 * LANES);
        FloatVector.fromArray(F, scores, to + 2 * BLOCK + 3 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 2 * stride + 3 * LANES))
            .intoArray(scores, to + 2 * BLOCK + 3 * LANES);
        FloatVector.fromArray(F, scores, to + 3 * BLOCK)
            .add(FloatVector.fromArray(F, bias, from + 3 * stride))
            .intoArray(scores, to + 3 * BLOCK);
        FloatVector.fromArray(F, scores, to + 3 * BLOCK + LANES)
            .add(FloatVector.fromArray(F, bias, from + 3 * stride + LANES))
            .intoArray(scores, to + 3 * BLOCK + LANES);
        FloatVector.fromArray(F, scores, to + 3 * BLOCK + 2 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 3 * stride + 2 * LANES))
            .intoArray(scores, to + 3 * BLOCK + 2 * LANES);
        FloatVector.fromArray(F, scores, to + 3 * BLOCK + 3 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 3 * stride + 3 * LANES))
            .intoArray(scores, to + 3 * BLOCK + 3 * LANES);
      }
      for (; r < rows; r++) {
        int from = r * stride + lane;
        int to = offset + r * BLOCK + lane;
        FloatVector.fromArray(F, scores, to)
            .add(FloatVector.fromArray(F, bias, from))
            .intoArray(scores, to);
        FloatVector.fromArray(F, scores, to + LANES)
            .add(FloatVector.fromArray(F, bias, from + LANES))
            .intoArray(scores, to + LANES);
        FloatVector.fromArray(F, scores, to + 2 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 2 * LANES))
            .intoArray(scores, to + 2 * LANES);
        FloatVector.fromArray(F, scores, to + 3 * LANES)
            .add(FloatVector.fromArray(F, bias, from + 3 * LANES))
            .intoArray(scores, to + 3 * LANES);
      }
    }
  }
}
