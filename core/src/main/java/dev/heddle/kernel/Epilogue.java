package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The operations on each element of a matrix product while it is in the cache, each step rounded:
 * the product, plus a bias, divided by a number.
 *
 * @param rounding the precision of each step: the compute dtype
 * @param bias added to each row, indexed by the column of the packed operand; null for none
 * @param divisor the divisor, representable in the compute dtype; 1 for no division
 */
public record Epilogue(Rounding rounding, float @Nullable [] bias, float divisor) {
  /** Leaves a product unchanged. */
  public static final Epilogue NONE = new Epilogue(Rounding.NONE, null, 1);

  /**
   * Applies the operations to a block of a product.
   *
   * @param c row r, column j of the block is at {@code at + r * stride + j}
   * @param col the block's first column in the packed operand, which is the first index of the bias
   */
  public void apply(float[] c, int at, int stride, int rows, int cols, int col) {
    if (rounding == Rounding.NONE && bias == null && divisor == 1) {
      return;
    }
    for (int row = 0; row < rows; row++) {
      apply(c, at + row * stride, cols, col);
    }
  }

  private void apply(float[] c, int from, int cols, int col) {
    rounding.round(c, from, cols);
    if (bias != null) {
      add(c, from, bias, col, cols);
      rounding.round(c, from, cols);
    }
    if (divisor != 1) {
      divide(c, from, divisor, cols);
      rounding.round(c, from, cols);
    }
  }

  private static void add(float[] c, int from, float[] bias, int col, int cols) {
    for (int j = 0; j < cols; j++) {
      c[from + j] += bias[col + j];
    }
  }

  private static void divide(float[] c, int from, float divisor, int cols) {
    for (int j = 0; j < cols; j++) {
      c[from + j] /= divisor;
    }
  }
}
