package dev.heddle.array.op;

/**
 * Arithmetic on rows of float32, in a loop each that the JIT compiler vectorizes. (Functions that
 * are more than an instruction are not here.)
 */
final class Arithmetic {
  private Arithmetic() {}

  static boolean has(Binary.Function function) {
    return switch (function) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM -> true;
      case FLOOR_DIVIDE, REMAINDER, POWER -> false;
    };
  }

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
          throw new IllegalArgumentException(function + " is none of these");
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
          throw new IllegalArgumentException(function + " is none of these");
    }
  }

  /** {@code out[k] = a op b[k]}. */
  static void numberAndRow(
      Binary.Function function, float[] out, int o, float a, float[] b, int j, int m) {
    switch (function) {
      case ADD -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a + b[j + k];
        }
      }
      case SUBTRACT -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a - b[j + k];
        }
      }
      case MULTIPLY -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a * b[j + k];
        }
      }
      case DIVIDE -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = a / b[j + k];
        }
      }
      case MAXIMUM -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = Math.max(a, b[j + k]);
        }
      }
      case MINIMUM -> {
        for (int k = 0; k < m; k++) {
          out[o + k] = Math.min(a, b[j + k]);
        }
      }
      case FLOOR_DIVIDE, REMAINDER, POWER ->
          throw new IllegalArgumentException(function + " is none of these");
    }
  }
}
