package dev.heddle.simd;

import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.Rounding;

/** An {@link Epilogue} over blocks of a product, two vectors of columns after another. */
final class Epilogues {
  /** Columns that are gone over together. */
  private static final int PAIR = 2 * LANES;

  private Epilogues() {}

  /** As {@link Epilogue#apply}. */
  static void apply(Epilogue end, float[] c, int at, int stride, int rows, int cols, int col) {
    if (end.rounding() == Rounding.NONE) {
      inFull(end, c, at, stride, rows, cols, col);
    } else {
      int whole = cols / LANES * LANES;
      HalfEpilogue.apply(end, c, at, stride, rows, whole, col);
      if (whole < cols) {
        end.apply(c, at + whole, stride, rows, cols - whole, col + whole);
      }
    }
  }

  private static void inFull(
      Epilogue end, float[] c, int at, int stride, int rows, int cols, int col) {
    int whole = cols / PAIR * PAIR;
    float[] bias = end.bias();
    float divisor = end.divisor();
    if (bias != null) {
      Passes.addRow(bias, col, c, at, rows, stride, whole);
      addRest(bias, col, c, at, stride, rows, whole, cols);
    }
    if (divisor != 1) {
      Passes.divide(c, at, rows, stride, whole, divisor);
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
}
