package dev.heddle.simd;

import static dev.heddle.simd.Species.LANES;

/** The matrix products of attention, whose operands are small enough to need no panels. */
final class BlockProducts {
  private BlockProducts() {}

  /**
   * The number of columns, padded, that the arrays of the right operand and the result must hold.
   */
  static int padded(int cols) {
    return (cols + MicroKernel2.WIDTH - 1) / MicroKernel2.WIDTH * MicroKernel2.WIDTH;
  }

  /**
   * Computes {@code rows} rows and {@code cols} columns of C; the columns up to {@link #padded}
   * become unspecified.
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
      int cols,
      int k,
      boolean fresh) {
    int col = 0;
    if (LANES == 16) {
      for (; cols - col > MicroKernel2.WIDTH; col += MicroKernel4.WIDTH) {
        MicroKernel4.multiply(a, ao, lda, b, bo + col, ldb, c, co + col, ldc, rows, k, fresh);
      }
    }
    for (; col < cols; col += MicroKernel2.WIDTH) {
      MicroKernel2.multiply(a, ao, lda, b, bo + col, ldb, c, co + col, ldc, rows, k, fresh);
    }
  }
}
