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
 * of their finished spans, which merge as in the scalar kernels.
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

  /** Resets maxima and sums. The first tile of a span overwrites the weighted values. */
  void clear() {
    Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0);
  }

  /**
   * Ends a span: merges its state with earlier ones of the same size, and resets this state.
   *
   * @param empty whether all its tiles were skipped
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

  /** Merges all finished spans, the latest first, into this state. */
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
   * Merges the state of later keys into this one. A factor of 0 gives 0, even for values that are
   * not finite.
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
      FloatVector scale0 = FloatVector.fromArray(F, scales, lane);
      FloatVector scale1 = FloatVector.fromArray(F, scales, lane + LANES);
      FloatVector laterScale0 = FloatVector.fromArray(F, laterScales, lane);
      FloatVector laterScale1 = FloatVector.fromArray(F, laterScales, lane + LANES);
      VectorMask<Float> isZero0 = scale0.compare(VectorOperators.EQ, 0f);
      VectorMask<Float> isZero1 = scale1.compare(VectorOperators.EQ, 0f);
      VectorMask<Float> isLaterZero0 = laterScale0.compare(VectorOperators.EQ, 0f);
      VectorMask<Float> isLaterZero1 = laterScale1.compare(VectorOperators.EQ, 0f);
      for (int at = lane; at < own.length; at += block) {
        FloatVector own0 = FloatVector.fromArray(F, own, at).mul(scale0).blend(0f, isZero0);
        FloatVector sum0 = FloatVector.fromArray(F, later.weighted, at).fma(laterScale0, own0);
        sum0.blend(own0, isLaterZero0).intoArray(own, at);
        FloatVector own1 = FloatVector.fromArray(F, own, at + LANES).mul(scale1).blend(0f, isZero1);
        FloatVector sum1 =
            FloatVector.fromArray(F, later.weighted, at + LANES).fma(laterScale1, own1);
        sum1.blend(own1, isLaterZero1).intoArray(own, at + LANES);
      }
    }
  }

  private static float factor(float part, float both) {
    return both == Float.NEGATIVE_INFINITY ? 1 : Polynomials.exp(part - both);
  }
}
