package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of a matrix product for machines with 16 vector registers: up to 6 rows of A by
 * 2 vectors of B. A is read straight from its rows, B from a panel; each element of C is one chain
 * of fused multiply-adds. Everything is written out, because an accumulator in a loop or an array
 * spills.
 */
final class MicroKernel2 {
  /** Columns of C that one tile computes. */
  static final int WIDTH = 2 * LANES;

  private MicroKernel2() {}

  /**
   * Adds to {@code rows} rows of C, {@link #WIDTH} columns each.
   *
   * @param a row r, step i is at {@code ao + r * lda + i}
   * @param b step i, column j is at {@code bo + i * ldb + j}
   * @param c row r, column j is at {@code co + r * ldc + j}
   * @param k the number of steps
   * @param fresh whether the chains start at zero, not at what C holds
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
    if (r + 2 <= rows) {
      rows2(a, ao + r * lda, lda, b, bo, ldb, c, co + r * ldc, ldc, k, fresh);
      r += 2;
    }
    if (r < rows) {
      rows1(a, ao + r * lda, b, bo, ldb, c, co + r * ldc, k, fresh);
    }
  }

  private static FloatVector start(float[] c, int at, boolean fresh) {
    return fresh ? FloatVector.zero(F) : FloatVector.fromArray(F, c, at);
  }

  /** 6 rows. */
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
    FloatVector s00 = start(c, co, fresh);
    FloatVector s01 = start(c, co + LANES, fresh);
    FloatVector s10 = start(c, c1, fresh);
    FloatVector s11 = start(c, c1 + LANES, fresh);
    FloatVector s20 = start(c, c2, fresh);
    FloatVector s21 = start(c, c2 + LANES, fresh);
    FloatVector s30 = start(c, c3, fresh);
    FloatVector s31 = start(c, c3 + LANES, fresh);
    FloatVector s40 = start(c, c4, fresh);
    FloatVector s41 = start(c, c4 + LANES, fresh);
    FloatVector s50 = start(c, c5, fresh);
    FloatVector s51 = start(c, c5 + LANES, fresh);
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

  /** 4 rows. */
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
    FloatVector s00 = start(c, co, fresh);
    FloatVector s01 = start(c, co + LANES, fresh);
    FloatVector s10 = start(c, c1, fresh);
    FloatVector s11 = start(c, c1 + LANES, fresh);
    FloatVector s20 = start(c, c2, fresh);
    FloatVector s21 = start(c, c2 + LANES, fresh);
    FloatVector s30 = start(c, c3, fresh);
    FloatVector s31 = start(c, c3 + LANES, fresh);
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

  /** 2 rows. */
  private static void rows2(
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
    int c1 = co + ldc;
    FloatVector s00 = start(c, co, fresh);
    FloatVector s01 = start(c, co + LANES, fresh);
    FloatVector s10 = start(c, c1, fresh);
    FloatVector s11 = start(c, c1 + LANES, fresh);
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

  /** 1 row. */
  private static void rows1(
      float[] a, int ao, float[] b, int bo, int ldb, float[] c, int co, int k, boolean fresh) {
    FloatVector s00 = start(c, co, fresh);
    FloatVector s01 = start(c, co + LANES, fresh);
    for (int i = 0, at = bo; i < k; i++, at += ldb) {
      FloatVector b0 = FloatVector.fromArray(F, b, at);
      FloatVector b1 = FloatVector.fromArray(F, b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(F, a[ao + i]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
  }
}
