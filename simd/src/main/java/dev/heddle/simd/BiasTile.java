package dev.heddle.simd;

import static dev.heddle.simd.SimdAttention.BLOCK;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.StridedView;
import jdk.incubator.vector.FloatVector;

/** The bias of scores that are kept transposed, {@code [keys, BLOCK]}. */
final class BiasTile {
  /** Keys whose biases are in the first-level cache together with the scores. */
  private static final int CHUNK = 96;

  private BiasTile() {}

  /**
   * Adds a bias to the scores of some keys and rounds; scores of queries past the last become
   * anything.
   *
   * @param first the first query
   * @param count how many queries
   * @param key the first key
   * @param keys how many keys
   * @param place where the scores of the first key are
   */
  static void add(
      StridedView<float[]> bias,
      Rounding rounding,
      int first,
      int count,
      int key,
      int keys,
      float[] scores,
      int place) {
    float[] turned = Buffers.borrow(CHUNK * BLOCK);
    for (int from = 0; from < keys; from += CHUNK) {
      int some = Math.min(CHUNK, keys - from);
      int to = place + from * BLOCK;
      int at = bias.offset() + first * bias.queryStride() + (key + from) * bias.keyStride();
      if (bias.keyStride() == 1) {
        Transpose.intoColumns(bias.data(), at, bias.queryStride(), count, some, turned, 0, BLOCK);
        addRows(turned, BLOCK, scores, to, some);
      } else if (bias.keyStride() == 0) {
        gather(bias, at, count, turned, 0);
        addRows(turned, 0, scores, to, some);
      } else {
        for (int j = 0; j < some; j++) {
          gather(bias, at + j * bias.keyStride(), count, turned, j * BLOCK);
        }
        addRows(turned, BLOCK, scores, to, some);
      }
    }
    Buffers.giveBack(turned);
    Passes.round(rounding, scores, place, keys, BLOCK, count);
  }

  /** The biases of one key. */
  private static void gather(StridedView<float[]> bias, int at, int count, float[] out, int to) {
    for (int i = 0; i < count; i++) {
      out[to + i] = bias.data()[at + i * bias.queryStride()];
    }
  }

  /**
   * Adds rows of a block. Written out, so that it is too long to be inlined and is compiled alone.
   *
   * @param stride from a row of the bias to the next; 0 for the same one each time
   */
  private static void addRows(float[] bias, int stride, float[] scores, int place, int rows) {
    for (int lane = 0; lane < BLOCK; lane += 4 * LANES) {
      int r = 0;
      for (; r + 4 <= rows; r += 4) {
        int from = r * stride + lane;
        int to = place + r * BLOCK + lane;
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
        int to = place + r * BLOCK + lane;
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
