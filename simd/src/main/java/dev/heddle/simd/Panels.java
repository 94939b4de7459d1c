package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.ElementKernels;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rows;
import dev.heddle.kernel.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

  /** Panels to be kept. */
  static Panels of(Rows b) {
    float[] data = new float[length(b.rows(), b.cols())];
    return new Panels(data, b.rows(), b.cols(), false).lay(b, null);
  }

  /**
   * Panels in workspace.
   *
   * @param turned whether {@code b} has a column of the operand in each row
   */
  static Panels lent(Rows b, boolean turned, ElementKernels kernels) {
    int rows = turned ? b.cols() : b.rows();
    int cols = turned ? b.rows() : b.cols();
    float[] data = Buffers.borrow(length(rows, cols));
    return new Panels(data, rows, cols, true).lay(b, turned ? kernels : null);
  }

  /** Whether an array holds the panels: with the filling they are larger than the operand. */
  static boolean fit(int rows, int cols) {
    return (long) Math.ceilDiv(cols, WIDTH) * WIDTH * rows <= Buffers.LONGEST;
  }

  private static int length(int rows, int cols) {
    return Buffers.size(rows, Math.ceilDiv(cols, WIDTH) * WIDTH);
  }

  /** Lays all panels, on several threads where they are large. */
  private Panels lay(Rows b, @Nullable ElementKernels turning) {
    Workers.run(
        (cols + WIDTH - 1) / WIDTH,
        COST * rows * cols,
        panel -> {
          int to = panel * rows * WIDTH;
          if (turning == null) {
            lay(b, panel * WIDTH, data, to);
          } else {
            turn(turning, b, panel * WIDTH, data, to);
          }
        });
    return this;
  }

  /** Lays the columns from {@code col} on into a panel at {@code to}. */
  static void lay(Rows b, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.cols() - col);
    for (int k = 0; k < b.rows(); k++) {
      System.arraycopy(b.data(), b.at(k) + col, panels, to + k * WIDTH, width);
    }
    fill(panels, to, b.rows(), width);
  }

  private static void turn(ElementKernels kernels, Rows b, int col, float[] panels, int to) {
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
