package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MicroKernel2} for few rows of A and a matrix B of bfloat16, which is read as it is: its
 * bits are the upper half of float32's.
 *
 * <p>One method, so that it is too long to be inlined and is compiled alone.
 */
final class Bfloat16Kernel {
  /** Columns of C that one tile computes. */
  static final int WIDTH = 2 * LANES;

  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

  /** As many 16-bit elements as a vector of float32 holds. */
  private static final VectorSpecies<Short> HALF =
      VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

  private Bfloat16Kernel() {}

  /**
   * Computes {@code rows} rows and {@code cols} columns of C, a multiple of {@link #WIDTH}.
   *
   * @param a row r, step k is at {@code ao + r * lda + k}
   * @param b step k, column j is at {@code bo + k * ldb + j}
   * @param c row r, column j is at {@code co + r * ldc + j}
   */
  static void multiply(
      float[] a,
      int ao,
      int lda,
      short[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      int rows,
      int cols,
      int steps) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      int a0 = ao + r * lda;
      int a1 = ao + (r + 1) * lda;
      int a2 = ao + (r + 2) * lda;
      int a3 = ao + (r + 3) * lda;
      int to = co + r * ldc;
      for (int col = 0; col < cols; col += WIDTH) {
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = FloatVector.zero(F);
        FloatVector s10 = FloatVector.zero(F);
        FloatVector s11 = FloatVector.zero(F);
        FloatVector s20 = FloatVector.zero(F);
        FloatVector s21 = FloatVector.zero(F);
        FloatVector s30 = FloatVector.zero(F);
        FloatVector s31 = FloatVector.zero(F);
        for (int k = 0, at = bo + col; k < steps; k++, at += ldb) {
          IntVector i0 = (IntVector) ShortVector.fromArray(HALF, b, at).castShape(I, 0);
          FloatVector b0 = i0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          IntVector i1 = (IntVector) ShortVector.fromArray(HALF, b, at + LANES).castShape(I, 0);
          FloatVector b1 = i1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
          s00 = x0.fma(b0, s00);
          s01 = x0.fma(b1, s01);
          FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
          s10 = x1.fma(b0, s10);
          s11 = x1.fma(b1, s11);
          FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
          s20 = x2.fma(b0, s20);
          s21 = x2.fma(b1, s21);
          FloatVector x3 = FloatVector.broadcast(F, a[a3 + k]);
          s30 = x3.fma(b0, s30);
          s31 = x3.fma(b1, s31);
        }
        s00.intoArray(c, to + col);
        s01.intoArray(c, to + col + LANES);
        s10.intoArray(c, to + ldc + col);
        s11.intoArray(c, to + ldc + col + LANES);
        s20.intoArray(c, to + 2 * ldc + col);
        s21.intoArray(c, to + 2 * ldc + col + LANES);
        s30.intoArray(c, to + 3 * ldc + col);
        s31.intoArray(c, to + 3 * ldc + col + LANES);
      }
    }
    for (; r + 3 <= rows; r += 3) {
      int a0 = ao + r * lda;
      int a1 = ao + (r + 1) * lda;
      int a2 = ao + (r + 2) * lda;
      int to = co + r * ldc;
      for (int col = 0; col < cols; col += WIDTH) {
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = FloatVector.zero(F);
        FloatVector s10 = FloatVector.zero(F);
        FloatVector s11 = FloatVector.zero(F);
        FloatVector s20 = FloatVector.zero(F);
        FloatVector s21 = FloatVector.zero(F);
        for (int k = 0, at = bo + col; k < steps; k++, at += ldb) {
          IntVector i0 = (IntVector) ShortVector.fromArray(HALF, b, at).castShape(I, 0);
          FloatVector b0 = i0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          IntVector i1 = (IntVector) ShortVector.fromArray(HALF, b, at + LANES).castShape(I, 0);
          FloatVector b1 = i1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
          s00 = x0.fma(b0, s00);
          s01 = x0.fma(b1, s01);
          FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
          s10 = x1.fma(b0, s10);
          s11 = x1.fma(b1, s11);
          FloatVector x2 = FloatVector.broadcast(F, a[a2 + k]);
          s20 = x2.fma(b0, s20);
          s21 = x2.fma(b1, s21);
        }
        s00.intoArray(c, to + col);
        s01.intoArray(c, to + col + LANES);
        s10.intoArray(c, to + ldc + col);
        s11.intoArray(c, to + ldc + col + LANES);
        s20.intoArray(c, to + 2 * ldc + col);
        s21.intoArray(c, to + 2 * ldc + col + LANES);
      }
    }
    for (; r + 2 <= rows; r += 2) {
      int a0 = ao + r * lda;
      int a1 = ao + (r + 1) * lda;
      int to = co + r * ldc;
      for (int col = 0; col < cols; col += WIDTH) {
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = FloatVector.zero(F);
        FloatVector s10 = FloatVector.zero(F);
        FloatVector s11 = FloatVector.zero(F);
        for (int k = 0, at = bo + col; k < steps; k++, at += ldb) {
          IntVector i0 = (IntVector) ShortVector.fromArray(HALF, b, at).castShape(I, 0);
          FloatVector b0 = i0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          IntVector i1 = (IntVector) ShortVector.fromArray(HALF, b, at + LANES).castShape(I, 0);
          FloatVector b1 = i1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
          s00 = x0.fma(b0, s00);
          s01 = x0.fma(b1, s01);
          FloatVector x1 = FloatVector.broadcast(F, a[a1 + k]);
          s10 = x1.fma(b0, s10);
          s11 = x1.fma(b1, s11);
        }
        s00.intoArray(c, to + col);
        s01.intoArray(c, to + col + LANES);
        s10.intoArray(c, to + ldc + col);
        s11.intoArray(c, to + ldc + col + LANES);
      }
    }
    for (; r + 1 <= rows; r += 1) {
      int a0 = ao + r * lda;
      int to = co + r * ldc;
      for (int col = 0; col < cols; col += WIDTH) {
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = FloatVector.zero(F);
        for (int k = 0, at = bo + col; k < steps; k++, at += ldb) {
          IntVector i0 = (IntVector) ShortVector.fromArray(HALF, b, at).castShape(I, 0);
          FloatVector b0 = i0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          IntVector i1 = (IntVector) ShortVector.fromArray(HALF, b, at + LANES).castShape(I, 0);
          FloatVector b1 = i1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          FloatVector x0 = FloatVector.broadcast(F, a[a0 + k]);
          s00 = x0.fma(b0, s00);
          s01 = x0.fma(b1, s01);
        }
        s00.intoArray(c, to + col);
        s01.intoArray(c, to + col + LANES);
      }
    }
  }
}
