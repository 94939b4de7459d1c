package dev.heddle.kernel;

/** The precision to which intermediate values are rounded; they remain float32 or float64. */
public enum Rounding {
  /** No rounding: the type of the computation. */
  NONE,
  /** To float32, where the computation is in float64. */
  FLOAT32,
  /** To bfloat16, to nearest even. */
  BFLOAT16,
  /** To float16, to nearest even; beyond 65504 to infinity. */
  FLOAT16;

  private static final int BFLOAT16_DROPPED = 16;
  private static final int BFLOAT16_NAN = 0x7fc0;
  private static final short FLOAT16_NAN = 0x7e00;

  /** Rounds a value. */
  public float round(float value) {
    return switch (this) {
      case NONE, FLOAT32 -> value;
      case BFLOAT16 -> bfloat16(value);
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(value));
    };
  }

  /** Rounds a range of values in place. */
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

  /** Rounds a value; to bfloat16 via float32, as XLA does. */
  public double round(double value) {
    return switch (this) {
      case NONE -> value;
      case FLOAT32 -> (float) value;
      case BFLOAT16 -> bfloat16((float) value);
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
    };
  }

  /** The bfloat16 bits nearest to a float32, ties to even; 7fc0 for NaN. */
  public static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounded = (bits + 0x7fff + ((bits >>> BFLOAT16_DROPPED) & 1)) >>> BFLOAT16_DROPPED;
    return (short) (Float.isNaN(value) ? BFLOAT16_NAN : rounded);
  }

  /** The float32 of bfloat16 bits; exact. */
  public static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << BFLOAT16_DROPPED);
  }

  /** The float16 bits nearest to a float32, ties to even; 7e00 for NaN. */
  public static short toFloat16(float value) {
    return Float.isNaN(value) ? FLOAT16_NAN : Float.floatToFloat16(value);
  }

  private static float bfloat16(float value) {
    return fromBfloat16(toBfloat16(value));
  }
}
