package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.ElementKernels;
import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Workers;
import java.util.Arrays;

/**
 * A right operand packed into panels of the width of a register tile: row k, column j of panel p is
 * at {@code (p * rows + k) * WIDTH + j}. The last panel is padded with zeros.
 *
 * @param data the panels
 * @param rows the length of the contracted axis
 * @param cols the columns without the padding
 * @param isBorrowed whether the array is borrowed workspace
 */
record Panels(float[] data, int rows, int cols, boolean isBorrowed) implements Packed {
  /** Columns of a panel. */
  static final int WIDTH = Species.LANES == 16 ? MicroKernel4.WIDTH : MicroKernel2.WIDTH;

  /** Approximate cost of packing one element, in multiply-adds. */
  private static final long COST = 8;

  @Override
  public int step() {
    return WIDTH;
  }

  @Override
  public void release() {
    if (isBorrowed) {
      Buffers.giveBack(data);
    }
  }

  /**
   * Packs a matrix into a new array.
   *
   * @param transposed whether the operand is the transpose of {@code b}
   */
  static Panels of(MatrixView b, boolean transposed, ElementKernels kernels) {
    return empty(rows(b, transposed), cols(b, transposed), false).pack(b, transposed, kernels);
  }

  /** Whether an array can hold the panels, which with padding are larger than the operand. */
  static boolean fit(int rows, int cols) {
    return (long) Math.ceilDiv(cols, WIDTH) * WIDTH * rows <= Buffers.MAX_LENGTH;
  }

  /** Packs a matrix into borrowed workspace. */
  static Panels borrowed(MatrixView b, boolean transposed, ElementKernels kernels) {
    return empty(rows(b, transposed), cols(b, transposed), true).pack(b, transposed, kernels);
  }

  /** Converts and packs a matrix of 16-bit numbers into a new array. */
  static Panels of(HalfMatrixView b, ElementKernels kernels) {
    return empty(b.rows(), b.cols(), false).pack(b, kernels);
  }

  /** Converts and packs a matrix of 16-bit numbers into borrowed workspace. */
  static Panels borrowed(HalfMatrixView b, ElementKernels kernels) {
    return empty(b.rows(), b.cols(), true).pack(b, kernels);
  }

  private static int rows(MatrixView b, boolean transposed) {
    return transposed ? b.cols() : b.rows();
  }

  private static int cols(MatrixView b, boolean transposed) {
    return transposed ? b.rows() : b.cols();
  }

  private static Panels empty(int rows, int cols, boolean isBorrowed) {
    int size = Buffers.size(rows, Math.ceilDiv(cols, WIDTH) * WIDTH);
    return new Panels(isBorrowed ? Buffers.borrow(size) : new float[size], rows, cols, isBorrowed);
  }

  private Panels pack(MatrixView b, boolean transposed, ElementKernels kernels) {
    return each((col, to) -> {
      if (transposed) {
        packTransposed(kernels, b, col, data, to);
      } else {
        pack(b, col, data, to);
      }
    });
  }

  private Panels pack(HalfMatrixView b, ElementKernels kernels) {
    return each((col, to) -> pack(b, kernels, col, data, to));
  }

  /** Packs one panel. */
  private interface PanelPacker {
    void panel(int col, int to);
  }

  /** Packs all panels, on several threads if they are large. */
  private Panels each(PanelPacker pack) {
    Workers.run(
        Math.ceilDiv(cols, WIDTH),
        COST * rows * cols,
        panel -> pack.panel(panel * WIDTH, panel * rows * WIDTH));
    return this;
  }

  /** Packs the columns starting at {@code col} into a panel at {@code to}. */
  static void pack(HalfMatrixView b, ElementKernels kernels, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.cols() - col);
    for (int k = 0; k < b.rows(); k++) {
      b.widen(kernels, k, col, width, panels, to + k * WIDTH);
    }
    padWithZeros(panels, to, b.rows(), width);
  }

  /** Packs the columns starting at {@code col} into a panel at {@code to}. */
  static void pack(MatrixView b, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.cols() - col);
    for (int k = 0; k < b.rows(); k++) {
      System.arraycopy(b.data(), b.at(k) + col, panels, to + k * WIDTH, width);
    }
    padWithZeros(panels, to, b.rows(), width);
  }

  private static void packTransposed(
      ElementKernels kernels, MatrixView b, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.rows() - col);
    kernels.transpose(b.data(), b.at(col), b.stride(), width, b.cols(), panels, to, WIDTH);
    padWithZeros(panels, to, b.cols(), width);
  }

  private static void padWithZeros(float[] panels, int to, int rows, int width) {
    for (int k = 0; width < WIDTH && k < rows; k++) {
      Arrays.fill(panels, to + k * WIDTH + width, to + (k + 1) * WIDTH, 0);
    }
  }
}
