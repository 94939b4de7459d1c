package dev.heddle.linen.initializers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.kernel.Rounding;

/** The few operations that initializers do after drawing, each rounded to the parameter's type. */
final class RoundedScalars {
  private RoundedScalars() {}

  /** A float64 of Python as a number of the type. */
  static double constant(double value, DType dtype) {
    return dtype == DType.FLOAT16 ? Array.scalar(value, dtype).item() : to(value, dtype);
  }

  /** The exact result of one operation on numbers of the type, rounded as XLA rounds it. */
  static double to(double result, DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> (float) result;
      case BFLOAT16 -> Rounding.BFLOAT16.round((float) result);
      case FLOAT16 -> Rounding.FLOAT16.round((float) result);
      default -> result;
    };
  }

  /** An array times a number of its type. */
  static Array times(Array x, double factor) {
    if (x.dtype() == DType.FLOAT64) {
      double[] values = x.toDoubleArray();
      for (int i = 0; i < values.length; i++) {
        values[i] *= factor;
      }
      return Array.of(values).reshape(x.shape().dims());
    }
    float[] values = x.toFloatArray();
    float scale = (float) factor;
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    return ArrayInternals.wrap(values, x.shape()).astype(x.dtype());
  }
}
