package dev.heddle.kernel;

/** To which precision a value is rounded before it goes on; the values stay float32 or float64. */
public enum Rounding {
  /** Not at all: the type in which it was computed. */
  NONE,
  /** To float32, where the computation is in float64. */
  FLOAT32,
  /** To bfloat16, to nearest even. */
  BFLOAT16,
  /** To float16, to nearest even; beyond 65504 to infinity. */
  FLOAT16;

  private static final int BFLOAT16_DROPPED = 16;

  /** A value rounded. */
  public float round(float value) {
    return switch (this) {
      case NONE, FLOAT32 -> value;
      case BFLOAT16 -> bfloat16(value);
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(value));
    };
  }

  /** Rounds some values in place. */
  public void round(float[] values, int from, int count) {
    switch (this) {
      case NONE, FLOAT32 -> {}
      case BFLOAT16 -> {
        for (int i = from; i < from + count; i++) {
          values[i] = bfloat16(values[i]);
        }
      }
      case FLOAT16 -> {
        for (int i = from; i < from + count; i++) {
          values[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
        }
      }
    }
  }

  /** A value rounded; to bfloat16 by way of float32, as XLA does. */
  public double round(double value) {
    return switch (this) {
      case NONE -> value;
      case FLOAT32 -> (float) value;
      case BFLOAT16 -> bfloat16((float) value);
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
    };
  }

  private static float bfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    int rounded = bits + 0x7fff + ((bits >>> BFLOAT16_DROPPED) & 1);
    return Float.intBitsToFloat(rounded & 0xffff0000);
  }
}
