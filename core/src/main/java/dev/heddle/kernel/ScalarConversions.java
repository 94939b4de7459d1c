package dev.heddle.kernel;

/** The conversions of {@link ElementKernels} as scalar loops. */
final class ScalarConversions {
  private ScalarConversions() {}

  static void fromBfloat16(short[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Rounding.fromBfloat16(in[from + i]);
    }
  }

  static void toBfloat16(float[] in, int from, short[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Rounding.toBfloat16(in[from + i]);
    }
  }

  static void fromFloat16(short[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Float.float16ToFloat(in[from + i]);
    }
  }

  static void toFloat16(float[] in, int from, short[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Rounding.toFloat16(in[from + i]);
    }
  }
}
