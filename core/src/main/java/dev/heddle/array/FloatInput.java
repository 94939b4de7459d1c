package dev.heddle.array;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.ParallelFor;

/**
 * An array's elements as float32, rounded to a type: the array's own if they are float32 of that
 * type, else in a borrowed buffer.
 *
 * @param values the elements, which must not be written to
 * @param isBorrowed whether they are in a borrowed buffer
 */
record FloatInput(float[] values, boolean isBorrowed) {
  private static final int COST = 8;

  static FloatInput of(Array array, DType dtype, Kernels kernels) {
    boolean isExact = array.dtype() == dtype || array.dtype() == DType.FLOAT32;
    if (dtype.isHalf() && isExact) {
      Object in = array.storage().values();
      float[] out = Buffers.borrow(array.size());
      ParallelFor.run(array.size(), COST, (at, n) -> convert(kernels, in, dtype, out, at, n));
      return new FloatInput(out, true);
    }
    return new FloatInput(array.astype(dtype).storage().floats(), false);
  }

  private static void convert(Kernels kernels, Object in, DType dtype, float[] out, int at, int n) {
    if (in instanceof float[] values) {
      System.arraycopy(values, at, out, at, n);
      kernels.round(Roundings.of(dtype), out, at, n);
    } else {
      Half.load(kernels, dtype, (short[]) in, out, at, n);
    }
  }

  void release() {
    if (isBorrowed) {
      Buffers.giveBack(values);
    }
  }
}
