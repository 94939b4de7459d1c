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

  private static final int BFLOAT16_DROPPED = 16;
  private static final int BFLOAT16_HALF = 0x7fff; // a tie needs one more, which an odd bit adds
  private static final int BFLOAT16_KEPT = 0xffff0000;

  private static final int FLOAT16_DROPPED = 13;
  private static final int FLOAT16_HALF = 0xfff;
  private static final int FLOAT16_KEPT = ~0x1fff;
  private static final float FLOAT16_NORMAL = 0x1p-14f;
  private static final int FLOAT16_LEAST = Float.floatToRawIntBits(FLOAT16_NORMAL);

  /** As many bit patterns up to 65520, the first number that becomes infinite. */
  private static final int FLOAT16_RANGE = Float.floatToRawIntBits(65520f) - FLOAT16_LEAST;

  private static final int MAGNITUDE = 0x7fffffff;

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
    switch (rounding) {
      case NONE, FLOAT32 -> {}
      case BFLOAT16 -> bfloat16(values, from, to);
      case FLOAT16 -> float16(values, from, to);
    }
  }

  private static void bfloat16(float[] values, int from, int to) {
    int i = from;
    for (; i + LANES <= to; i += LANES) {
      toBfloat16(FloatVector.fromArray(F, values, i)).intoArray(values, i);
    }
    for (; i < to; i++) {
      values[i] = Rounding.BFLOAT16.round(values[i]);
    }
  }

  /**
   * In two ways: where all of a vector stay normal numbers of float16 the last bits are dropped.
   */
  private static void float16(float[] values, int from, int to) {
    int i = from;
    for (; i + LANES <= to; i += LANES) {
      FloatVector x = FloatVector.fromArray(F, values, i);
      FloatVector y = toNormalFloat16(x);
      if (!isNormalFloat16(x).allTrue()) {
        IntVector bits = x.reinterpretAsInts();
        FloatVector size = bits.and(MAGNITUDE).reinterpretAsFloats();
        IntVector tiny = size.add(0.5f).sub(0.5f).reinterpretAsInts(); // steps of 2^-24
        IntVector signed = tiny.or(bits.and(~MAGNITUDE));
        VectorMask<Float> subnormal = size.compare(VectorOperators.LT, FLOAT16_NORMAL);
        y = y.blend(y.mul(Float.POSITIVE_INFINITY), y.abs().compare(VectorOperators.GE, 65536f));
        y = y.blend(signed.reinterpretAsFloats(), subnormal);
        y = y.blend(x, x.compare(VectorOperators.NE, x));
      }
      y.intoArray(values, i);
    }
    for (; i < to; i++) {
      values[i] = Rounding.FLOAT16.round(values[i]);
    }
  }

  /** The nearest numbers of bfloat16. */
  static FloatVector toBfloat16(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, BFLOAT16_DROPPED).and(1);
    IntVector rounded = bits.add(BFLOAT16_HALF).add(odd).and(BFLOAT16_KEPT);
    VectorMask<Float> nan = x.compare(VectorOperators.NE, x);
    return rounded.reinterpretAsFloats().blend(x, nan);
  }

  /** The nearest numbers of float16 where {@link #isNormalFloat16} holds. */
  static FloatVector toNormalFloat16(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, FLOAT16_DROPPED).and(1);
    return bits.add(FLOAT16_HALF).add(odd).and(FLOAT16_KEPT).reinterpretAsFloats();
  }

  /** Where float16 has neither a subnormal number nor infinity for a number. */
  static VectorMask<Integer> isNormalFloat16(FloatVector x) {
    IntVector aboveLeast = x.reinterpretAsInts().and(MAGNITUDE).sub(FLOAT16_LEAST);
    return aboveLeast.compare(VectorOperators.ULT, FLOAT16_RANGE);
  }
}
