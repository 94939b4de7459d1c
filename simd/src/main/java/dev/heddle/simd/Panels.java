package dev.heddle.simd;

import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rows;

/**
 * A right operand in panels of as many columns as a register tile has: step k, column j of panel p
 * is at {@code (p * rows + k) * WIDTH + j}. The last panel is filled up with zeros.
 *
 * @param data the panels
 * @param rows the contracted length
 * @param cols the columns without the filling
 */
record Panels(float[] data, int rows, int cols) implements Packed {
  /** Columns of a panel. */
  static final int WIDTH = Species.LANES == 16 ? MicroKernel4.WIDTH : MicroKernel2.WIDTH;

  @Override
  public int step() {
    return WIDTH;
  }

  static Panels of(Rows b) {
    int panels = (b.cols() + WIDTH - 1) / WIDTH;
    float[] data = new float[panels * b.rows() * WIDTH];
    for (int p = 0; p < panels; p++) {
      lay(b, p * WIDTH, data, p * b.rows() * WIDTH);
    }
    return new Panels(data, b.rows(), b.cols());
  }

  /** Lays the columns from {@code col} on into a panel at {@code to}, which holds zeros. */
  static void lay(Rows b, int col, float[] panels, int to) {
    int width = Math.min(WIDTH, b.cols() - col);
    for (int k = 0; k < b.rows(); k++) {
      System.arraycopy(b.data(), b.at(k) + col, panels, to + k * WIDTH, width);
    }
  }
}
