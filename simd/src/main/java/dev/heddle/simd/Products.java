package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.MatrixView;

/** Matrix products over panels, blocked for the caches. */
final class Products {
  /** Elements of a block of A, which stays in the second-level cache while all panels are read. */
  private static final int BLOCK = 112 << 10;

  /**
   * Minimum number of rows in a block, also for long chains, to limit how often panels are read.
   */
  private static final int MIN_ROW_BLOCK = 96;

  /** Maximum number of rows in a block, also for short chains. */
  private static final int MAX_ROW_BLOCK = 192;

  /** The rows of a register tile. */
  private static final int TILE = 6;

  /** Rows of C per call of the epilogue: eight register tiles. */
  private static final int EPILOGUE_ROWS = 48;

  /** Length of the part of a chain that is computed before it is stored. */
  static final int STEP_BLOCK = 1024;

  private Products() {}

  /** Computes {@code c = a b} for the columns of packed {@code b} starting at {@code first}. */
  static void multiply(MatrixView a, Panels b, int first, MatrixView c, Epilogue epilogue) {
    int blockRows = rowsPerBlock(a.rows(), Math.min(STEP_BLOCK, a.cols()));
    for (int row = 0; row < a.rows(); row += blockRows) {
      int rows = Math.min(blockRows, a.rows() - row);
      for (int step = 0; step == 0 || step < a.cols(); step += STEP_BLOCK) {
        int steps = Math.min(STEP_BLOCK, a.cols() - step);
        Epilogue after = step + steps == a.cols() ? epilogue : Epilogue.NONE;
        for (int col = 0; col < c.cols(); col += Panels.WIDTH) {
          int at = ((first + col) / Panels.WIDTH * b.rows() + step) * Panels.WIDTH;
          if (after == Epilogue.NONE) {
            block(a, row, step, b.data(), at, Panels.WIDTH, c, col, rows, steps, step == 0);
          } else {
            blockWithEpilogue(a, row, step, b.data(), at, c, col, rows, steps, after, first + col);
          }
        }
      }
    }
  }

  /**
   * Blocks of equal size: a smaller last one would take nearly as long, because it reads all
   * panels.
   */
  private static int rowsPerBlock(int rows, int steps) {
    int limit = Math.clamp(BLOCK / Math.max(1, steps), MIN_ROW_BLOCK, MAX_ROW_BLOCK);
    int blocks = Math.max(1, Math.ceilDiv(rows, limit));
    return Math.max(1, Math.ceilDiv(Math.ceilDiv(rows, blocks), TILE)) * TILE;
  }

  /** Computes a block in parts that are still in the first-level cache for the epilogue. */
  private static void blockWithEpilogue(
      MatrixView a,
      int row,
      int step,
      float[] b,
      int at,
      MatrixView c,
      int col,
      int rows,
      int steps,
      Epilogue after,
      int biasCol) {
    int cols = Math.min(Panels.WIDTH, c.cols() - col);
    for (int part = row; part < row + rows; part += EPILOGUE_ROWS) {
      int count = Math.min(EPILOGUE_ROWS, row + rows - part);
      block(a, part, step, b, at, Panels.WIDTH, c, col, count, steps, step == 0);
      Epilogues.apply(after, c.data(), c.at(part) + col, c.stride(), count, cols, biasCol);
    }
  }

  /** Computes {@code c = a b} for few rows of A and an unpacked right operand. */
  static void multiply(MatrixView a, MatrixView b, MatrixView c) {
    int full = b.cols() / Panels.WIDTH * Panels.WIDTH;
    for (int col = 0; col < full; col += Panels.WIDTH) {
      block(a, 0, 0, b.data(), b.at(0) + col, b.stride(), c, col, a.rows(), a.cols(), true);
    }
    if (full < b.cols()) {
      MatrixView rest =
          new MatrixView(b.data(), b.at(0) + full, b.stride(), b.rows(), b.cols() - full);
      multiplyRest(a, rest, c, full);
    }
  }

  /** Computes the columns that do not fill a panel, one block of steps at a time. */
  private static void multiplyRest(MatrixView a, MatrixView b, MatrixView c, int col) {
    Scratch scratch = Scratch.borrow();
    float[] panel = scratch.panel(STEP_BLOCK * Panels.WIDTH);
    for (int step = 0; step == 0 || step < a.cols(); step += STEP_BLOCK) {
      int steps = Math.min(STEP_BLOCK, a.cols() - step);
      MatrixView part = new MatrixView(b.data(), b.at(step), b.stride(), steps, b.cols());
      Panels.pack(part, 0, panel, 0);
      panel(a, step, steps, panel, c, col);
    }
    scratch.giveBack();
  }

  /**
   * Computes a block of steps for the columns of {@code c} starting at {@code col} with a single
   * panel.
   */
  static void panel(MatrixView a, int step, int steps, float[] panel, MatrixView c, int col) {
    block(a, 0, step, panel, 0, Panels.WIDTH, c, col, a.rows(), steps, step == 0);
  }

  /** Multiplies a range of rows by one panel; columns past the end of C are written to scratch. */
  private static void block(
      MatrixView a,
      int row,
      int step,
      float[] b,
      int at,
      int ldb,
      MatrixView c,
      int col,
      int rows,
      int steps,
      boolean fresh) {
    int width = Math.min(Panels.WIDTH, c.cols() - col);
    boolean narrow = width <= MicroKernel2.WIDTH;
    int tile = narrow ? MicroKernel2.WIDTH : Panels.WIDTH;
    int ao = a.at(row) + step;
    int co = c.at(row) + col;
    if (width == tile) {
      tile(
          narrow,
          a.data(),
          ao,
          a.stride(),
          b,
          at,
          ldb,
          c.data(),
          co,
          c.stride(),
          rows,
          steps,
          fresh);
      return;
    }
    Scratch scratch = Scratch.borrow();
    float[] edge = scratch.edge(Buffers.size(rows, tile));
    if (!fresh) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(c.data(), co + r * c.stride(), edge, r * tile, width);
      }
    }
    tile(narrow, a.data(), ao, a.stride(), b, at, ldb, edge, 0, tile, rows, steps, fresh);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(edge, r * tile, c.data(), co + r * c.stride(), width);
    }
    scratch.giveBack();
  }

  private static void tile(
      boolean narrow,
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
    if (narrow) {
      MicroKernel2.multiply(a, ao, lda, b, bo, ldb, c, co, ldc, rows, k, fresh);
    } else {
      tile(a, ao, lda, b, bo, ldb, c, co, ldc, rows, k, fresh);
    }
  }

  /** Multiplies rows by {@link Panels#WIDTH} columns. */
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
