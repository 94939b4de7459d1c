package dev.heddle.simd;

import static dev.heddle.simd.Species.LANES;

/** Products of which all columns are computed at once, without panels: those of attention. */
final class BlockProducts {
  private BlockProducts() {}

  /** How many columns the right operand and the result must have room for. */
  static int padded(int cols) {
    return (cols + MicroKernel2.WIDTH - 1) / MicroKernel2.WIDTH * MicroKernel2.WIDTH;
  }

  /**
   * Adds to {@code rows} rows and {@code cols} columns of C; those up to {@link #padded} become
   * anything.
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
