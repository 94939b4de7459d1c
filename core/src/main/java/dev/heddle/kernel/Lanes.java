package dev.heddle.kernel;

import java.util.Arrays;

/**
 * Sums and products over consecutive elements of float32 in 16 virtual lanes: element i goes to
 * lane i mod 16, and the lanes fold as i + 8, i + 4, i + 2, i + 1. The order is the same at any
 * vector width. A lane starts at +0 (sum) or 1 (product) and accumulates only existing elements,
 * without padding.
 */
public final class Lanes {
  /** The number of lanes. */
  public static final int COUNT = 16;

  private Lanes() {}

  /** The sum of {@code length} elements starting at {@code from}. */
  public static float sum(float[] values, int from, int length) {
    float[] lanes = new float[COUNT];
    for (int i = 0; i < length; i++) {
      lanes[i % COUNT] += values[from + i];
    }
    return foldSum(lanes);
  }

  /** Folds the lanes to their sum; overwrites them. */
  public static float foldSum(float[] lanes) {
    for (int width = COUNT / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        lanes[i] += lanes[i + width];
      }
    }
    return lanes[0];
  }

  /** The product of {@code length} elements starting at {@code from}. */
  public static float product(float[] values, int from, int length) {
    float[] lanes = new float[COUNT];
    Arrays.fill(lanes, 1);
    for (int i = 0; i < length; i++) {
      lanes[i % COUNT] *= values[from + i];
    }
    for (int width = COUNT / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; i++) {
        lanes[i] *= lanes[i + width];
      }
    }
    return lanes[0];
  }

  /** The largest of {@code length} elements starting at {@code from}, NaN if there is one. */
  public static float max(float[] values, int from, int length) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + length; i++) {
      max = Math.max(max, values[i]);
    }
    return max;
  }

  /** The smallest of {@code length} elements starting at {@code from}, NaN if there is one. */
  public static float min(float[] values, int from, int length) {
    float min = Float.POSITIVE_INFINITY;
    for (int i = from; i < from + length; i++) {
      min = Math.min(min, values[i]);
    }
    return min;
  }
}
