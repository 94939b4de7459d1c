package dev.heddle.kernel;

/** Transposition in square blocks that fit in the cache. */
final class ScalarTranspose {
  private static final int SQUARE = 16;

  private ScalarTranspose() {}

  static void transpose(
      float[] in, int from, int stride, int rows, int cols, float[] out, int at, int outStride) {
    for (int c = 0; c < cols; c += SQUARE) {
      int lastCol = Math.min(cols, c + SQUARE);
      for (int r = 0; r < rows; r += SQUARE) {
        int lastRow = Math.min(rows, r + SQUARE);
        for (int col = c; col < lastCol; col++) {
          int to = at + col * outStride;
          int source = from + col;
          for (int row = r; row < lastRow; row++) {
            out[to + row] = in[source + row * stride];
          }
        }
      }
    }
  }
}
