package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.Rounding;
import jdk.incubator.vector.FloatVector;

/** An {@link Epilogue} over blocks of a product, two vectors of columns after another. */
final class Finish {
  /** Columns that are gone over together. */
  private static final int PAIR = 2 * LANES;

  private static final int MANTISSA = 0x7fffff;

  private Finish() {}

  /** As {@link Epilogue#apply}. */
  static void apply(Epilogue end, float[] c, int at, int stride, int rows, int cols, int col) {
    if (end.rounding() == Rounding.NONE) {
      inFull(end, c, at, stride, rows, cols, col);
    } else {
      int whole = cols / LANES * LANES;
      HalfFinish.apply(end, c, at, stride, rows, whole, col);
      if (whole < cols) {
        end.apply(c, at + whole, stride, rows, cols - whole, col + whole);
      }
    }
  }

  /** Whether a product with the inverse rounds the same number. */
  static boolean isPower(float divisor) {
    return (Float.floatToRawIntBits(divisor) & MANTISSA) == 0 && 1 / divisor >= Float.MIN_NORMAL;
  }

  private static void inFull(
      Epilogue end, float[] c, int at, int stride, int rows, int cols, int col) {
    int whole = cols / PAIR * PAIR;
    float[] bias = end.bias();
    float divisor = end.divisor();
    if (bias != null) {
      for (int j = 0; j < whole; j += PAIR) {
        add(bias, col + j, c, at + j, stride, rows);
      }
      addRest(bias, col, c, at, stride, rows, whole, cols);
    }
    if (divisor != 1) {
      divide(c, at, stride, rows, whole, divisor);
      divideRest(c, at, stride, rows, whole, cols, divisor);
    }
  }

  private static void addRest(
      float[] bias, int col, float[] c, int at, int stride, int rows, int from, int cols) {
    for (int r = 0; from < cols && r < rows; r++) {
      for (int j = from; j < cols; j++) {
        c[at + r * stride + j] += bias[col + j];
      }
    }
  }

  private static void divideRest(
      float[] c, int at, int stride, int rows, int from, int cols, float divisor) {
    for (int r = 0; from < cols && r < rows; r++) {
      for (int j = from; j < cols; j++) {
        c[at + r * stride + j] /= divisor;
      }
    }
  }

  private static void add(float[] bias, int from, float[] c, int at, int stride, int rows) {
    FloatVector b0 = FloatVector.fromArray(F, bias, from);
    FloatVector b1 = FloatVector.fromArray(F, bias, from + LANES);
    for (int r = 0, to = at; r < rows; r++, to += stride) {
      FloatVector.fromArray(F, c, to).add(b0).intoArray(c, to);
      FloatVector.fromArray(F, c, to + LANES).add(b1).intoArray(c, to + LANES);
    }
  }

  /** Divides; by a power of two with a product, which rounds the same number. */
  private static void divide(float[] c, int at, int stride, int rows, int cols, float divisor) {
    float inverse = 1 / divisor;
    boolean isPower = isPower(divisor);
    for (int j = 0; j < cols; j += LANES) {
      for (int r = 0, to = at + j; r < rows; r++, to += stride) {
        FloatVector x = FloatVector.fromArray(F, c, to);
        (isPower ? x.mul(inverse) : x.div(divisor)).intoArray(c, to);
      }
    }
  }
}
