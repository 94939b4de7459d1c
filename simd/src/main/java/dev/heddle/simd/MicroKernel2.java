package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of a matrix product for machines with 16 vector registers: up to 6 rows of A by
 * 2 vectors of B. A is read from its rows, B from a panel; each element of C is one chain of fused
 * multiply-adds. The code is fully unrolled, because an accumulator in an array spills.
 */
final class MicroKernel2 {
  /** Columns of C that one tile computes. */
  static final int WIDTH = 2 * LANES;

  private MicroKernel2() {}

  /**
   * Computes {@code rows} rows of C, {@link #WIDTH} columns each.
   *
   * @param a row r, step i is at {@code ao + r * lda + i}
   * @param b step i, column j is at {@code bo + i * ldb + j}
   * @param c row r, column j is at {@code co + r * ldc + j}
   * @param k the number of steps
   * @param fresh whether the chains start at 0 instead of the elements of C
   */
  static void multiply(
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      int rows,
      int k,
      boolean fresh) {
    int r = 0;
    for (; r + 6 <= rows; r += 6) {
      rows6(a, ao + r * lda, lda, b, bo, ldb, c, co + r * ldc, ldc, k, fresh);
    }
    if (r + 4 <= rows) {
      rows4(a, ao + r * lda, lda, b, bo, ldb, c, co + r * ldc, ldc, k, fresh);
      r += 4;
    }
    if (r < rows) {
      fewRows(a, ao + r * lda, lda, b, bo, ldb, c, co + r * ldc, ldc, rows - r, k, fresh);
    }
  }

  /** The tile of 6 rows. */
  private static void rows6(
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      int k,
      boolean fresh) {
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    int c1 = co + ldc;
    int c2 = co + 2 * ldc;
    int c3 = co + 3 * ldc;
    int c4 = co + 4 * ldc;
    int c5 = co + 5 * ldc;
    FloatVector s00 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, co);
    FloatVector s01 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, co + LANES);
    FloatVector s10 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c1);
    FloatVector s11 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c1 + LANES);
    FloatVector s20 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c2);
    FloatVector s21 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c2 + LANES);
    FloatVector s30 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c3);
    FloatVector s31 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c3 + LANES);
    FloatVector s40 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c4);
    FloatVector s41 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c4 + LANES);
    FloatVector s50 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c5);
    FloatVector s51 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c5 + LANES);
    for (int i = 0, at = bo; i < k; i++, at += ldb) {
      FloatVector b0 = FloatVector.fromArray(F, b, at);
      FloatVector b1 = FloatVector.fromArray(F, b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(F, a[ao + i]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + i]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + i]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + i]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      FloatVector x4 = FloatVector.broadcast(F, a[a4 + i]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      FloatVector x5 = FloatVector.broadcast(F, a[a5 + i]);
      s50 = x5.fma(b0, s50);
      s51 = x5.fma(b1, s51);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s40.intoArray(c, c4);
    s41.intoArray(c, c4 + LANES);
    s50.intoArray(c, c5);
    s51.intoArray(c, c5 + LANES);
  }

  /** The tile of 4 rows. */
  private static void rows4(
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      int k,
      boolean fresh) {
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int c1 = co + ldc;
    int c2 = co + 2 * ldc;
    int c3 = co + 3 * ldc;
    FloatVector s00 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, co);
    FloatVector s01 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, co + LANES);
    FloatVector s10 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c1);
    FloatVector s11 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c1 + LANES);
    FloatVector s20 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c2);
    FloatVector s21 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c2 + LANES);
    FloatVector s30 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c3);
    FloatVector s31 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c3 + LANES);
    for (int i = 0, at = bo; i < k; i++, at += ldb) {
      FloatVector b0 = FloatVector.fromArray(F, b, at);
      FloatVector b1 = FloatVector.fromArray(F, b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(F, a[ao + i]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + i]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + i]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + i]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
  }

  /**
   * The tiles of 2 rows and of 1 row, for up to 3 rows. Both are in one method, so that it is too
   * long to be inlined (see the package).
   */
  private static void fewRows(
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      int rows,
      int k,
      boolean fresh) {
    if (rows >= 2) {
      int a1 = ao + lda;
      int c1 = co + ldc;
      FloatVector s00 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, co);
      FloatVector s01 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, co + LANES);
      FloatVector s10 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c1);
      FloatVector s11 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, c1 + LANES);
      for (int i = 0, at = bo; i < k; i++, at += ldb) {
        FloatVector b0 = FloatVector.fromArray(F, b, at);
        FloatVector b1 = FloatVector.fromArray(F, b, at + LANES);
        FloatVector x0 = FloatVector.broadcast(F, a[ao + i]);
        s00 = x0.fma(b0, s00);
        s01 = x0.fma(b1, s01);
        FloatVector x1 = FloatVector.broadcast(F, a[a1 + i]);
        s10 = x1.fma(b0, s10);
        s11 = x1.fma(b1, s11);
      }
      s00.intoArray(c, co);
      s01.intoArray(c, co + LANES);
      s10.intoArray(c, c1);
      s11.intoArray(c, c1 + LANES);
    }
    if (rows % 2 == 1) {
      int al = ao + (rows - 1) * lda;
      int cl = co + (rows - 1) * ldc;
      FloatVector s00 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, cl);
      FloatVector s01 = fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, cl + LANES);
      for (int i = 0, at = bo; i < k; i++, at += ldb) {
        FloatVector b0 = FloatVector.fromArray(F, b, at);
        FloatVector b1 = FloatVector.fromArray(F, b, at + LANES);
        FloatVector x0 = FloatVector.broadcast(F, a[al + i]);
        s00 = x0.fma(b0, s00);
        s01 = x0.fma(b1, s01);
      }
      s00.intoArray(c, cl);
      s01.intoArray(c, cl + LANES);
    }
  }
}
