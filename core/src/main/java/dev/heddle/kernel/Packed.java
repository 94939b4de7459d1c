package dev.heddle.kernel;

/** The right operand of a matrix product in the layout of a {@link Kernels} implementation. */
public interface Packed {
  /** The length of the contracted axis, K. */
  int rows();

  /** The number of columns, N. */
  int cols();

  /** The alignment of column ranges: a part of the product starts at a multiple of this. */
  int step();

  /**
   * Returns the workspace of {@link Kernels#packOnce} to its pool; must not be used afterwards. Has
   * no effect on a retained layout.
   */
  default void release() {}

  /**
   * An unpacked matrix of 16-bit numbers, which a product converts to float32 as it reads them.
   *
   * @param matrix {@code [K, N]}
   * @param isFinite whether all numbers are known to be finite
   */
  record Halves(HalfMatrixView matrix, boolean isFinite) implements Packed {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int cols() {
      return matrix.cols();
    }

    @Override
    public int step() {
      return 1;
    }
  }

  /** An unpacked matrix. */
  record Plain(MatrixView matrix) implements Packed {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int cols() {
      return matrix.cols();
    }

    @Override
    public int step() {
      return 1;
    }
  }
}
