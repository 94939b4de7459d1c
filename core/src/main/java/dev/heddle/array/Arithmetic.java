package dev.heddle.array;

/**
 * Arithmetic on rows of float32, with one loop per function, which the JIT compiler vectorizes.
 * Only functions of a single instruction are included.
 */
final class Arithmetic {
  private Arithmetic() {}

  static boolean has(Binary.Function function) {
    return switch (function) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM -> true;
      case FLOOR_DIVIDE, REMAINDER, POWER -> false;
    };
  }

  /** {@code out[o + k] = a[i + k] op b[j + k]} for {@code k < m}. */
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
      case MAXIMUM -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = Math.max(a[i + k], b[j + k]);
        }
      }
      case MINIMUM -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = Math.min(a[i + k], b[j + k]);
        }
      }
      case FLOOR_DIVIDE, REMAINDER, POWER ->
          throw new IllegalArgumentException(function + ": expected a function of one instruction");
    }
  }

  /** {@code out[o + k] = a[i + k] op b}. */
  static void rowAndScalar(
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
      case MAXIMUM -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = Math.max(a[i + k], b);
        }
      }
      case MINIMUM -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = Math.min(a[i + k], b);
        }
      }
      case FLOOR_DIVIDE, REMAINDER, POWER ->
          throw new IllegalArgumentException(function + ": expected a function of one instruction");
    }
  }

  /** {@code out[o + k] = a op b[j + k]}. */
  static void scalarAndRow(
      Binary.Function function, float[] out, int o, float a, float[] b, int j, int m) {
    switch (function) {
      case SUBTRACT -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a - b[j + k];
        }
      }
      case DIVIDE -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a / b[j + k];
        }
      }
      default -> rowAndScalar(function, out, o, b, j, a, m); // the others commute
    }
  }
}
