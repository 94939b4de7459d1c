package dev.heddle.kernel;

import java.util.Objects;

/**
 * A matrix of bfloat16 or float16 bits inside an array, as {@link MatrixView} of float32: row
 * {@code r}, column {@code c} is at {@code offset + r * stride + c}.
 *
 * @param data the array, shared
 * @param isBfloat16 whether the elements are bfloat16, otherwise float16
 * @param offset the index of row 0
 * @param stride elements from one row to the next
 * @param rows the number of rows
 * @param cols the number of columns
 */
public record HalfMatrixView(
    short[] data, boolean isBfloat16, int offset, int stride, int rows, int cols) {
  private static final int MAGNITUDE = 0x7fff;
  private static final int BFLOAT16_EXPONENT = 0x7f80;
  private static final int FLOAT16_EXPONENT = 0x7c00;

  /** Checks that the last element is inside the array. */
  public HalfMatrixView {
    if (rows > 0 && cols > 0) {
      long length = (rows - 1L) * stride + cols;
      Objects.checkFromIndexSize(offset, length, (long) data.length);
    }
  }

  /** A contiguous matrix that spans an array. */
  public static HalfMatrixView of(short[] data, boolean isBfloat16, int rows, int cols) {
    return new HalfMatrixView(data, isBfloat16, 0, cols, rows, cols);
  }

  /** The index of a row's first element. */
  public int at(int row) {
    return offset + row * stride;
  }

  /** The view of {@code count} columns starting at {@code col}. */
  public HalfMatrixView columns(int col, int count) {
    boolean isWhole = col == 0 && count == cols;
    return isWhole ? this : new HalfMatrixView(data, isBfloat16, offset + col, stride, rows, count);
  }

  /** The view of {@code count} rows starting at {@code row}. */
  public HalfMatrixView steps(int row, int count) {
    return new HalfMatrixView(data, isBfloat16, at(row), stride, count, cols);
  }

  /** Whether all elements are finite. */
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
   * Converts a range of elements of a row to float32, exactly.
   *
   * @param kernels the implementation of the conversion
   * @param out receives the elements, starting at {@code to}
   */
  public void widen(ElementKernels kernels, int row, int col, int count, float[] out, int to) {
    if (isBfloat16) {
      kernels.fromBfloat16(data, at(row) + col, out, to, count);
    } else {
      kernels.fromFloat16(data, at(row) + col, out, to, count);
    }
  }
}
