package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.Rounding;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Elementwise passes over arrays. */
final class Passes {
  private static final int MANTISSA = (1 << 23) - 1;

  private static final float[] NONE = {};

  static final int BFLOAT16_DROPPED = 16;
  static final int BFLOAT16_HALF = 0x7fff; // the odd bit is added too, which rounds ties to even
  static final int BFLOAT16_MASK = 0xffff0000;

  static final int SIGN = 0x80000000;
  static final int MAGNITUDE = 0x7fffffff;
  static final int EXPONENT = 0x7f800000;

  /** The exponent bits of 2^-14, the least normal number: below it the last bit is 2^-24. */
  static final int FLOAT16_MIN_EXPONENT = (127 - 14) << 23;

  /** Added to the bits of 2^e it gives those of 1.5 * 2^(e + 13), whose last bit is 2^(e - 10). */
  static final int FLOAT16_ROUNDER = (13 << 23) + (1 << 22);

  /** The bits of the least number that float16 rounds to infinity. */
  static final int OVERFLOW = Float.floatToRawIntBits(65520f);

  private Passes() {}

  /**
   * Divides the first {@code count} columns of a range of rows, and possibly those after them up to
   * a multiple of the lanes. For a power of two it multiplies by the inverse, which is faster and
   * gives the same bits.
   */
  static void divide(float[] values, int from, int rows, int stride, int count, float divisor) {
    if (divisor != 1) {
      if (isPowerOfTwo(divisor)) {
        columns(Pass.TIMES, values, from, rows, stride, count, 1 / divisor, NONE, 0);
      } else {
        columns(Pass.DIVIDE, values, from, rows, stride, count, divisor, NONE, 0);
      }
    }
  }

  /**
   * Bends scores to a limit: {@code limit tanh(score / limit)}.
   *
   * @param tanhs receives the tangents of as many elements, from 0; may be the scores
   * @param at the first score
   * @param count the number of scores
   */
  static void cap(float[] scores, int at, int count, float limit, float[] tanhs, int to) {
    for (int i = at; i < at + count; i++) {
      scores[i] /= limit;
    }
    int done = WideFunctions.tanh(scores, at, tanhs, to, count);
    for (int i = done; i < count; i++) {
      tanhs[to + i] = Polynomials.tanh(scores[at + i]);
    }
    for (int i = 0; i < count; i++) {
      scores[at + i] = limit * tanhs[to + i];
    }
  }

  /** Multiplies gradients of capped scores by the derivative of the cap. */
  static void timesSlope(float[] gradients, float[] tanhs, int count) {
    for (int i = 0; i < count; i++) {
      gradients[i] *= Math.fma(-tanhs[i], tanhs[i], 1f);
    }
  }

  /** Whether multiplying by the inverse gives the same bits as dividing. */
  static boolean isPowerOfTwo(float divisor) {
    boolean power = (Float.floatToRawIntBits(divisor) & MANTISSA) == 0;
    return power && 1 / divisor >= Float.MIN_NORMAL && divisor >= Float.MIN_NORMAL;
  }

  /** Adds 0 to the same columns as {@link #divide}, which makes negative zeros positive. */
  static void addZero(float[] values, int from, int rows, int stride, int count) {
    columns(Pass.ADD, values, from, rows, stride, count, 0, NONE, 0);
  }

  /**
   * Adds one row to each of a range of rows.
   *
   * @param count the number of columns, a multiple of twice the lanes
   * @param row the row that is added, starting at {@code at}
   */
  static void addRow(
      float[] row, int at, float[] values, int from, int rows, int stride, int count) {
    columns(Pass.ADD_ROW, values, from, rows, stride, count, 0, row, at);
  }

  /** Whether the first rows are finite; infinities and NaNs times 0 are not 0. */
  static boolean areFinite(MatrixView values, int rows) {
    float[] data = values.data();
    FloatVector zero = FloatVector.zero(F);
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    FloatVector s2 = zero;
    FloatVector s3 = zero;
    FloatVector s4 = zero;
    FloatVector s5 = zero;
    FloatVector s6 = zero;
    FloatVector s7 = zero;
    float rest = 0;
    for (int r = 0; r < rows; r++) {
      int at = values.at(r);
      int end = at + values.cols();
      for (; at + 8 * LANES <= end; at += 8 * LANES) {
        s0 = FloatVector.fromArray(F, data, at).fma(zero, s0);
        s1 = FloatVector.fromArray(F, data, at + LANES).fma(zero, s1);
        s2 = FloatVector.fromArray(F, data, at + 2 * LANES).fma(zero, s2);
        s3 = FloatVector.fromArray(F, data, at + 3 * LANES).fma(zero, s3);
        s4 = FloatVector.fromArray(F, data, at + 4 * LANES).fma(zero, s4);
        s5 = FloatVector.fromArray(F, data, at + 5 * LANES).fma(zero, s5);
        s6 = FloatVector.fromArray(F, data, at + 6 * LANES).fma(zero, s6);
        s7 = FloatVector.fromArray(F, data, at + 7 * LANES).fma(zero, s7);
      }
      for (; at + LANES <= end; at += LANES) {
        s0 = FloatVector.fromArray(F, data, at).fma(zero, s0);
      }
      for (; at < end; at++) {
        rest += data[at] * 0;
      }
    }
    FloatVector sum = s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7);
    return sum.compare(VectorOperators.EQ, 0f).allTrue() && rest == 0;
  }

  /** {@link Rounding#round(float)} of each element. */
  static void round(Rounding rounding, float[] values, int from, int to) {
    if (rounding == Rounding.BFLOAT16 || rounding == Rounding.FLOAT16) {
      int rows = (to - from) / LANES;
      columns(Pass.of(rounding), values, from, rows, LANES, LANES, 0, NONE, 0);
      for (int i = from + rows * LANES; i < to; i++) {
        values[i] = rounding.round(values[i]);
      }
    }
  }

  /** Rounds the first {@code count} columns of a range of rows, and possibly those after them. */
  static void round(Rounding rounding, float[] values, int from, int rows, int stride, int count) {
    if (count > stride - LANES) {
      round(rounding, values, from, from + rows * stride);
    } else if (rounding == Rounding.BFLOAT16 || rounding == Rounding.FLOAT16) {
      columns(Pass.of(rounding), values, from, rows, stride, count, 0, NONE, 0);
    }
  }

  /**
   * All loops in one method, so that it is too long to be inlined; for each vector of columns they
   * iterate over the rows.
   *
   * <p>Rounds to float16 by adding and subtracting a number whose last bit is that of the float16
   * result, which is correct unless a number overflows.
   *
   * @param operand the summand, factor or divisor
   * @param row the row that is added to each row, starting at {@code at}
   */
  private static void columns(
      Pass pass,
      float[] values,
      int from,
      int rows,
      int stride,
      int count,
      float operand,
      float[] row,
      int at) {
    for (int first = from; first < from + count; first += LANES) {
      switch (pass) {
        case ADD -> {
          for (int r = 0, i = first; r < rows; r++, i += stride) {
            FloatVector.fromArray(F, values, i).add(operand).intoArray(values, i);
          }
        }
        case TIMES -> {
          for (int r = 0, i = first; r < rows; r++, i += stride) {
            FloatVector.fromArray(F, values, i).mul(operand).intoArray(values, i);
          }
        }
        case DIVIDE -> {
          for (int r = 0, i = first; r < rows; r++, i += stride) {
            FloatVector.fromArray(F, values, i).div(operand).intoArray(values, i);
          }
        }
        case ADD_ROW -> { // two vectors of columns
          FloatVector b0 = FloatVector.fromArray(F, row, at + first - from);
          first += LANES;
          FloatVector b1 = FloatVector.fromArray(F, row, at + first - from);
          for (int r = 0, i = first; r < rows; r++, i += stride) {
            FloatVector.fromArray(F, values, i - LANES).add(b0).intoArray(values, i - LANES);
            FloatVector.fromArray(F, values, i).add(b1).intoArray(values, i);
          }
        }
        case BFLOAT16 -> {
          for (int r = 0, i = first; r < rows; r++, i += stride) {
            FloatVector x = FloatVector.fromArray(F, values, i);
            IntVector bits = x.reinterpretAsInts();
            IntVector odd = bits.lanewise(VectorOperators.LSHR, BFLOAT16_DROPPED).and(1);
            IntVector y = bits.add(BFLOAT16_HALF).add(odd).and(BFLOAT16_MASK);
            VectorMask<Float> nan = x.compare(VectorOperators.NE, x);
            y.reinterpretAsFloats().blend(x, nan).intoArray(values, i);
          }
        }
        case FLOAT16 -> {
          for (int r = 0, i = first; r < rows; r++, i += stride) {
            FloatVector x = FloatVector.fromArray(F, values, i);
            IntVector bits = x.reinterpretAsInts();
            IntVector exponent = bits.and(EXPONENT).max(FLOAT16_MIN_EXPONENT);
            FloatVector rounder = exponent.add(FLOAT16_ROUNDER).reinterpretAsFloats();
            IntVector rounded = x.add(rounder).sub(rounder).reinterpretAsInts();
            FloatVector y = rounded.or(bits.and(SIGN)).reinterpretAsFloats();
            IntVector size = bits.and(MAGNITUDE);
            if (size.compare(VectorOperators.LT, OVERFLOW).allTrue()) {
              y.intoArray(values, i);
            } else {
              VectorMask<Float> beyond = size.compare(VectorOperators.GE, OVERFLOW).cast(F);
              FloatVector infinite = y.blend(x.mul(Float.POSITIVE_INFINITY), beyond);
              infinite.blend(x, x.compare(VectorOperators.NE, x)).intoArray(values, i);
            }
          }
        }
      }
    }
  }

  /** The loops of {@link #columns}. */
  private enum Pass {
    ADD,
    ADD_ROW,
    TIMES,
    DIVIDE,
    BFLOAT16,
    FLOAT16;

    static Pass of(Rounding rounding) {
      return rounding == Rounding.BFLOAT16 ? BFLOAT16 : FLOAT16;
    }
  }
}
