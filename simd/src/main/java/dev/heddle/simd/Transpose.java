package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Transposition in registers: square blocks of as many rows as a vector has lanes, whose
 * off-diagonal quarters are exchanged recursively, down to single elements. The code is unrolled,
 * because vectors in an array are boxed.
 */
final class Transpose {
  private static final VectorShuffle<Float> SWAP_8 = swap(8);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorMask<Float> ODD_8 = odd(8);
  private static final VectorMask<Float> ODD_4 = odd(4);
  private static final VectorMask<Float> ODD_2 = odd(2);
  private static final VectorMask<Float> ODD_1 = odd(1);

  private Transpose() {}

  /** Exchanges lanes whose indices differ in the bit {@code distance}. */
  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(F, lane -> (lane ^ distance) % LANES);
  }

  private static VectorMask<Float> odd(int distance) {
    boolean[] lanes = new boolean[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (lane & distance) != 0;
    }
    return VectorMask.fromArray(F, lanes, 0);
  }

  /**
   * Transposes rows into scratch: row r, column c is written to {@code out + c * outStride + r}.
   * The elements after the last row, up to a multiple of the lanes, are overwritten with
   * unspecified values.
   */
  static void intoColumns(
      float[] from, int at, int stride, int rows, int cols, float[] to, int out, int outStride) {
    for (int r = 0; r < rows; r += LANES) {
      int rowCount = Math.min(LANES, rows - r);
      int row = at + r * stride;
      for (int c = 0; c < cols; c += LANES) {
        int target = out + c * outStride + r;
        int colCount = Math.min(LANES, cols - c);
        if (row + c + (rowCount - 1) * stride + LANES <= from.length) {
          tile(from, row + c, stride, rowCount, to, target, outStride, colCount);
        } else {
          single(from, row + c, stride, rowCount, to, target, outStride, colCount);
        }
      }
    }
  }

  /**
   * Transposes scratch into rows: row c of scratch, column r is written to {@code out + r *
   * outStride + c}. No other element is written.
   */
  static void intoRows(
      float[] from, int at, int stride, int rows, int cols, float[] to, int out, int outStride) {
    for (int c = 0; c < cols; c += LANES) {
      int colCount = Math.min(LANES, cols - c);
      for (int r = 0; r < rows; r += LANES) {
        int rowCount = Math.min(LANES, rows - r);
        int source = at + r * stride + c;
        int target = out + c * outStride + r;
        if (rowCount == LANES) {
          tile(from, source, stride, rowCount, to, target, outStride, colCount);
        } else {
          single(from, source, stride, rowCount, to, target, outStride, colCount);
        }
      }
    }
  }

  private static void single(
      float[] from, int at, int stride, int rows, float[] to, int out, int outStride, int cols) {
    for (int c = 0; c < cols; c++) {
      for (int r = 0; r < rows; r++) {
        to[out + c * outStride + r] = from[at + r * stride + c];
      }
    }
  }

  /**
   * Transposes a square or a part of it: reads whole vectors, repeating the last row for those past
   * it, and writes whole vectors, except those past {@code cols}.
   */
  private static void tile(
      float[] from, int at, int stride, int rows, float[] to, int out, int outStride, int cols) {
    if (LANES == 16) {
      tile16(from, at, stride, rows, to, out, outStride, cols);
    } else {
      tile8(from, at, stride, rows, to, out, outStride, cols);
    }
  }

  /** 16 by 16 elements; see {@link #tile}. */
  private static void tile16(
      float[] from, int at, int stride, int rows, float[] to, int out, int outStride, int cols) {
    int last = (rows - 1) * stride;
    FloatVector r0 = FloatVector.fromArray(F, from, at);
    FloatVector r1 = FloatVector.fromArray(F, from, at + Math.min(stride, last));
    FloatVector r2 = FloatVector.fromArray(F, from, at + Math.min(2 * stride, last));
    FloatVector r3 = FloatVector.fromArray(F, from, at + Math.min(3 * stride, last));
    FloatVector r4 = FloatVector.fromArray(F, from, at + Math.min(4 * stride, last));
    FloatVector r5 = FloatVector.fromArray(F, from, at + Math.min(5 * stride, last));
    FloatVector r6 = FloatVector.fromArray(F, from, at + Math.min(6 * stride, last));
    FloatVector r7 = FloatVector.fromArray(F, from, at + Math.min(7 * stride, last));
    FloatVector r8 = FloatVector.fromArray(F, from, at + Math.min(8 * stride, last));
    FloatVector r9 = FloatVector.fromArray(F, from, at + Math.min(9 * stride, last));
    FloatVector r10 = FloatVector.fromArray(F, from, at + Math.min(10 * stride, last));
    FloatVector r11 = FloatVector.fromArray(F, from, at + Math.min(11 * stride, last));
    FloatVector r12 = FloatVector.fromArray(F, from, at + Math.min(12 * stride, last));
    FloatVector r13 = FloatVector.fromArray(F, from, at + Math.min(13 * stride, last));
    FloatVector r14 = FloatVector.fromArray(F, from, at + Math.min(14 * stride, last));
    FloatVector r15 = FloatVector.fromArray(F, from, at + Math.min(15 * stride, last));
    FloatVector s0 = r0.blend(r8.rearrange(SWAP_8), ODD_8);
    FloatVector s8 = r0.rearrange(SWAP_8).blend(r8, ODD_8);
    FloatVector s1 = r1.blend(r9.rearrange(SWAP_8), ODD_8);
    FloatVector s9 = r1.rearrange(SWAP_8).blend(r9, ODD_8);
    FloatVector s2 = r2.blend(r10.rearrange(SWAP_8), ODD_8);
    FloatVector s10 = r2.rearrange(SWAP_8).blend(r10, ODD_8);
    FloatVector s3 = r3.blend(r11.rearrange(SWAP_8), ODD_8);
    FloatVector s11 = r3.rearrange(SWAP_8).blend(r11, ODD_8);
    FloatVector s4 = r4.blend(r12.rearrange(SWAP_8), ODD_8);
    FloatVector s12 = r4.rearrange(SWAP_8).blend(r12, ODD_8);
    FloatVector s5 = r5.blend(r13.rearrange(SWAP_8), ODD_8);
    FloatVector s13 = r5.rearrange(SWAP_8).blend(r13, ODD_8);
    FloatVector s6 = r6.blend(r14.rearrange(SWAP_8), ODD_8);
    FloatVector s14 = r6.rearrange(SWAP_8).blend(r14, ODD_8);
    FloatVector s7 = r7.blend(r15.rearrange(SWAP_8), ODD_8);
    FloatVector s15 = r7.rearrange(SWAP_8).blend(r15, ODD_8);
    FloatVector t0 = s0.blend(s4.rearrange(SWAP_4), ODD_4);
    FloatVector t4 = s0.rearrange(SWAP_4).blend(s4, ODD_4);
    FloatVector t1 = s1.blend(s5.rearrange(SWAP_4), ODD_4);
    FloatVector t5 = s1.rearrange(SWAP_4).blend(s5, ODD_4);
    FloatVector t2 = s2.blend(s6.rearrange(SWAP_4), ODD_4);
    FloatVector t6 = s2.rearrange(SWAP_4).blend(s6, ODD_4);
    FloatVector t3 = s3.blend(s7.rearrange(SWAP_4), ODD_4);
    FloatVector t7 = s3.rearrange(SWAP_4).blend(s7, ODD_4);
    FloatVector t8 = s8.blend(s12.rearrange(SWAP_4), ODD_4);
    FloatVector t12 = s8.rearrange(SWAP_4).blend(s12, ODD_4);
    FloatVector t9 = s9.blend(s13.rearrange(SWAP_4), ODD_4);
    FloatVector t13 = s9.rearrange(SWAP_4).blend(s13, ODD_4);
    FloatVector t10 = s10.blend(s14.rearrange(SWAP_4), ODD_4);
    FloatVector t14 = s10.rearrange(SWAP_4).blend(s14, ODD_4);
    FloatVector t11 = s11.blend(s15.rearrange(SWAP_4), ODD_4);
    FloatVector t15 = s11.rearrange(SWAP_4).blend(s15, ODD_4);
    FloatVector u0 = t0.blend(t2.rearrange(SWAP_2), ODD_2);
    FloatVector u2 = t0.rearrange(SWAP_2).blend(t2, ODD_2);
    FloatVector u1 = t1.blend(t3.rearrange(SWAP_2), ODD_2);
    FloatVector u3 = t1.rearrange(SWAP_2).blend(t3, ODD_2);
    FloatVector u4 = t4.blend(t6.rearrange(SWAP_2), ODD_2);
    FloatVector u6 = t4.rearrange(SWAP_2).blend(t6, ODD_2);
    FloatVector u5 = t5.blend(t7.rearrange(SWAP_2), ODD_2);
    FloatVector u7 = t5.rearrange(SWAP_2).blend(t7, ODD_2);
    FloatVector u8 = t8.blend(t10.rearrange(SWAP_2), ODD_2);
    FloatVector u10 = t8.rearrange(SWAP_2).blend(t10, ODD_2);
    FloatVector u9 = t9.blend(t11.rearrange(SWAP_2), ODD_2);
    FloatVector u11 = t9.rearrange(SWAP_2).blend(t11, ODD_2);
    FloatVector u12 = t12.blend(t14.rearrange(SWAP_2), ODD_2);
    FloatVector u14 = t12.rearrange(SWAP_2).blend(t14, ODD_2);
    FloatVector u13 = t13.blend(t15.rearrange(SWAP_2), ODD_2);
    FloatVector u15 = t13.rearrange(SWAP_2).blend(t15, ODD_2);
    FloatVector v0 = u0.blend(u1.rearrange(SWAP_1), ODD_1);
    FloatVector v1 = u0.rearrange(SWAP_1).blend(u1, ODD_1);
    FloatVector v2 = u2.blend(u3.rearrange(SWAP_1), ODD_1);
    FloatVector v3 = u2.rearrange(SWAP_1).blend(u3, ODD_1);
    FloatVector v4 = u4.blend(u5.rearrange(SWAP_1), ODD_1);
    FloatVector v5 = u4.rearrange(SWAP_1).blend(u5, ODD_1);
    FloatVector v6 = u6.blend(u7.rearrange(SWAP_1), ODD_1);
    FloatVector v7 = u6.rearrange(SWAP_1).blend(u7, ODD_1);
    FloatVector v8 = u8.blend(u9.rearrange(SWAP_1), ODD_1);
    FloatVector v9 = u8.rearrange(SWAP_1).blend(u9, ODD_1);
    FloatVector v10 = u10.blend(u11.rearrange(SWAP_1), ODD_1);
    FloatVector v11 = u10.rearrange(SWAP_1).blend(u11, ODD_1);
    FloatVector v12 = u12.blend(u13.rearrange(SWAP_1), ODD_1);
    FloatVector v13 = u12.rearrange(SWAP_1).blend(u13, ODD_1);
    FloatVector v14 = u14.blend(u15.rearrange(SWAP_1), ODD_1);
    FloatVector v15 = u14.rearrange(SWAP_1).blend(u15, ODD_1);
    v0.intoArray(to, out);
    if (cols > 1) {
      v1.intoArray(to, out + outStride);
    }
    if (cols > 2) {
      v2.intoArray(to, out + 2 * outStride);
    }
    if (cols > 3) {
      v3.intoArray(to, out + 3 * outStride);
    }
    if (cols > 4) {
      v4.intoArray(to, out + 4 * outStride);
    }
    if (cols > 5) {
      v5.intoArray(to, out + 5 * outStride);
    }
    if (cols > 6) {
      v6.intoArray(to, out + 6 * outStride);
    }
    if (cols > 7) {
      v7.intoArray(to, out + 7 * outStride);
    }
    if (cols > 8) {
      v8.intoArray(to, out + 8 * outStride);
    }
    if (cols > 9) {
      v9.intoArray(to, out + 9 * outStride);
    }
    if (cols > 10) {
      v10.intoArray(to, out + 10 * outStride);
    }
    if (cols > 11) {
      v11.intoArray(to, out + 11 * outStride);
    }
    if (cols > 12) {
      v12.intoArray(to, out + 12 * outStride);
    }
    if (cols > 13) {
      v13.intoArray(to, out + 13 * outStride);
    }
    if (cols > 14) {
      v14.intoArray(to, out + 14 * outStride);
    }
    if (cols > 15) {
      v15.intoArray(to, out + 15 * outStride);
    }
  }

  /** 8 by 8 elements, or 4 by 4, in one method, so that it is too long to be inlined. */
  private static void tile8(
      float[] from, int at, int stride, int rows, float[] to, int out, int outStride, int cols) {
    int last = (rows - 1) * stride;
    if (LANES == 4) {
      FloatVector r0 = FloatVector.fromArray(F, from, at);
      FloatVector r1 = FloatVector.fromArray(F, from, at + Math.min(stride, last));
      FloatVector r2 = FloatVector.fromArray(F, from, at + Math.min(2 * stride, last));
      FloatVector r3 = FloatVector.fromArray(F, from, at + Math.min(3 * stride, last));
      FloatVector s0 = r0.blend(r2.rearrange(SWAP_2), ODD_2);
      FloatVector s2 = r0.rearrange(SWAP_2).blend(r2, ODD_2);
      FloatVector s1 = r1.blend(r3.rearrange(SWAP_2), ODD_2);
      FloatVector s3 = r1.rearrange(SWAP_2).blend(r3, ODD_2);
      FloatVector t0 = s0.blend(s1.rearrange(SWAP_1), ODD_1);
      FloatVector t1 = s0.rearrange(SWAP_1).blend(s1, ODD_1);
      FloatVector t2 = s2.blend(s3.rearrange(SWAP_1), ODD_1);
      FloatVector t3 = s2.rearrange(SWAP_1).blend(s3, ODD_1);
      t0.intoArray(to, out);
      if (cols > 1) {
        t1.intoArray(to, out + outStride);
      }
      if (cols > 2) {
        t2.intoArray(to, out + 2 * outStride);
      }
      if (cols > 3) {
        t3.intoArray(to, out + 3 * outStride);
      }
      return;
    }
    FloatVector r0 = FloatVector.fromArray(F, from, at);
    FloatVector r1 = FloatVector.fromArray(F, from, at + Math.min(stride, last));
    FloatVector r2 = FloatVector.fromArray(F, from, at + Math.min(2 * stride, last));
    FloatVector r3 = FloatVector.fromArray(F, from, at + Math.min(3 * stride, last));
    FloatVector r4 = FloatVector.fromArray(F, from, at + Math.min(4 * stride, last));
    FloatVector r5 = FloatVector.fromArray(F, from, at + Math.min(5 * stride, last));
    FloatVector r6 = FloatVector.fromArray(F, from, at + Math.min(6 * stride, last));
    FloatVector r7 = FloatVector.fromArray(F, from, at + Math.min(7 * stride, last));
    FloatVector s0 = r0.blend(r4.rearrange(SWAP_4), ODD_4);
    FloatVector s4 = r0.rearrange(SWAP_4).blend(r4, ODD_4);
    FloatVector s1 = r1.blend(r5.rearrange(SWAP_4), ODD_4);
    FloatVector s5 = r1.rearrange(SWAP_4).blend(r5, ODD_4);
    FloatVector s2 = r2.blend(r6.rearrange(SWAP_4), ODD_4);
    FloatVector s6 = r2.rearrange(SWAP_4).blend(r6, ODD_4);
    FloatVector s3 = r3.blend(r7.rearrange(SWAP_4), ODD_4);
    FloatVector s7 = r3.rearrange(SWAP_4).blend(r7, ODD_4);
    FloatVector t0 = s0.blend(s2.rearrange(SWAP_2), ODD_2);
    FloatVector t2 = s0.rearrange(SWAP_2).blend(s2, ODD_2);
    FloatVector t1 = s1.blend(s3.rearrange(SWAP_2), ODD_2);
    FloatVector t3 = s1.rearrange(SWAP_2).blend(s3, ODD_2);
    FloatVector t4 = s4.blend(s6.rearrange(SWAP_2), ODD_2);
    FloatVector t6 = s4.rearrange(SWAP_2).blend(s6, ODD_2);
    FloatVector t5 = s5.blend(s7.rearrange(SWAP_2), ODD_2);
    FloatVector t7 = s5.rearrange(SWAP_2).blend(s7, ODD_2);
    FloatVector u0 = t0.blend(t1.rearrange(SWAP_1), ODD_1);
    FloatVector u1 = t0.rearrange(SWAP_1).blend(t1, ODD_1);
    FloatVector u2 = t2.blend(t3.rearrange(SWAP_1), ODD_1);
    FloatVector u3 = t2.rearrange(SWAP_1).blend(t3, ODD_1);
    FloatVector u4 = t4.blend(t5.rearrange(SWAP_1), ODD_1);
    FloatVector u5 = t4.rearrange(SWAP_1).blend(t5, ODD_1);
    FloatVector u6 = t6.blend(t7.rearrange(SWAP_1), ODD_1);
    FloatVector u7 = t6.rearrange(SWAP_1).blend(t7, ODD_1);
    u0.intoArray(to, out);
    if (cols > 1) {
      u1.intoArray(to, out + outStride);
    }
    if (cols > 2) {
      u2.intoArray(to, out + 2 * outStride);
    }
    if (cols > 3) {
      u3.intoArray(to, out + 3 * outStride);
    }
    if (cols > 4) {
      u4.intoArray(to, out + 4 * outStride);
    }
    if (cols > 5) {
      u5.intoArray(to, out + 5 * outStride);
    }
    if (cols > 6) {
      u6.intoArray(to, out + 6 * outStride);
    }
    if (cols > 7) {
      u7.intoArray(to, out + 7 * outStride);
    }
  }
}
