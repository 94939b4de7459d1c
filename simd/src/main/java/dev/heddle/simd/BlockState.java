package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Polynomials;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * The running softmax of {@link SimdAttention#BLOCK} query rows, one in each lane, and the states
 * of their finished spans, which merge as the scalar kernels' do.
 */
final class BlockState {
  final float[] maxima = new float[SimdAttention.BLOCK];
  final float[] sums = new float[SimdAttention.BLOCK];

  /** {@code [V, BLOCK]}. */
  final float[] weighted;

  private final @Nullable BlockState[] finished = new @Nullable BlockState[Integer.SIZE];

  private final List<BlockState> spare = new ArrayList<>();
  private final float[] scales = new float[SimdAttention.BLOCK];
  private final float[] laterScales = new float[SimdAttention.BLOCK];

  BlockState(int width) {
    this.weighted = new float[Buffers.size(width, SimdAttention.BLOCK)];
  }

  /** Back to no keys. The weighted values stay: the first tile of a span starts their chains. */
  void clear() {
    Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0);
  }

  /**
   * Ends a span: merges it with its equals among the earlier ones and starts anew from nothing.
   *
   * @param empty whether no key of it was looked at
   */
  void endSpan(boolean empty) {
    if (empty) {
      Arrays.fill(weighted, 0);
    }
    BlockState carried =
        spare.isEmpty()
            ? new BlockState(weighted.length / SimdAttention.BLOCK)
            : spare.removeLast();
    carried.copy(this);
    int level = 0;
    for (BlockState earlier = finished[level]; earlier != null; earlier = finished[level]) {
      earlier.merge(carried);
      spare.add(carried);
      carried = earlier;
      finished[level++] = null;
    }
    finished[level] = carried;
    clear();
  }

  /** Folds all finished spans, the latest first, into this state. */
  void foldSpans() {
    boolean first = true;
    for (int level = 0; level < finished.length; level++) {
      BlockState earlier = finished[level];
      if (earlier != null) {
        if (!first) {
          earlier.merge(this);
        }
        copy(earlier);
        spare.add(earlier);
        finished[level] = null;
        first = false;
      }
    }
  }

  private void copy(BlockState other) {
    System.arraycopy(other.maxima, 0, maxima, 0, maxima.length);
    System.arraycopy(other.sums, 0, sums, 0, sums.length);
    System.arraycopy(other.weighted, 0, weighted, 0, weighted.length);
  }

  /**
   * This state, of earlier keys, becomes that of both. The weighted values two vectors at a time;
   * what is scaled by 0 is nothing, whatever it was.
   */
  private void merge(BlockState later) {
    for (int lane = 0; lane < maxima.length; lane++) {
      float both = Math.max(maxima[lane], later.maxima[lane]);
      scales[lane] = factor(maxima[lane], both);
      laterScales[lane] = factor(later.maxima[lane], both);
      maxima[lane] = both;
      sums[lane] = Math.fma(later.sums[lane], laterScales[lane], sums[lane] * scales[lane]);
    }
    float[] own = weighted;
    int block = SimdAttention.BLOCK;
    for (int lane = 0; lane < block; lane += 2 * LANES) {
      FloatVector by0 = FloatVector.fromArray(F, scales, lane);
      FloatVector by1 = FloatVector.fromArray(F, scales, lane + LANES);
      FloatVector later0 = FloatVector.fromArray(F, laterScales, lane);
      FloatVector later1 = FloatVector.fromArray(F, laterScales, lane + LANES);
      VectorMask<Float> nothing0 = by0.compare(VectorOperators.EQ, 0f);
      VectorMask<Float> nothing1 = by1.compare(VectorOperators.EQ, 0f);
      VectorMask<Float> noLater0 = later0.compare(VectorOperators.EQ, 0f);
      VectorMask<Float> noLater1 = later1.compare(VectorOperators.EQ, 0f);
      for (int at = lane; at < own.length; at += block) {
        FloatVector own0 = FloatVector.fromArray(F, own, at).mul(by0).blend(0f, nothing0);
        FloatVector sum0 = FloatVector.fromArray(F, later.weighted, at).fma(later0, own0);
        sum0.blend(own0, noLater0).intoArray(own, at);
        FloatVector own1 = FloatVector.fromArray(F, own, at + LANES).mul(by1).blend(0f, nothing1);
        FloatVector sum1 = FloatVector.fromArray(F, later.weighted, at + LANES).fma(later1, own1);
        sum1.blend(own1, noLater1).intoArray(own, at + LANES);
      }
    }
  }

  private static float factor(float part, float both) {
    return both == Float.NEGATIVE_INFINITY ? 1 : Polynomials.exp(part - both);
  }
}
