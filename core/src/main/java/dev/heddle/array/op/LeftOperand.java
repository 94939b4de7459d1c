package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;

/**
 * The left operand of a product in float32, {@code [rows, inner]}; or, if turned, {@code [inner,
 * rows]}, as that of a weight's gradient is. A task then turns the rows it needs, which costs a
 * hundredth of what is done with them.
 */
record LeftOperand(FloatInput input, boolean turned, int inner, Kernels kernels) {
  /** Elements of a cache line. */
  private static final int LINE = 16;

  /**
   * The operand with its axes in some order.
   *
   * @param order the axes of the array: those of the rows, then the contracted ones
   * @param last how many are contracted
   */
  static LeftOperand of(
      Array array, int[] order, int last, int inner, DType dtype, Kernels kernels) {
    boolean straight = Axes.areInOrder(order);
    boolean turned = !straight && Axes.areExchanged(order, last);
    Array arranged = straight || turned ? array : Transpose.transpose(array, order);
    return new LeftOperand(FloatInput.of(arranged, dtype, kernels), turned, inner, kernels);
  }

  /** What a task multiplies. */
  interface Use {
    /** Multiplies these rows, which are valid until it returns. */
    void with(MatrixView rows);
  }

  /**
   * Gives some rows to be used.
   *
   * @param all how many rows there are
   * @param first the first one wanted
   * @param count how many
   */
  void rows(int all, int first, int count, Use use) {
    float[] values = input.values();
    if (!turned) {
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
