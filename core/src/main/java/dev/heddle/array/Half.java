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

  /** The bfloat16 nearest to a float32. */
  static short toBfloat16(float value) {
    return Rounding.toBfloat16(value);
  }

  /** The float32 of a bfloat16's bits; exact. */
  static float fromBfloat16(short bits) {
    return Rounding.fromBfloat16(bits);
  }

  /** The float16 nearest to a float32. */
  static short toFloat16(float value) {
    return Rounding.toFloat16(value);
  }

  /** The float32 of a float16's bits; exact. */
  static float fromFloat16(short bits) {
    return Float.float16ToFloat(bits);
  }

  /** The bfloat16 nearest to each float32. */
  static short[] toBfloat16(float[] values) {
    Kernels kernels = KernelChoice.current().kernels();
    short[] out = new short[values.length];
    ParallelFor.run(out.length, COST, (from, n) -> kernels.toBfloat16(values, from, out, from, n));
    return out;
  }

  /** The float32 of each bfloat16's bits. */
  static float[] fromBfloat16(short[] values) {
    Kernels kernels = KernelChoice.current().kernels();
    float[] out = new float[values.length];
    ParallelFor.run(
        out.length, COST, (from, n) -> kernels.fromBfloat16(values, from, out, from, n));
    return out;
  }

  /** The float16 nearest to each float32. */
  static short[] toFloat16(float[] values) {
    Kernels kernels = KernelChoice.current().kernels();
    short[] out = new short[values.length];
    ParallelFor.run(out.length, COST, (from, n) -> kernels.toFloat16(values, from, out, from, n));
    return out;
  }

  /** The float32 of each float16's bits. */
  static float[] fromFloat16(short[] values) {
    Kernels kernels = KernelChoice.current().kernels();
    float[] out = new float[values.length];
    ParallelFor.run(out.length, COST, (from, n) -> kernels.fromFloat16(values, from, out, from, n));
    return out;
  }

  /** A float32 rounded to bfloat16's precision. */
  static float roundToBfloat16(float value) {
    return fromBfloat16(toBfloat16(value));
  }

  /** A float32 rounded to float16's precision and range. */
  static float roundToFloat16(float value) {
    return fromFloat16(toFloat16(value));
  }

  /** The float16 nearest to a float64, rounded once. */
  static short toFloat16(double value) {
    return toFloat16(roundToOdd(value));
  }

  /** The bfloat16 of a float64, rounded to float32 first as in XLA. */
  static short toBfloat16(double value) {
    return toBfloat16((float) value);
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
