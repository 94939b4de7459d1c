package dev.heddle.kernel;

/** A right operand of matrix products in some implementation's own layout. */
public interface Packed {
  /** The contracted length, K. */
  int rows();

  /** The columns of the product, N. */
  int cols();

  /** The columns at which a part of the product may begin: multiples of this. */
  int step();

  /**
   * Gives back the workspace of {@link Kernels#packOnce}; nobody may use this any more. Nothing
   * happens to a layout that is kept.
   */
  default void release() {}

  /**
   * A matrix of 16-bit numbers as it is, which a product converts to float32 as it reads them.
   *
   * @param matrix {@code [K, N]}
   * @param isFinite whether it is known that no number is infinite or NaN
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

  /** A matrix as it is. */
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
