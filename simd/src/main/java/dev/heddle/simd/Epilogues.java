package dev.heddle.simd;

import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.Rounding;

/** {@link Epilogue} with vectors, over blocks of a product. */
final class Epilogues {
  /** Columns per vector pair. */
  private static final int PAIR = 2 * LANES;

  private Epilogues() {}

  /** As {@link Epilogue#apply}. */
  static void apply(Epilogue epilogue, float[] c, int at, int stride, int rows, int cols, int col) {
    if (epilogue.rounding() == Rounding.NONE) {
      withoutRounding(epilogue, c, at, stride, rows, cols, col);
    } else {
      int whole = cols / LANES * LANES;
      HalfEpilogue.apply(epilogue, c, at, stride, rows, whole, col);
      if (whole < cols) {
        epilogue.apply(c, at + whole, stride, rows, cols - whole, col + whole);
      }
    }
  }

  private static void withoutRounding(
      Epilogue epilogue, float[] c, int at, int stride, int rows, int cols, int col) {
    int whole = cols / PAIR * PAIR;
    float[] bias = epilogue.bias();
    float divisor = epilogue.divisor();
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
