package dev.heddle.kernel;

/**
 * The derivatives of {@link ElementKernels} as scalar loops. All arrays are accessed at the same
 * indices, so that the JIT compiler vectorizes the loops.
 */
public final class ScalarDerivatives {
  /** Beyond this gelu is its argument or 0; up to it the polynomial is finite. */
  public static final float FAR = 30;

  private static final float CUBIC = (float) SpecialFunctions.GELU_CUBIC;
  private static final float SCALE = (float) SpecialFunctions.GELU_SCALE;

  private ScalarDerivatives() {}

  static void relu(float[] x, float[] g, float[] out, int from, int n) {
    for (int i = from; i < from + n; i++) {
      out[i] = x[i] > 0 ? g[i] : 0;
    }
  }

  static void gelu(ElementKernels kernels, float[] x, float[] g, float[] out, int from, int n) {
    for (int i = from; i < from + n; i++) {
      float near = Math.max(-FAR, Math.min(FAR, x[i]));
      out[i] = -Math.abs(near) * ((near * near * CUBIC + 1) * SCALE);
    }
    kernels.map(UnaryFunction.EXP, out, from, out, from, n);
    for (int i = from; i < from + n; i++) {
      float near = Math.max(-FAR, Math.min(FAR, x[i]));
      float slope = (near * near * CUBIC * 3 + 1) * SCALE;
      float larger = 1 / (1 + out[i]); // the sigmoid of the magnitude
      float sigmoid = 0.5f + Math.copySign(larger - 0.5f, near);
      out[i] = g[i] * (sigmoid + near * (out[i] * larger * larger) * slope);
    }
  }

  static void multiply(float[] g, float[] out, int from, int n) {
    for (int i = from; i < from + n; i++) {
      out[i] *= g[i];
    }
  }

  static void softmax(ElementKernels kernels, float[] y, float[] g, float[] out, int from, int n) {
    for (int i = from; i < from + n; i++) {
      out[i] = y[i] * g[i];
    }
    float sum = kernels.sum(out, from, n);
    for (int i = from; i < from + n; i++) {
      out[i] = y[i] * (g[i] - sum);
    }
  }

  static void logSoftmax(
      ElementKernels kernels, float[] y, float[] g, float[] out, int from, int n) {
    float sum = kernels.sum(g, from, n);
    kernels.map(UnaryFunction.EXP, y, from, out, from, n);
    for (int i = from; i < from + n; i++) {
      out[i] = g[i] - out[i] * sum;
    }
  }
}
