package dev.heddle.kernel;

import java.util.Objects;

/**
 * A matrix inside a double array; as {@link MatrixView}.
 *
 * @param data the array, shared
 * @param offset the index of row 0
 * @param stride elements from one row to the next
 * @param rows the number of rows
 * @param cols the number of columns
 */
public record MatrixView64(double[] data, int offset, int stride, int rows, int cols) {
  /** Checks that the last element is inside the array. */
  public MatrixView64 {
    if (rows > 0 && cols > 0) {
      long length = (rows - 1L) * stride + cols;
      Objects.checkFromIndexSize(offset, length, (long) data.length);
    }
  }

  /** A whole array as a matrix without gaps. */
  public static MatrixView64 of(double[] data, int rows, int cols) {
    return new MatrixView64(data, 0, cols, rows, cols);
  }

  /** The index of a row's first element. */
  public int at(int row) {
    return offset + row * stride;
  }
}
