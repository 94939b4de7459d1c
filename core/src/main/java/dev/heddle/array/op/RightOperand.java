package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.PackedLayouts;
import org.jspecify.annotations.Nullable;

/**
 * The right operand of a product in float32, laid out for the kernels: as it was kept, or from the
 * array as it is, rows and columns exchanged or not.
 *
 * @param packed the layout
 * @param input what was converted to float32 for it, to be released; null if nothing was
 */
record RightOperand(Packed packed, @Nullable FloatInput input) {
  /**
   * The operand with its axes in some order.
   *
   * @param order the axes of the array: the contracted ones, then those of the columns
   * @param last how many are those of the columns
   */
  static RightOperand of(
      Array array, int[] order, int last, MatrixProduct sizes, DType dtype, Kernels kernels) {
    boolean straight = Axes.areInOrder(order);
    boolean turned = !straight && Axes.areExchanged(order, last);
    if ((straight || turned) && array.dtype() == dtype) {
      return of(array, sizes.inner(), sizes.cols(), turned, sizes.rows(), kernels);
    }
    Array arranged = straight || turned ? array : Transpose.transpose(array, order);
    FloatInput input = FloatInput.of(arranged, dtype, kernels);
    MatrixView matrix = matrix(input.values(), sizes.inner(), sizes.cols(), turned);
    return new RightOperand(kernels.packOnce(matrix, turned, sizes.rows()), input);
  }

  /**
   * An array of float32 or 16 bits as a matrix {@code [inner, cols]}. The layout of one that is
   * used again, as parameters are, is kept by the array.
   *
   * @param turned whether it is {@code [cols, inner]}
   * @param rows how many rows of left operands it will be multiplied with
   */
  static RightOperand of(
      Array array, int inner, int cols, boolean turned, int rows, Kernels kernels) {
    boolean narrow = array.dtype().isHalf() && !turned && kernels.areFew(rows);
    PackedLayouts.Key key = new PackedLayouts.Key(kernels, inner, cols, turned, narrow);
    PackedLayouts layouts = array.layouts();
    Packed kept = layouts.get(key);
    if (kept != null) {
      return new RightOperand(kept, null);
    }
    boolean keep = layouts.isRepeated(key);
    RightOperand made = make(array, key, rows, keep);
    if (keep) {
      layouts.keep(key, made.packed);
    }
    return made;
  }

  private static RightOperand make(Array array, PackedLayouts.Key key, int rows, boolean keep) {
    Kernels kernels = key.kernels();
    HalfMatrixView halves = key.turned() ? null : halves(array.storage(), key);
    if (halves != null) {
      return new RightOperand(
          keep ? kernels.pack(halves, rows) : kernels.packOnce(halves, rows), null);
    }
    FloatInput input = FloatInput.of(array, array.dtype(), kernels);
    MatrixView matrix = matrix(input.values(), key.rows(), key.cols(), key.turned());
    return new RightOperand(
        keep
            ? kernels.pack(matrix, key.turned(), rows)
            : kernels.packOnce(matrix, key.turned(), rows),
        input);
  }

  private static @Nullable HalfMatrixView halves(Storage storage, PackedLayouts.Key key) {
    return switch (storage) {
      case Storage.BF16(short[] bits) -> HalfMatrixView.of(bits, true, key.rows(), key.cols());
      case Storage.F16(short[] bits) -> HalfMatrixView.of(bits, false, key.rows(), key.cols());
      default -> null;
    };
  }

  private static MatrixView matrix(float[] values, int inner, int cols, boolean turned) {
    return turned ? MatrixView.of(values, cols, inner) : MatrixView.of(values, inner, cols);
  }

  void release() {
    packed.release();
    if (input != null) {
      input.release();
    }
  }
}
