package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.ElementKernels;
import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.MatrixView;

/** Products of few rows with an unpacked matrix of 16-bit numbers. */
final class HalfProducts {
  /**
   * Elements from one row of a block of A to the next; a constant, so that it takes no register.
   */
  static final int ROW = Products.STEP_BLOCK + 16; // rows start in different cache sets

  private HalfProducts() {}

  /**
   * Computes {@code c = a b}. Columns past the last whole tile are converted to panels, and so is
   * all of a float16 matrix with infinities or NaNs.
   *
   * @param b the right operand, with as many columns as {@code c}
   * @param isFinite whether all its numbers are known to be finite
   * @param kernels the implementation of the conversion
   */
  static void multiply(
      MatrixView a, HalfMatrixView b, boolean isFinite, MatrixView c, ElementKernels kernels) {
    int full = b.cols() / Bfloat16Kernel.WIDTH * Bfloat16Kernel.WIDTH;
    boolean direct = b.isBfloat16() || isFinite;
    if (full > 0 && !(direct && tiles(a, b, full, c))) {
      full = 0;
    }
    if (full < b.cols()) {
      multiplyPanels(a, b.columns(full, b.cols() - full), c, full, kernels);
    }
  }

  /** Computes the whole tiles; returns false if A has numbers too large for the float16 kernels. */
  private static boolean tiles(MatrixView a, HalfMatrixView b, int cols, MatrixView c) {
    float[] block = Buffers.borrow(Buffers.size(a.rows(), ROW));
    boolean fits = true;
    for (int step = 0; fits && (step == 0 || step < a.cols()); step += Products.STEP_BLOCK) {
      int steps = Math.min(Products.STEP_BLOCK, a.cols() - step);
      fits = copy(a, step, steps, b.isBfloat16(), block);
      if (fits) {
        multiply(block, b, step, steps, cols, c);
      }
    }
    Buffers.giveBack(block);
    if (fits) {
      Interleave.pairs(c.data(), c.offset(), c.stride(), c.rows(), cols);
    }
    return fits;
  }

  /** Copies some steps of A, scaled for float16; returns whether they can be multiplied so. */
  private static boolean copy(
      MatrixView a, int step, int steps, boolean isBfloat16, float[] block) {
    boolean fits = true;
    for (int r = 0; r < a.rows(); r++) {
      int at = a.at(r) + step;
      if (isBfloat16) {
        System.arraycopy(a.data(), at, block, r * ROW, steps);
      } else {
        fits &= Float16Scale.multiply(a.data(), at, block, r * ROW, steps);
      }
    }
    return fits;
  }

  private static void multiply(
      float[] a, HalfMatrixView b, int step, int steps, int cols, MatrixView c) {
    if (b.isBfloat16()) {
      Bfloat16Kernel.multiply(
          a,
          0,
          b.data(),
          b.at(step),
          b.stride(),
          c.data(),
          c.offset(),
          c.stride(),
          steps,
          step == 0,
          c.rows(),
          cols);
    } else {
      Float16Kernel.multiply(
          a,
          0,
          b.data(),
          b.at(step),
          b.stride(),
          c.data(),
          c.offset(),
          c.stride(),
          steps,
          step == 0,
          c.rows(),
          cols);
    }
  }

  /** The columns from {@code col} of {@code c} on, converted into one panel after another. */
  private static void multiplyPanels(
      MatrixView a, HalfMatrixView b, MatrixView c, int col, ElementKernels kernels) {
    float[] panel = Buffers.borrow(Products.STEP_BLOCK * Panels.WIDTH);
    for (int done = 0; done < b.cols(); done += Panels.WIDTH) {
      for (int step = 0; step == 0 || step < a.cols(); step += Products.STEP_BLOCK) {
        int steps = Math.min(Products.STEP_BLOCK, a.cols() - step);
        Panels.pack(b.steps(step, steps), kernels, done, panel, 0);
        Products.panel(a, step, steps, panel, c, col + done);
      }
    }
    Buffers.giveBack(panel);
  }
}
