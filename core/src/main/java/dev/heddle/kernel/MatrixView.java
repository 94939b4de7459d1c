package dev.heddle.kernel;

import java.util.Objects;

/**
 * A matrix inside a float array: row {@code r}, column {@code c} is at {@code offset + r * stride +
 * c}.
 *
 * @param data the array, shared
 * @param offset the index of row 0
 * @param stride elements from one row to the next
 * @param rows the number of rows
 * @param cols the number of columns
 */
public record MatrixView(float[] data, int offset, int stride, int rows, int cols) {
  /** Checks that the last element is inside the array. */
  public MatrixView {
    if (rows > 0 && cols > 0) {
      long length = (rows - 1L) * stride + cols;
      Objects.checkFromIndexSize(offset, length, (long) data.length);
    }
  }

  /** A contiguous matrix that spans an array. */
  public static MatrixView of(float[] data, int rows, int cols) {
    return new MatrixView(data, 0, cols, rows, cols);
  }

  /** A range of rows. */
  public MatrixView rows(int from, int to) {
    return new MatrixView(data, at(from), stride, to - from, cols);
  }

  /** The index of a row's first element. */
  public int at(int row) {
    return offset + row * stride;
  }
}
