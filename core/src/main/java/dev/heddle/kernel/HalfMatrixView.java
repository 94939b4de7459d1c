package dev.heddle.kernel;

import java.util.Objects;

/**
 * A matrix of bfloat16 or float16 bits inside an array, as {@link MatrixView} is one of float32:
 * row {@code r}, column {@code c} is at {@code offset + r * stride + c}.
 *
 * @param data the array, shared
 * @param isBfloat16 whether the bits are those of bfloat16, not of float16
 * @param offset where row 0 begins
 * @param stride elements from one row to the next
 * @param rows the number of rows
 * @param cols the number of columns
 */
public record HalfMatrixView(
    short[] data, boolean isBfloat16, int offset, int stride, int rows, int cols) {
  private static final int MAGNITUDE = 0x7fff;
  private static final int BFLOAT16_EXPONENT = 0x7f80;
  private static final int FLOAT16_EXPONENT = 0x7c00;

  /** Checks that the last element lies inside the array. */
  public HalfMatrixView {
    if (rows > 0 && cols > 0) {
      long length = (rows - 1L) * stride + cols;
      Objects.checkFromIndexSize(offset, length, (long) data.length);
    }
  }

  /** A whole array as a matrix without gaps. */
  public static HalfMatrixView of(short[] data, boolean isBfloat16, int rows, int cols) {
    return new HalfMatrixView(data, isBfloat16, 0, cols, rows, cols);
  }

  /** Where a row begins. */
  public int at(int row) {
    return offset + row * stride;
  }

  /** The columns from {@code col} on. */
  public HalfMatrixView columns(int col, int count) {
    boolean isWhole = col == 0 && count == cols;
    return isWhole ? this : new HalfMatrixView(data, isBfloat16, offset + col, stride, rows, count);
  }

  /** The rows from {@code row} on. */
  public HalfMatrixView steps(int row, int count) {
    return new HalfMatrixView(data, isBfloat16, at(row), stride, count, cols);
  }

  /** Whether no number is infinite or NaN. */
  public boolean areFinite() {
    int exponent = isBfloat16 ? BFLOAT16_EXPONENT : FLOAT16_EXPONENT;
    int found = 0;
    for (int row = 0; row < rows; row++) {
      int at = at(row);
      for (int i = at; i < at + cols; i++) {
        found = Math.max(found, data[i] & MAGNITUDE);
      }
    }
    return found < exponent;
  }

  /**
   * Converts some elements of a row to float32, which is exact.
   *
   * @param kernels what converts
   * @param out where they go, from {@code to} on
   */
  public void widen(ElementKernels kernels, int row, int col, int count, float[] out, int to) {
    if (isBfloat16) {
      kernels.fromBfloat16(data, at(row) + col, out, to, count);
    } else {
      kernels.fromFloat16(data, at(row) + col, out, to, count);
    }
  }
}
