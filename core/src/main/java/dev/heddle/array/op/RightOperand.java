package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rows;
import org.jspecify.annotations.Nullable;

/**
 * The right operand of a product in float32, laid out for the kernels: as it was kept, or from the
 * array as it is, rows and columns exchanged or not.
 *
 * @param input what may have been laid out, to be released; null if a layout was kept
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
    int inner = sizes.inner();
    int cols = sizes.cols();
    if (Axes.areInOrder(order) && array.dtype() == dtype) {
      FloatInput[] made = new FloatInput[1];
      Packed packed =
          array.packed(
              kernels,
              () -> {
                made[0] = FloatInput.of(array, dtype, kernels);
                return Rows.of(made[0].values(), inner, cols);
              },
              sizes.rows());
      if (packed.rows() == inner && packed.cols() == cols) { // not kept for other axes
        return new RightOperand(packed, made[0]);
      }
    }
    boolean straight = Axes.areInOrder(order);
    boolean turned = !straight && Axes.areExchanged(order, last);
    Array arranged = straight || turned ? array : Transpose.transpose(array, order);
    FloatInput input = FloatInput.of(arranged, dtype, kernels);
    Rows rows =
        turned ? Rows.of(input.values(), cols, inner) : Rows.of(input.values(), inner, cols);
    return new RightOperand(kernels.packOnce(rows, turned, sizes.rows()), input);
  }

  void release() {
    packed.release();
    if (input != null) {
      input.release();
    }
  }
}
