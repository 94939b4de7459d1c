package dev.heddle.simd;

import static dev.heddle.simd.Species.LANES;

/** Transposition in square blocks of as many rows as a vector has lanes. */
final class Transpose {
  private Transpose() {}

  /**
   * Transposes rows into scratch: row r, column c is written to {@code out + c * outStride + r}.
   * The elements after the last row, up to a multiple of the lanes, are overwritten with
   * unspecified values.
   */
  static void intoColumns(
      float[] from, int at, int stride, int rows, int cols, float[] to, int out, int outStride) {
    for (int r = 0; r < rows; r += LANES) {
      int rowCount = Math.min(LANES, rows - r);
      int row = at + r * stride;
      for (int c = 0; c < cols; c += LANES) {
        int target = out + c * outStride + r;
        int colCount = Math.min(LANES, cols - c);
        if (row + c + (rowCount - 1) * stride + LANES <= from.length) {
          TransposeTiles.tile(from, row + c, stride, rowCount, to, target, outStride, colCount);
        } else {
          single(from, row + c, stride, rowCount, to, target, outStride, colCount);
        }
      }
    }
  }

  /**
   * Transposes scratch into rows: row c of scratch, column r is written to {@code out + r *
   * outStride + c}. No other element is written. Rows are read once: a row's columns share lines of
   * the cache.
   */
  static void intoRows(
      float[] from, int at, int stride, int rows, int cols, float[] to, int out, int outStride) {
    for (int r = 0; r < rows; r += LANES) {
      int rowCount = Math.min(LANES, rows - r);
      for (int c = 0; c < cols; c += LANES) {
        int colCount = Math.min(LANES, cols - c);
        int source = at + r * stride + c;
        int target = out + c * outStride + r;
        if (rowCount == LANES) {
          TransposeTiles.tile(from, source, stride, rowCount, to, target, outStride, colCount);
        } else {
          single(from, source, stride, rowCount, to, target, outStride, colCount);
        }
      }
    }
  }

  private static void single(
      float[] from, int at, int stride, int rows, float[] to, int out, int outStride, int cols) {
    for (int c = 0; c < cols; c++) {
      for (int r = 0; r < rows; r++) {
        to[out + c * outStride + r] = from[at + r * stride + c];
      }
    }
  }
}
