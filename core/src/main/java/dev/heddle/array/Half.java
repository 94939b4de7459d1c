package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.Rounding;

/**
 * Rounding to the 16-bit floating-point types and back. To nearest, ties to even; every NaN becomes
 * the canonical NaN (bfloat16 7fc0, float16 7e00).
 */
final class Half {
  private static final int COST = 16;

  private Half() {}

  /** The bits of one of the two types nearest to each float32. */
  static short[] of(DType dtype, float[] values) {
    Kernels kernels = KernelChoice.current().kernels();
    short[] out = new short[values.length];
    ParallelFor.run(out.length, COST, (from, n) -> store(kernels, dtype, values, out, from, n));
    return out;
  }

  /** Stores a range of float32, rounded to one of the two types, at the same indices. */
  static void store(Kernels kernels, DType dtype, float[] in, short[] out, int at, int count) {
    if (dtype == DType.BFLOAT16) {
      kernels.toBfloat16(in, at, out, at, count);
    } else {
      kernels.toFloat16(in, at, out, at, count);
    }
  }

  /** The float32 of each element of one of the two types. */
  static float[] floats(DType dtype, short[] values) {
    Kernels kernels = KernelChoice.current().kernels();
    float[] out = new float[values.length];
    ParallelFor.run(out.length, COST, (from, n) -> load(kernels, dtype, values, out, from, n));
    return out;
  }

  /** Loads a range of one of the two types as float32, at the same indices. */
  static void load(Kernels kernels, DType dtype, short[] in, float[] out, int at, int count) {
    if (dtype == DType.BFLOAT16) {
      kernels.fromBfloat16(in, at, out, at, count);
    } else {
      kernels.fromFloat16(in, at, out, at, count);
    }
  }

  /** The float16 nearest to a float64, rounded once. */
  static short toFloat16(double value) {
    return Rounding.toFloat16(roundToOdd(value));
  }

  /** The bfloat16 of a float64, rounded to float32 first as in XLA. */
  static short toBfloat16(double value) {
    return Rounding.toBfloat16((float) value);
  }

  /**
   * Rounds to odd: a second rounding, to a shorter type, then gives the correctly rounded result.
   */
  private static float roundToOdd(double value) {
    float nearest = (float) value;
    if (nearest == value || Double.isNaN(value) || Float.isInfinite(nearest)) {
      return nearest;
    }
    int bits = Float.floatToRawIntBits(nearest);
    if ((bits & 1) != 0) {
      return nearest;
    }
    boolean up = Math.abs(value) > Math.abs(nearest);
    return Float.intBitsToFloat(up ? bits + 1 : bits - 1);
  }
}
