package dev.heddle.array;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;

/**
 * The left operand of a product in float32, {@code [rows, inner]}; or, if transposed, {@code
 * [inner, rows]}, as for a kernel's gradient. A task then transposes the rows that it needs, at a
 * hundredth of the product's cost.
 */
record LeftOperand(FloatInput input, boolean transposed, int inner, Kernels kernels) {
  /** Elements of a cache line. */
  private static final int LINE = 16;

  /**
   * The operand with permuted axes.
   *
   * @param order the axes of the array: those of the rows, then the contracted ones
   * @param last the number of contracted axes
   */
  static LeftOperand of(
      Array array, int[] order, int last, int inner, DType dtype, Kernels kernels) {
    boolean inOrder = Axes.areInOrder(order);
    boolean transposed = !inOrder && Axes.areExchanged(order, last);
    Array arranged = inOrder || transposed ? array : Transpose.transpose(array, order);
    return new LeftOperand(FloatInput.of(arranged, dtype, kernels), transposed, inner, kernels);
  }

  /** Uses rows of the operand. */
  interface Use {
    /** Called with rows that are valid until it returns. */
    void with(MatrixView rows);
  }

  /**
   * Passes a range of rows to a function.
   *
   * @param all the number of rows of the operand
   * @param first the first row
   * @param count the number of rows
   */
  void rows(int all, int first, int count, Use use) {
    float[] values = input.values();
    if (!transposed) {
      use.with(new MatrixView(values, first * inner, inner, count, inner));
      return;
    }
    int stride = ((inner + LINE - 1) / LINE | 1) * LINE; // an odd number of lines
    float[] scratch = Buffers.borrow(count * stride);
    kernels.transpose(values, first, all, inner, count, scratch, 0, stride);
    use.with(new MatrixView(scratch, 0, stride, count, inner));
    Buffers.giveBack(scratch);
  }

  void release() {
    input.release();
  }
}
