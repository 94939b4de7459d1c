package dev.heddle.random;

import dev.heddle.array.DType;
import dev.heddle.kernel.Rounding;

/**
 * Uniform and normal numbers of float32, bfloat16 or float16, by XLA's steps: in float32 with one
 * fused multiply-add, in the 16-bit types with every operation rounded and none fused.
 *
 * @param era the era of JAX
 * @param dtype a floating-point type other than float64
 */
record Float32Sampler(Era era, DType dtype) {
  private static final float SQRT2 = (float) Math.sqrt(2);

  /** Uniform numbers in [lo, hi), where both are of the type. */
  float[] uniform(Key key, int n, float lo, float hi) {
    float[] out = new float[n];
    float span = round(hi - lo);
    int[] bits = Bits.draw(key, randomBits(), n);
    for (int i = 0; i < n; i++) {
      float unit = unit(bits[i]);
      float value =
          dtype == DType.FLOAT32 ? XlaFloat.fma(unit, span, lo) : round(round(unit * span) + lo);
      out[i] = Math.max(lo, value);
    }
    return out;
  }

  private int randomBits() {
    return switch (dtype) {
      case BFLOAT16 -> 8;
      case FLOAT16 -> 16;
      default -> 32;
    };
  }

  /** A number in [0, 1): the bits are the fraction of a number in [1, 2), minus 1. */
  private float unit(int bits) {
    return switch (dtype) {
          case BFLOAT16 -> Rounding.fromBfloat16((short) (bits >>> 1 | 0x3f80));
          case FLOAT16 -> Float.float16ToFloat((short) (bits >>> 6 | 0x3c00));
          default -> Float.intBitsToFloat(bits >>> 9 | 0x3f800000);
        }
        - 1f;
  }

  /** Numbers of the standard normal distribution. */
  float[] normal(Key key, int n) {
    float[] out = uniform(key, n, nextUp(-1f), 1f);
    for (int i = 0; i < n; i++) {
      out[i] = normalOf(out[i]);
    }
    return out;
  }

  /** Numbers of the standard Gumbel distribution. */
  float[] gumbel(Key key, int n) {
    float min = dtype == DType.FLOAT16 ? 0x1p-14f : Float.MIN_NORMAL; // XLA drops its addition
    float[] out = uniform(key, n, 0, 1);
    for (int i = 0; i < n; i++) {
      float u = Math.max(min, out[i]);
      out[i] = -round(XlaFloat.log(-round(XlaFloat.log(u))));
    }
    return out;
  }

  /** Numbers of the standard normal distribution between two bounds of the type, exclusive. */
  float[] truncatedNormal(Key key, int n, float lower, float upper) {
    float a = round(XlaFloat.erfOfLower(overSqrt2(lower), era));
    float b = round(XlaFloat.erf(overSqrt2(upper), era));
    float[] out = uniform(key, n, a, b);
    float min = nextUp(lower);
    float max = -nextUp(-upper);
    for (int i = 0; i < n; i++) {
      out[i] = Math.min(Math.max(normalOf(out[i]), min), max);
    }
    return out;
  }

  /**
   * A bound divided by the square root of two. XLA multiplies by the constant's reciprocal, except
   * in bfloat16, where the classic era does not round the quotient.
   */
  private float overSqrt2(float x) {
    float root = round(SQRT2);
    if (dtype == DType.BFLOAT16) {
      return era == Era.MODERN ? round(x / root) : x / root;
    }
    return round(x * round(1 / root));
  }

  private float normalOf(float u) {
    return round(round(SQRT2) * round(XlaFloat.erfInv(u, era)));
  }

  /** A Python float converted to the type. */
  float constant(double value) {
    return round((float) value);
  }

  /** A float32 rounded to the type. */
  float round(float value) {
    return switch (dtype) {
      case BFLOAT16 -> Rounding.BFLOAT16.round(value);
      case FLOAT16 -> Rounding.FLOAT16.round(value);
      default -> value;
    };
  }

  /** The next larger number of the type. */
  private float nextUp(float value) {
    if (value == Float.POSITIVE_INFINITY) {
      return value;
    }
    int step = value < 0 ? -1 : 1;
    return switch (dtype) {
      case BFLOAT16 ->
          value == 0
              ? Rounding.fromBfloat16(
                  (short) (era == Era.MODERN ? 0 : 1)) // modern: flushed to zero
              : Rounding.fromBfloat16((short) (Rounding.toBfloat16(value) + step));
      case FLOAT16 ->
          Float.float16ToFloat((short) (value == 0 ? 1 : Rounding.toFloat16(value) + step));
      default -> Math.nextUp(value);
    };
  }
}
