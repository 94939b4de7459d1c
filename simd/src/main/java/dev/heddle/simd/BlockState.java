package dev.heddle.simd;

import dev.heddle.kernel.Polynomials;
import java.util.Arrays;
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

  BlockState(int width) {
    this.weighted = new float[width * SimdAttention.BLOCK];
  }

  void clear() {
    Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0);
    Arrays.fill(weighted, 0);
  }

  /** Ends a span: merges it with its equals among the earlier ones and starts anew from nothing. */
  void endSpan() {
    BlockState carried = new BlockState(weighted.length / SimdAttention.BLOCK);
    carried.copy(this);
    int level = 0;
    for (BlockState earlier = finished[level]; earlier != null; earlier = finished[level]) {
      earlier.merge(carried);
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

  /** This state, of earlier keys, becomes that of both. */
  private void merge(BlockState later) {
    for (int lane = 0; lane < maxima.length; lane++) {
      float both = Math.max(maxima[lane], later.maxima[lane]);
      float scale = factor(maxima[lane], both);
      float laterScale = factor(later.maxima[lane], both);
      maxima[lane] = both;
      sums[lane] = Math.fma(later.sums[lane], laterScale, sums[lane] * scale);
      for (int at = lane; at < weighted.length; at += maxima.length) {
        float own = scale == 0 ? 0 : weighted[at] * scale;
        weighted[at] = laterScale == 0 ? own : Math.fma(later.weighted[at], laterScale, own);
      }
    }
  }

  private static float factor(float part, float both) {
    return both == Float.NEGATIVE_INFINITY ? 1 : Polynomials.exp(part - both);
  }
}
