package dev.heddle.kernel;

/**
 * {@link ElementKernels#map} as scalar loops, one method for each function: the JIT compiler
 * vectorizes many of these, but not a loop over calls of a function object.
 */
final class ScalarFunctions {
  private ScalarFunctions() {}

  static void map(UnaryFunction function, float[] in, int from, float[] out, int at, int n) {
    switch (function) {
      case NEGATIVE -> negative(in, from, out, at, n);
      case ABS -> abs(in, from, out, at, n);
      case SIGN -> sign(in, from, out, at, n);
      case SQUARE -> square(in, from, out, at, n);
      case RECIPROCAL -> reciprocal(in, from, out, at, n);
      case SQRT -> sqrt(in, from, out, at, n);
      case RSQRT -> rsqrt(in, from, out, at, n);
      case CBRT -> cbrt(in, from, out, at, n);
      case EXP -> exp(in, from, out, at, n);
      case EXP2 -> exp2(in, from, out, at, n);
      case EXPM1 -> expm1(in, from, out, at, n);
      case LOG -> log(in, from, out, at, n);
      case LOG2 -> log2(in, from, out, at, n);
      case LOG1P -> log1p(in, from, out, at, n);
      case SIN -> sin(in, from, out, at, n);
      case COS -> cos(in, from, out, at, n);
      case TANH -> tanh(in, from, out, at, n);
      case SIGMOID -> sigmoid(in, from, out, at, n);
      case ERF -> erf(in, from, out, at, n);
      case ERFC -> erfc(in, from, out, at, n);
      case ERF_INV -> erfInv(in, from, out, at, n);
      case RELU -> relu(in, from, out, at, n);
      case SILU -> silu(in, from, out, at, n);
      case GELU -> gelu(in, from, out, at, n);
      case GELU_DERIVATIVE -> geluDerivative(in, from, out, at, n);
      case GELU_TANH -> geluTanh(in, from, out, at, n);
      case SOFTPLUS -> softplus(in, from, out, at, n);
      case FLOOR -> floor(in, from, out, at, n);
      case CEIL -> ceil(in, from, out, at, n);
      case ROUND -> round(in, from, out, at, n);
    }
  }

  private static void negative(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = -in[from + i];
    }
  }

  private static void abs(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Math.abs(in[from + i]);
    }
  }

  private static void sign(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Math.signum(in[from + i]);
    }
  }

  private static void square(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = in[from + i] * in[from + i];
    }
  }

  private static void reciprocal(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = 1 / in[from + i];
    }
  }

  private static void sqrt(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.sqrt(in[from + i]);
    }
  }

  private static void rsqrt(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.rsqrt(in[from + i]);
    }
  }

  private static void cbrt(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.cbrt(in[from + i]);
    }
  }

  private static void exp(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.exp(in[from + i]);
    }
  }

  private static void exp2(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.exp2(in[from + i]);
    }
  }

  private static void expm1(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.expm1(in[from + i]);
    }
  }

  private static void log(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.log(in[from + i]);
    }
  }

  private static void log2(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.log2(in[from + i]);
    }
  }

  private static void log1p(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.log1p(in[from + i]);
    }
  }

  private static void sin(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.sin(in[from + i]);
    }
  }

  private static void cos(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.cos(in[from + i]);
    }
  }

  private static void tanh(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.tanh(in[from + i]);
    }
  }

  private static void sigmoid(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.sigmoid(in[from + i]);
    }
  }

  private static void erf(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.erf(in[from + i]);
    }
  }

  private static void erfc(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.erfc(in[from + i]);
    }
  }

  private static void erfInv(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = ErfInv.erfInv(in[from + i]);
    }
  }

  private static void relu(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Math.max(in[from + i], 0);
    }
  }

  private static void silu(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.silu(in[from + i]);
    }
  }

  private static void gelu(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.gelu(in[from + i]);
    }
  }

  private static void geluDerivative(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.geluDerivative(in[from + i]);
    }
  }

  private static void geluTanh(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.geluTanh(in[from + i]);
    }
  }

  private static void softplus(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Polynomials.softplus(in[from + i]);
    }
  }

  private static void floor(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = (float) Math.floor(in[from + i]);
    }
  }

  private static void ceil(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = (float) Math.ceil(in[from + i]);
    }
  }

  private static void round(float[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = (float) Math.rint(in[from + i]);
    }
  }
}
