package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Interleaves pairs of vectors, of which one holds the even and one the odd columns. */
final class Interleave {
  /** The lanes of the first half, each twice. */
  private static final VectorShuffle<Float> LOW_TWICE = twice(0);

  /** The lanes of the second half, each twice. */
  private static final VectorShuffle<Float> HIGH_TWICE = twice(LANES / 2);

  private static final VectorMask<Float> ODD = odd();

  private Interleave() {}

  private static VectorShuffle<Float> twice(int first) {
    return VectorShuffle.fromOp(F, lane -> first + lane / 2);
  }

  private static VectorMask<Float> odd() {
    boolean[] lanes = new boolean[LANES];
    for (int lane = 1; lane < LANES; lane += 2) {
      lanes[lane] = true;
    }
    return VectorMask.fromArray(F, lanes, 0);
  }

  /**
   * Interleaves the columns of each pair of vectors.
   *
   * @param cols a multiple of two vectors
   */
  static void pairs(float[] c, int at, int stride, int rows, int cols) {
    for (int r = 0, row = at; r < rows; r++, row += stride) {
      int col = row;
      for (; col + 4 * LANES <= row + cols; col += 4 * LANES) {
        FloatVector e0 = FloatVector.fromArray(F, c, col);
        FloatVector o0 = FloatVector.fromArray(F, c, col + LANES);
        FloatVector e1 = FloatVector.fromArray(F, c, col + 2 * LANES);
        FloatVector o1 = FloatVector.fromArray(F, c, col + 3 * LANES);
        FloatVector a0 = e0.rearrange(LOW_TWICE).blend(o0.rearrange(LOW_TWICE), ODD);
        FloatVector b0 = e0.rearrange(HIGH_TWICE).blend(o0.rearrange(HIGH_TWICE), ODD);
        FloatVector a1 = e1.rearrange(LOW_TWICE).blend(o1.rearrange(LOW_TWICE), ODD);
        FloatVector b1 = e1.rearrange(HIGH_TWICE).blend(o1.rearrange(HIGH_TWICE), ODD);
        a0.intoArray(c, col);
        b0.intoArray(c, col + LANES);
        a1.intoArray(c, col + 2 * LANES);
        b1.intoArray(c, col + 3 * LANES);
      }
      if (col < row + cols) {
        FloatVector e0 = FloatVector.fromArray(F, c, col);
        FloatVector o0 = FloatVector.fromArray(F, c, col + LANES);
        FloatVector a0 = e0.rearrange(LOW_TWICE).blend(o0.rearrange(LOW_TWICE), ODD);
        FloatVector b0 = e0.rearrange(HIGH_TWICE).blend(o0.rearrange(HIGH_TWICE), ODD);
        a0.intoArray(c, col);
        b0.intoArray(c, col + LANES);
      }
    }
  }
}
