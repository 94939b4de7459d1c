package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.ElementKernels;
import dev.heddle.kernel.HalfRows;
import dev.heddle.kernel.Rows;

/** Products of few rows with a matrix of 16-bit numbers as it is. */
final class HalfProducts {
  private HalfProducts() {}

  /**
   * {@code c = a b}. Columns past the last whole tile are converted into a panel.
   *
   * @param b as many columns as {@code c}
   * @param isFinite whether it is known that none of its numbers is infinite or NaN
   * @param kernels what converts those
   */
  static void multiply(Rows a, HalfRows b, boolean isFinite, Rows c, ElementKernels kernels) {
    int full = b.cols() / Bfloat16Kernel.WIDTH * Bfloat16Kernel.WIDTH;
    if (b.isBfloat16()) {
      Bfloat16Kernel.multiply(
          a.data(),
          a.offset(),
          a.stride(),
          b.data(),
          b.offset(),
          b.stride(),
          c.data(),
          c.offset(),
          c.stride(),
          a.rows(),
          full,
          a.cols());
    } else if (isFinite) {
      FiniteFloat16Kernel.multiply(
          a.data(),
          a.offset(),
          a.stride(),
          b.data(),
          b.offset(),
          b.stride(),
          c.data(),
          c.offset(),
          c.stride(),
          a.rows(),
          full,
          a.cols());
    } else {
      Float16Kernel.multiply(
          a.data(),
          a.offset(),
          a.stride(),
          b.data(),
          b.offset(),
          b.stride(),
          c.data(),
          c.offset(),
          c.stride(),
          a.rows(),
          full,
          a.cols());
    }
    if (full < b.cols()) {
      multiplyRest(a, b.columns(full, b.cols() - full), c, full, kernels);
    }
  }

  /** Columns that fill no tile, some steps at a time. */
  private static void multiplyRest(Rows a, HalfRows b, Rows c, int col, ElementKernels kernels) {
    float[] panel = Buffers.borrow(Products.STEP_BLOCK * Panels.WIDTH);
    for (int step = 0; step == 0 || step < a.cols(); step += Products.STEP_BLOCK) {
      int steps = Math.min(Products.STEP_BLOCK, a.cols() - step);
      Panels.lay(b.steps(step, steps), kernels, 0, panel, 0);
      Products.panel(a, step, steps, panel, c, col);
    }
    Buffers.giveBack(panel);
  }
}
