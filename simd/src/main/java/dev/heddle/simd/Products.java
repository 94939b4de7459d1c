package dev.heddle.simd;

import dev.heddle.kernel.Rows;

/** Matrix products over panels, blocked so that what is used again stays in the caches. */
final class Products {
  /** Rows of A that stay in the second-level cache while the panels pass. */
  private static final int ROW_BLOCK = 96;

  /** Steps of a chain before it is stored and continued. */
  private static final int STEP_BLOCK = 1024;

  private Products() {}

  /** {@code c = a b} for packed {@code b}. */
  static void multiply(Rows a, Panels b, Rows c) {
    for (int row = 0; row < a.rows(); row += ROW_BLOCK) {
      int rows = Math.min(ROW_BLOCK, a.rows() - row);
      for (int step = 0; step == 0 || step < a.cols(); step += STEP_BLOCK) {
        int steps = Math.min(STEP_BLOCK, a.cols() - step);
        for (int col = 0; col < b.cols(); col += Panels.WIDTH) {
          int at = (col / Panels.WIDTH * b.rows() + step) * Panels.WIDTH;
          block(a, row, step, b.data(), at, Panels.WIDTH, c, col, rows, steps, step == 0);
        }
      }
    }
  }

  /** As {@link #multiply(Rows, Panels, Rows)} for a right operand in rows; for few rows of A. */
  static void multiply(Rows a, Rows b, Rows c) {
    int full = b.cols() / Panels.WIDTH * Panels.WIDTH;
    for (int col = 0; col < full; col += Panels.WIDTH) {
      block(a, 0, 0, b.data(), b.at(0) + col, b.stride(), c, col, a.rows(), a.cols(), true);
    }
    if (full < b.cols()) {
      Rows rest = new Rows(b.data(), b.at(0) + full, b.stride(), b.rows(), b.cols() - full);
      block(a, 0, 0, Panels.of(rest).data(), 0, Panels.WIDTH, c, full, a.rows(), a.cols(), true);
    }
  }

  /** Some rows by one panel; the columns past the end of C go to scratch. */
  private static void block(
      Rows a,
      int row,
      int step,
      float[] b,
      int at,
      int ldb,
      Rows c,
      int col,
      int rows,
      int steps,
      boolean fresh) {
    int width = Math.min(Panels.WIDTH, c.cols() - col);
    int ao = a.at(row) + step;
    if (width == Panels.WIDTH) {
      tile(
          a.data(),
          ao,
          a.stride(),
          b,
          at,
          ldb,
          c.data(),
          c.at(row) + col,
          c.stride(),
          rows,
          steps,
          fresh);
      return;
    }
    float[] scratch = new float[rows * Panels.WIDTH];
    if (!fresh) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(c.data(), c.at(row + r) + col, scratch, r * Panels.WIDTH, width);
      }
    }
    tile(a.data(), ao, a.stride(), b, at, ldb, scratch, 0, Panels.WIDTH, rows, steps, fresh);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(scratch, r * Panels.WIDTH, c.data(), c.at(row + r) + col, width);
    }
  }

  /** Rows by {@link Panels#WIDTH} columns, in registers. */
  static void tile(
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
    if (Species.LANES == 16) {
      MicroKernel4.multiply(a, ao, lda, b, bo, ldb, c, co, ldc, rows, k, fresh);
    } else {
      MicroKernel2.multiply(a, ao, lda, b, bo, ldb, c, co, ldc, rows, k, fresh);
    }
  }
}
