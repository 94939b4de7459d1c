package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.ElementKernels;
import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Workers;
import java.util.Arrays;

/**
 * A right operand in panels of as many columns as a register tile has: step k, column j of panel p
 * is at {@code (p * rows + k) * WIDTH + j}. The last panel is filled up with zeros.
 *
 * @param data the panels
 * @param rows the contracted length
 * @param cols the columns without the filling
 * @param isLent whether the array is workspace
 */
record Panels(float[] data, int rows, int cols, boolean isLent) implements Packed {
  /** Columns of a panel. */
  static final int WIDTH = Species.LANES == 16 ? MicroKernel4.WIDTH : MicroKernel2.WIDTH;

  /** Multiply-adds that take as long as laying one element, roughly. */
  private static final long COST = 8;

  @Override
  public int step() {
    return WIDTH;
  }

  @Override
  public void release() {
    if (isLent) {
      Buffers.giveBack(data);
    }
  }

  /**
   * Panels to be kept.
   *
   * @param turned whether {@code b} has a column of the operand in each row
   */
  static Panels of(MatrixView b, boolean turned, ElementKernels kernels) {
    return empty(rows(b, turned), cols(b, turned), false).lay(b, turned, kernels);
  }

  /** Whether an array holds the panels: with the filling they are larger than the operand. */
  static boolean fit(int rows, int cols) {
    return (long) Math.ceilDiv(cols, WIDTH) * WIDTH * rows <= Buffers.LONGEST;
  }

  /** Panels in workspace. */
  static Panels lent(MatrixView b, boolean turned, ElementKernels kernels) {
    return empty(rows(b, turned), cols(b, turned), true).lay(b, turned, kernels);
  }

  /** Panels of 16-bit numbers, to be kept. */
  static Panels of(HalfMatrixView b, ElementKernels kernels) {
    return empty(b.rows(), b.cols(), false).lay(b, kernels);
  }

  /** Panels of 16-bit numbers, in workspace. */
  static Panels lent(HalfMatrixView b, ElementKernels kernels) {
    return empty(b.rows(), b.cols(), true).lay(b, kernels);
  }

  private static int rows(MatrixView b, boolean turned) {
    return turned ? b.cols() : b.rows();
  }

  private static int cols(MatrixView b, boolean turned) {
    return turned ? b.rows() : b.cols();
  }

  private static Panels empty(int rows, int cols, boolean isLent) {
    int size = Buffers.size(rows, Math.ceilDiv(cols, WIDTH) * WIDTH);
    return new Panels(isLent ? Buffers.borrow(size) : new float[size], rows, cols, isLent);
  }

  private Panels lay(MatrixView b, boolean turned, ElementKernels kernels) {
    return each((col, to) -> {
      if (turned) {
        turn(kernels, b, col, data, to);
      } else {
        lay(b, col, data, to);
      }
    });
  }

  private Panels lay(HalfMatrixView b, ElementKernels kernels) {
    return each((col, to) -> lay(b, kernels, col, data, to));
  }

  /** Lays a panel. */
  private interface Lay {
    void panel(int col, int to);
  }

  /** Lays all panels, on several threads where they are large. */
  private Panels each(Lay lay) {
    Workers.run(
        Math.ceilDiv(cols, WIDTH),
        COST * rows * cols,
        panel -> lay.panel(panel * WIDTH, panel * rows * WIDTH));
    return this;
  }

  /** Lays the columns from {@code col} on into a panel at {@code to}. */
  static void lay(HalfMatrixView b, ElementKernels kernels, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.cols() - col);
    for (int k = 0; k < b.rows(); k++) {
      b.widen(kernels, k, col, width, panels, to + k * WIDTH);
    }
    fill(panels, to, b.rows(), width);
  }

  /** Lays the columns from {@code col} on into a panel at {@code to}. */
  static void lay(MatrixView b, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.cols() - col);
    for (int k = 0; k < b.rows(); k++) {
      System.arraycopy(b.data(), b.at(k) + col, panels, to + k * WIDTH, width);
    }
    fill(panels, to, b.rows(), width);
  }

  private static void turn(ElementKernels kernels, MatrixView b, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.rows() - col);
    kernels.transpose(b.data(), b.at(col), b.stride(), width, b.cols(), panels, to, WIDTH);
    fill(panels, to, b.cols(), width);
  }

  private static void fill(float[] panels, int to, int rows, int width) {
    for (int k = 0; width < WIDTH && k < rows; k++) {
      Arrays.fill(panels, to + k * WIDTH + width, to + (k + 1) * WIDTH, 0);
    }
  }
}
