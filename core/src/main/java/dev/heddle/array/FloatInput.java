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
    Storage storage = array.dtype() == dtype ? array.storage() : null;
    if (storage instanceof Storage.BF16(short[] halves)) {
      float[] out = Buffers.borrow(halves.length);
      ParallelFor.run(halves.length, COST, (at, n) -> kernels.fromBfloat16(halves, at, out, at, n));
      return new FloatInput(out, true);
    }
    if (storage instanceof Storage.F16(short[] halves)) {
      float[] out = Buffers.borrow(halves.length);
      ParallelFor.run(halves.length, COST, (at, n) -> kernels.fromFloat16(halves, at, out, at, n));
      return new FloatInput(out, true);
    }
    if (dtype.isHalf() && array.storage() instanceof Storage.F32(float[] in)) {
      float[] out = Buffers.borrow(in.length);
      ParallelFor.run(
          in.length,
          COST,
          (at, n) -> {
            System.arraycopy(in, at, out, at, n);
            kernels.round(Roundings.of(dtype), out, at, n);
          });
      return new FloatInput(out, true);
    }
    return new FloatInput(array.astype(dtype).storage().floats(), false);
  }

  void release() {
    if (isBorrowed) {
      Buffers.giveBack(values);
    }
  }
}
