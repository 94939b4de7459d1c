package dev.heddle.array;

import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.PackedLayouts;
import org.jspecify.annotations.Nullable;

/**
 * The right operand of a product in float32, packed for the kernels: a cached layout, or one packed
 * from the array, transposed or not.
 *
 * @param packed the layout
 * @param input the elements converted to float32 for it, to be released; null for none
 */
record RightOperand(Packed packed, @Nullable FloatInput input) {
  /**
   * The operand with permuted axes.
   *
   * @param order the axes of the array: the contracted ones, then those of the columns
   * @param last the number of axes of the columns
   */
  static RightOperand of(
      Array array, int[] order, int last, MatrixProduct sizes, DType dtype, Kernels kernels) {
    boolean inOrder = Axes.areInOrder(order);
    boolean transposed = !inOrder && Axes.areExchanged(order, last);
    if ((inOrder || transposed) && array.dtype() == dtype) {
      return of(array, sizes.inner(), sizes.cols(), transposed, sizes.rows(), kernels);
    }
    Array arranged = inOrder || transposed ? array : Transpose.transpose(array, order);
    FloatInput input = FloatInput.of(arranged, dtype, kernels);
    MatrixView matrix = matrix(input.values(), sizes.inner(), sizes.cols(), transposed);
    return new RightOperand(kernels.packOnce(matrix, transposed, sizes.rows()), input);
  }

  /**
   * An array of float32 or 16 bits as a matrix {@code [inner, cols]}. The layout of an array that
   * is used repeatedly, such as a parameter, is cached in the array.
   *
   * @param transposed whether it is {@code [cols, inner]}
   * @param rows the number of rows of the left operand
   */
  static RightOperand of(
      Array array, int inner, int cols, boolean transposed, int rows, Kernels kernels) {
    boolean keepsHalf = array.dtype().isHalf() && !transposed && kernels.areFew(rows);
    PackedLayouts.Key key = new PackedLayouts.Key(kernels, inner, cols, transposed, keepsHalf);
    PackedLayouts layouts = array.layouts();
    Packed cached = layouts.get(key);
    if (cached != null) {
      return new RightOperand(cached, null);
    }
    boolean keep = layouts.isRepeated(key);
    RightOperand operand = pack(array, key, rows, keep);
    if (keep) {
      layouts.keep(key, operand.packed);
    }
    return operand;
  }

  private static RightOperand pack(Array array, PackedLayouts.Key key, int rows, boolean keep) {
    Kernels kernels = key.kernels();
    HalfMatrixView halves = key.transposed() ? null : halves(array.storage(), key);
    if (halves != null) {
      return new RightOperand(
          keep ? kernels.pack(halves, rows) : kernels.packOnce(halves, rows), null);
    }
    FloatInput input = FloatInput.of(array, array.dtype(), kernels);
    MatrixView matrix = matrix(input.values(), key.rows(), key.cols(), key.transposed());
    return new RightOperand(
        keep
            ? kernels.pack(matrix, key.transposed(), rows)
            : kernels.packOnce(matrix, key.transposed(), rows),
        input);
  }

  private static @Nullable HalfMatrixView halves(Storage storage, PackedLayouts.Key key) {
    return storage instanceof Storage.Halves(DType dtype, short[] bits)
        ? HalfMatrixView.of(bits, dtype == DType.BFLOAT16, key.rows(), key.cols())
        : null;
  }

  private static MatrixView matrix(float[] values, int inner, int cols, boolean transposed) {
    return transposed ? MatrixView.of(values, cols, inner) : MatrixView.of(values, inner, cols);
  }

  void release() {
    packed.release();
    if (input != null) {
      input.release();
    }
  }
}
