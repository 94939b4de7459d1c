package dev.heddle.array.op;

/** The four arithmetic operations on rows of float32, each in a loop that the JIT vectorizes. */
final class Arithmetic {
  private Arithmetic() {}

  /** {@code out[k] = a[k] op b[k]}, each row from an index on. */
  static void rows(
      Binary.Function function, float[] out, int o, float[] a, int i, float[] b, int j, int m) {
    switch (function) {
      case ADD -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] + b[j + k];
        }
      }
      case SUBTRACT -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] - b[j + k];
        }
      }
      case MULTIPLY -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] * b[j + k];
        }
      }
      case DIVIDE -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] / b[j + k];
        }
      }
      case FLOOR_DIVIDE, REMAINDER, POWER, MAXIMUM, MINIMUM ->
          throw new IllegalArgumentException(function + " is not one of the four");
    }
  }

  /** {@code out[k] = a[k] op b}. */
  static void rowAndNumber(
      Binary.Function function, float[] out, int o, float[] a, int i, float b, int m) {
    switch (function) {
      case ADD -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] + b;
        }
      }
      case SUBTRACT -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] - b;
        }
      }
      case MULTIPLY -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] * b;
        }
      }
      case DIVIDE -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a[i + k] / b;
        }
      }
      case FLOOR_DIVIDE, REMAINDER, POWER, MAXIMUM, MINIMUM ->
          throw new IllegalArgumentException(function + " is not one of the four");
    }
  }
}
