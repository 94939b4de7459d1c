package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.MatrixView;

/** Matrix products over panels, blocked so that what is used again stays in the caches. */
final class Products {
  /** Elements of rows of A that stay in the second-level cache while the panels pass. */
  private static final int BLOCK = 112 << 10;

  /** Rows that even long chains have in a block, or the panels come by too often. */
  private static final int ROW_BLOCK = 96;

  /** Rows that even short chains have in a block at most. */
  private static final int MOST_ROWS = 192;

  /** Rows of a register tile. */
  private static final int TILE = 6;

  /** Rows of C that the epilogue goes over at a time, eight register tiles. */
  private static final int FINISHED_TOGETHER = 48;

  /** Steps of a chain before it is stored and continued. */
  static final int STEP_BLOCK = 1024;

  private Products() {}

  /** {@code c = a b} for the columns of packed {@code b} from {@code first} on. */
  static void multiply(MatrixView a, Panels b, int first, MatrixView c, Epilogue epilogue) {
    int share = rowsABlock(a.rows(), Math.min(STEP_BLOCK, a.cols()));
    for (int row = 0; row < a.rows(); row += share) {
      int rows = Math.min(share, a.rows() - row);
      for (int step = 0; step == 0 || step < a.cols(); step += STEP_BLOCK) {
        int steps = Math.min(STEP_BLOCK, a.cols() - step);
        Epilogue after = step + steps == a.cols() ? epilogue : Epilogue.NONE;
        for (int col = 0; col < c.cols(); col += Panels.WIDTH) {
          int at = ((first + col) / Panels.WIDTH * b.rows() + step) * Panels.WIDTH;
          if (after == Epilogue.NONE) {
            block(a, row, step, b.data(), at, Panels.WIDTH, c, col, rows, steps, step == 0);
          } else {
            finished(a, row, step, b.data(), at, c, col, rows, steps, after, first + col);
          }
        }
      }
    }
  }

  /** Equal blocks: one of few rows takes nearly as long, because the panels pass all the same. */
  private static int rowsABlock(int rows, int steps) {
    int most = Math.clamp(BLOCK / Math.max(1, steps), ROW_BLOCK, MOST_ROWS);
    int blocks = Math.max(1, Math.ceilDiv(rows, most));
    return Math.max(1, Math.ceilDiv(Math.ceilDiv(rows, blocks), TILE)) * TILE;
  }

  /** A block in parts that are still in the first-level cache when the epilogue comes. */
  private static void finished(
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
    for (int part = row; part < row + rows; part += FINISHED_TOGETHER) {
      int count = Math.min(FINISHED_TOGETHER, row + rows - part);
      block(a, part, step, b, at, Panels.WIDTH, c, col, count, steps, step == 0);
      Epilogues.apply(after, c.data(), c.at(part) + col, c.stride(), count, cols, biasCol);
    }
  }

  /** {@code c = a b} for a right operand in rows; for few rows of A. */
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

  /** Columns that fill no panel, some steps at a time. */
  private static void multiplyRest(MatrixView a, MatrixView b, MatrixView c, int col) {
    Scratch scratch = Scratch.borrow();
    float[] panel = scratch.panel(STEP_BLOCK * Panels.WIDTH);
    for (int step = 0; step == 0 || step < a.cols(); step += STEP_BLOCK) {
      int steps = Math.min(STEP_BLOCK, a.cols() - step);
      MatrixView part = new MatrixView(b.data(), b.at(step), b.stride(), steps, b.cols());
      Panels.lay(part, 0, panel, 0);
      panel(a, step, steps, panel, c, col);
    }
    scratch.giveBack();
  }

  /**
   * Some steps of the columns of {@code c} from {@code col} on, which a panel of its own is for.
   */
  static void panel(MatrixView a, int step, int steps, float[] panel, MatrixView c, int col) {
    block(a, 0, step, panel, 0, Panels.WIDTH, c, col, a.rows(), steps, step == 0);
  }

  /** Some rows by one panel; the columns past the end of C go to scratch. */
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
