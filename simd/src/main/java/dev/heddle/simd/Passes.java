package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Passes over arrays of numbers that do the same to each of them. */
final class Passes {
  private static final int MANTISSA = (1 << 23) - 1;

  private Passes() {}

  /** Divides. A power of two divides by its inverse, which gives the same bits sooner. */
  static void divide(float[] values, int length, float divisor) {
    float inverse = 1 / divisor;
    boolean power = (Float.floatToRawIntBits(divisor) & MANTISSA) == 0;
    int i = 0;
    if (divisor == 1) {
      return;
    }
    if (power && inverse >= Float.MIN_NORMAL && divisor >= Float.MIN_NORMAL) {
      for (; i + LANES <= length; i += LANES) {
        FloatVector.fromArray(F, values, i).mul(inverse).intoArray(values, i);
      }
    } else {
      for (; i + LANES <= length; i += LANES) {
        FloatVector.fromArray(F, values, i).div(divisor).intoArray(values, i);
      }
    }
    for (; i < length; i++) {
      values[i] /= divisor;
    }
  }

  /** Whether the first rows hold neither an infinity nor a NaN: times 0 they are not 0. */
  static boolean areFinite(Rows values, int rows) {
    FloatVector sum = FloatVector.zero(F);
    float rest = 0;
    for (int r = 0; r < rows; r++) {
      int at = values.at(r);
      int end = at + values.cols();
      for (; at + LANES <= end; at += LANES) {
        sum = FloatVector.fromArray(F, values.data(), at).fma(FloatVector.zero(F), sum);
      }
      for (; at < end; at++) {
        rest += values.data()[at] * 0;
      }
    }
    return sum.compare(VectorOperators.EQ, 0f).allTrue() && rest == 0;
  }

  static void round(Rounding rounding, float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = rounding.round(values[i]);
    }
  }
}
