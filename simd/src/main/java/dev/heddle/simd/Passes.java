package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Passes over arrays of numbers that do the same to each of them. */
final class Passes {
  private static final int MANTISSA = (1 << 23) - 1;

  static final int BFLOAT16_DROPPED = 16;
  static final int BFLOAT16_HALF = 0x7fff; // a tie needs one more, which an odd bit adds
  static final int BFLOAT16_KEPT = 0xffff0000;

  static final int SIGN = 0x80000000;
  static final int MAGNITUDE = 0x7fffffff;
  static final int EXPONENT = 0x7f800000;

  /** Of 2^-14, the least normal number: below it the last bit is always 2^-24. */
  static final int FLOAT16_LEAST_EXPONENT = (127 - 14) << 23;

  /** To the bits of 2^e, gives those of 1.5 * 2^(e + 13), whose last bit is 2^(e - 10). */
  static final int FLOAT16_ROUNDER = (13 << 23) + (1 << 22);

  /** The bits of the first number that becomes infinite in float16. */
  static final int OVERFLOW = Float.floatToRawIntBits(65520f);

  private Passes() {}

  /**
   * Divides the first {@code count} columns of some rows, and may divide what follows them. A power
   * of two divides by its inverse, which gives the same bits sooner.
   */
  static void divide(float[] values, int rows, int stride, int count, float divisor) {
    float inverse = 1 / divisor;
    boolean power = (Float.floatToRawIntBits(divisor) & MANTISSA) == 0;
    boolean exact = power && inverse >= Float.MIN_NORMAL && divisor >= Float.MIN_NORMAL;
    if (divisor == 1) {
      return;
    }
    for (int row = 0; row < rows; row++) {
      int at = row * stride;
      for (int end = at + count; at < end; at += LANES) {
        FloatVector x = FloatVector.fromArray(F, values, at);
        (exact ? x.mul(inverse) : x.div(divisor)).intoArray(values, at);
      }
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

  /** {@link Rounding#round(float)} of each. */
  static void round(Rounding rounding, float[] values, int from, int to) {
    if (rounding == Rounding.BFLOAT16 || rounding == Rounding.FLOAT16) {
      int rows = (to - from) / LANES;
      columns(rounding == Rounding.BFLOAT16, values, from, rows, LANES, LANES);
      for (int i = from + rows * LANES; i < to; i++) {
        values[i] = rounding.round(values[i]);
      }
    }
  }

  /** Rounds the first {@code count} columns of some rows, and may round what follows them. */
  static void round(Rounding rounding, float[] values, int from, int rows, int stride, int count) {
    if (count > stride - LANES) {
      round(rounding, values, from, from + rows * stride);
    } else if (rounding == Rounding.BFLOAT16 || rounding == Rounding.FLOAT16) {
      columns(rounding == Rounding.BFLOAT16, values, from, rows, stride, count);
    }
  }

  /**
   * The loops of both types in one method, written out, so that it is too long to be inlined and is
   * compiled alone: deep below a call, vectors become objects.
   *
   * <p>To float16 by adding a number of which the last bit is the one that float16 has last, and
   * subtracting it again. That is all where the numbers stay finite.
   */
  private static void columns(
      boolean isBfloat16, float[] values, int from, int rows, int stride, int count) {
    if (isBfloat16) {
      for (int first = from; first < from + count; first += LANES) {
        for (int r = 0, i = first; r < rows; r++, i += stride) {
          FloatVector x = FloatVector.fromArray(F, values, i);
          IntVector bits = x.reinterpretAsInts();
          IntVector odd = bits.lanewise(VectorOperators.LSHR, BFLOAT16_DROPPED).and(1);
          IntVector y = bits.add(BFLOAT16_HALF).add(odd).and(BFLOAT16_KEPT);
          VectorMask<Float> nan = x.compare(VectorOperators.NE, x);
          y.reinterpretAsFloats().blend(x, nan).intoArray(values, i);
        }
      }
      return;
    }
    for (int first = from; first < from + count; first += LANES) {
      for (int r = 0, i = first; r < rows; r++, i += stride) {
        FloatVector x = FloatVector.fromArray(F, values, i);
        IntVector bits = x.reinterpretAsInts();
        IntVector exponent = bits.and(EXPONENT).max(FLOAT16_LEAST_EXPONENT);
        FloatVector rounder = exponent.add(FLOAT16_ROUNDER).reinterpretAsFloats();
        IntVector rounded = x.add(rounder).sub(rounder).reinterpretAsInts();
        FloatVector y = rounded.or(bits.and(SIGN)).reinterpretAsFloats();
        IntVector size = bits.and(MAGNITUDE);
        if (!size.compare(VectorOperators.LT, OVERFLOW).allTrue()) {
          VectorMask<Float> beyond = size.compare(VectorOperators.GE, OVERFLOW).cast(F);
          y = y.blend(x.mul(Float.POSITIVE_INFINITY), beyond);
          y = y.blend(x, x.compare(VectorOperators.NE, x));
        }
        y.intoArray(values, i);
      }
    }
  }
}
