package dev.heddle.simd;

import dev.heddle.kernel.MatrixView64;
import dev.heddle.kernel.SoftPool;
import java.lang.ref.SoftReference;
import java.util.Arrays;

/**
 * Matrix products in float64. The right operand is packed one panel at a time, or read in place for
 * few rows.
 */
final class DoubleProducts {
  /** Columns of a panel. */
  static final int WIDTH =
      Species.DOUBLE_LANES == 8 ? DoubleMicroKernel4.WIDTH : DoubleMicroKernel2.WIDTH;

  /** Panels that are packed at a time. */
  private static final int PANELS = 4;

  /** Steps of a panel; some panels stay in the second-level cache together with a block of A. */
  static final int STEP_BLOCK = 512;

  /**
   * Elements from one row of a block of A to the next; a constant, so that it takes no register.
   */
  static final int ROW = STEP_BLOCK + 8; // rows start in different cache sets

  /** Minimum number of rows for which packing a panel pays. */
  private static final int MIN_ROWS_TO_PACK = 8;

  /** Maximum number of rows in a block of A, which stays in the second-level cache. */
  private static final int ROW_BLOCK = 96;

  private DoubleProducts() {}

  /** Blocks of the operands, for one call at a time. */
  private static final class Workspace {
    private static final SoftPool<Workspace> IDLE = new SoftPool<>(Scratch.MAX_IDLE);

    final SoftReference<Workspace> self = new SoftReference<>(this);
    final double[] a = new double[ROW_BLOCK * ROW];
    final double[] panels = new double[PANELS * STEP_BLOCK * WIDTH];
    final double[] edge = new double[ROW_BLOCK * WIDTH];

    static Workspace borrow() {
      Workspace idle = IDLE.poll();
      return idle != null ? idle : new Workspace();
    }

    void giveBack() {
      IDLE.offer(self);
    }
  }

  /** Computes {@code c += a b}, continuing the chain of each element. */
  static void multiply(MatrixView64 a, MatrixView64 b, MatrixView64 c) {
    Workspace workspace = Workspace.borrow();
    for (int row = 0; row < a.rows(); row += ROW_BLOCK) {
      int rows = Math.min(ROW_BLOCK, a.rows() - row);
      for (int step = 0; step < a.cols(); step += STEP_BLOCK) {
        int steps = Math.min(STEP_BLOCK, a.cols() - step);
        for (int r = 0; r < rows; r++) {
          System.arraycopy(a.data(), a.at(row + r) + step, workspace.a, r * ROW, steps);
        }
        block(workspace, b, step, steps, c, row, rows);
      }
    }
    workspace.giveBack();
  }

  /** Multiplies a block of A by all columns. */
  private static void block(
      Workspace workspace, MatrixView64 b, int step, int steps, MatrixView64 c, int row, int rows) {
    double[] panels = workspace.panels;
    boolean inPlace = rows < MIN_ROWS_TO_PACK;
    for (int col = 0; col < c.cols(); col += WIDTH) {
      int width = Math.min(WIDTH, c.cols() - col);
      int at = c.at(row) + col;
      if (inPlace && width == WIDTH) {
        int from = b.at(step) + col;
        tile(workspace.a, b.data(), from, b.stride(), c.data(), at, c.stride(), rows, steps);
        continue;
      }
      int panel = inPlace ? 0 : col / WIDTH % PANELS;
      if (panel == 0) {
        pack(b, step, steps, col, panels);
      }
      int from = panel * STEP_BLOCK * WIDTH;
      if (width == WIDTH) {
        tile(workspace.a, panels, from, WIDTH, c.data(), at, c.stride(), rows, steps);
        continue;
      }
      double[] edge = workspace.edge;
      for (int r = 0; r < rows; r++) {
        System.arraycopy(c.data(), at + r * c.stride(), edge, r * WIDTH, width);
      }
      tile(workspace.a, panels, from, WIDTH, edge, 0, WIDTH, rows, steps);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(edge, r * WIDTH, c.data(), at + r * c.stride(), width);
      }
    }
  }

  /** Packs the columns starting at {@code col} into up to {@link #PANELS} panels. */
  private static void pack(MatrixView64 b, int step, int steps, int col, double[] panels) {
    int end = Math.min(b.cols(), col + PANELS * WIDTH);
    for (int k = 0; k < steps; k++) {
      int from = b.at(step + k);
      int to = k * WIDTH;
      int j = col;
      for (; j + WIDTH <= end; j += WIDTH, to += STEP_BLOCK * WIDTH) {
        System.arraycopy(b.data(), from + j, panels, to, WIDTH);
      }
      if (j < end) {
        System.arraycopy(b.data(), from + j, panels, to, end - j);
        Arrays.fill(panels, to + end - j, to + WIDTH, 0);
      }
    }
  }

  /** Multiplies rows by {@link #WIDTH} columns. */
  private static void tile(
      double[] a, double[] b, int bo, int ldb, double[] c, int co, int ldc, int rows, int steps) {
    if (Species.DOUBLE_LANES == 8) {
      DoubleMicroKernel4.multiply(a, 0, b, bo, ldb, c, co, ldc, rows, steps);
    } else {
      DoubleMicroKernel2.multiply(a, 0, b, bo, ldb, c, co, ldc, rows, steps);
    }
  }
}
