package dev.heddle.support;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;

/** Arrays of pseudorandom numbers that are the same on every machine and in every version. */
public final class Numbers {
  private Numbers() {}

  /** Numbers from -2 to 2, determined by the seed. */
  public static Array of(long seed, DType dtype, int... shape) {
    return between(seed, -2, 2, dtype, shape);
  }

  /** Numbers from {@code low} to {@code high}. */
  public static Array between(long seed, double low, double high, DType dtype, int... shape) {
    double[] values = new double[Shape.of(shape).size()];
    long state = seed * 0x9e3779b97f4a7c15L + 1;
    for (int i = 0; i < values.length; i++) {
      state = next(state);
      values[i] = low + (high - low) * ((state >>> 40) * 0x1p-24);
    }
    Array array = Array.of(values, shape);
    return dtype == DType.FLOAT64 ? array : array.astype(dtype);
  }

  /** Zeros and ones. */
  public static Array flags(long seed, int... shape) {
    boolean[] values = new boolean[Shape.of(shape).size()];
    long state = seed * 0x9e3779b97f4a7c15L + 7;
    for (int i = 0; i < values.length; i++) {
      state = next(state);
      values[i] = state < 0;
    }
    return Array.of(values, shape);
  }

  private static long next(long state) {
    long mixed = state * 6364136223846793005L + 1442695040888963407L;
    return mixed ^ (mixed >>> 29);
  }
}
