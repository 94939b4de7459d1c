package dev.heddle.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The running softmax of one query row: the maximum score so far, the sum of exponentials relative
 * to it, and the weighted values. States of finished spans are held as in a binary counter, so that
 * the tree of merges depends only on the number of spans.
 */
final class RowState {
  float maximum = Float.NEGATIVE_INFINITY;
  float sum;
  final float[] weighted;

  private RowState @Nullable [] finished;
  private int spans;

  RowState(int columns) {
    this.weighted = new float[columns];
  }

  void clear() {
    maximum = Float.NEGATIVE_INFINITY;
    sum = 0;
    Arrays.fill(weighted, 0);
  }

  /** Ends a span: merges its state with earlier ones of the same size, and resets this state. */
  void endSpan() {
    RowState[] waiting = finished == null ? finished = new RowState[Integer.SIZE] : finished;
    RowState carried = new RowState(weighted.length);
    carried.copy(this);
    int level = 0;
    for (; (spans >> level & 1) == 1; level++) {
      RowState earlier = waiting[level];
      earlier.merge(carried);
      carried = earlier;
    }
    waiting[level] = carried;
    spans++;
    clear();
  }

  /** Merges all finished spans, the latest first, into this state. */
  void foldSpans() {
    RowState[] waiting = finished;
    if (waiting == null) {
      return;
    }
    boolean first = true;
    for (int level = 0; level < Integer.SIZE; level++) {
      if ((spans >> level & 1) == 1) {
        RowState earlier = waiting[level];
        if (!first) {
          earlier.merge(this);
        }
        copy(earlier);
        first = false;
      }
    }
    spans = 0;
  }

  private void copy(RowState other) {
    maximum = other.maximum;
    sum = other.sum;
    System.arraycopy(other.weighted, 0, weighted, 0, weighted.length);
  }

  /** Merges the state of later keys into this one. */
  private void merge(RowState later) {
    float both = Math.max(maximum, later.maximum);
    float scale = factor(maximum, both);
    float laterScale = factor(later.maximum, both);
    maximum = both;
    sum = Fma.fma(later.sum, laterScale, sum * scale);
    for (int i = 0; i < weighted.length; i++) {
      float own = scale == 0 ? 0 : weighted[i] * scale;
      weighted[i] = laterScale == 0 ? own : Fma.fma(later.weighted[i], laterScale, own);
    }
  }

  private static float factor(float part, float both) {
    return both == Float.NEGATIVE_INFINITY ? 1 : Polynomials.exp(part - both);
  }
}
