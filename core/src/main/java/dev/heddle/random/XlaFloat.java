package dev.heddle.random;

import dev.heddle.kernel.Fma;

/**
 * XLA's float32 logarithm, error function and inverse error function on a CPU, with the same bits.
 * They serve the random numbers; models use the functions of {@code array}.
 *
 * <p>Polynomials are Horner chains of fused multiply-adds. Coefficients: Cephes (log, log1p) and
 * Giles, <i>Approximating the erfinv function</i> (2010). The eras differ in one rounding of {@code
 * log1p} and in the polynomial of {@code erf}.
 */
final class XlaFloat {
  private static final float SQRT_HALF = 0.707106781186547524f;
  private static final float LOG1P_LIMIT = 0.41421356237309504880f; // sqrt(2) - 1

  private static final float[] LOG_A = {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f};
  private static final float[] LOG_B = {-1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f};
  private static final float[] LOG_C = {2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f};
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float LN2_HIGH = 0.693359375f;

  private static final float[] LOG1P_P = floats(XlaDouble.LOG1P_P);
  private static final float[] LOG1P_Q = floats(XlaDouble.LOG1P_Q);

  private static final float[] ERF_INV_CENTRE = {
    2.81022636e-08f,
    3.43273939e-07f,
    -3.5233877e-06f,
    -4.39150654e-06f,
    2.1858087e-04f,
    -1.25372503e-03f,
    -4.17768164e-03f,
    0.246640727f,
    1.50140941f
  };
  private static final float[] ERF_INV_TAIL = {
    -2.00214257e-04f,
    1.00950558e-04f,
    1.34934322e-03f,
    -3.67342844e-03f,
    5.73950773e-03f,
    -7.6224613e-03f,
    9.43887047e-03f,
    1.00167406f,
    2.83297682f
  };

  private static final float ERF_LIMIT_MODERN = 3.7439211627767994f; // 1 from here on
  private static final float[] ERF_P_MODERN = {
    0.00022905065861350646f,
    0.0034082910107109506f,
    0.050955695062380861f,
    0.18520832239976145f,
    1.128379143519084f
  };
  private static final float[] ERF_Q_MODERN = {
    -1.1791602954361697e-7f,
    0.000023547966471313185f,
    0.0010179625278914885f,
    0.014070470171167667f,
    0.11098505178285362f,
    0.49746925110067538f,
    1f
  };
  private static final float ERF_LIMIT_CLASSIC = 4f;
  private static final float[] ERF_P_CLASSIC = {
    -2.72614225801306e-10f,
    2.77068142495902e-08f,
    -2.10102402082508e-06f,
    -5.69250639462346e-05f,
    -7.34990630326855e-04f,
    -2.95459980854025e-03f,
    -1.60960333262415e-02f
  };
  private static final float[] ERF_Q_CLASSIC = {
    -1.45660718464996e-05f,
    -2.13374055278905e-04f,
    -1.68282697438203e-03f,
    -7.37332916720468e-03f,
    -1.42647390514189e-02f
  };

  private static final int ERF_P_NOT_FUSED = 3;
  private static final int ERF_Q_NOT_FUSED = 1;

  private XlaFloat() {}

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** The inverse of the error function; NaN outside [-1, 1]. */
  static float erfInv(float x, Era era) {
    if (Math.abs(x) == 1) {
      return x * Float.POSITIVE_INFINITY;
    }
    float w = -log1p(-(x * x), era);
    float p =
        w < 5 ? horner(ERF_INV_CENTRE, w - 2.5f) : horner(ERF_INV_TAIL, (float) Math.sqrt(w) - 3f);
    return p * x;
  }

  /** The error function, as compiled for the upper bound of a truncated normal. */
  static float erf(float x, Era era) {
    if (era == Era.CLASSIC) {
      return erfClassic(x, 0, 0);
    }
    if (Math.abs(x) >= ERF_LIMIT_MODERN) {
      return Math.signum(x);
    }
    float x2 = x * x;
    return x * horner(ERF_P_MODERN, x2) / horner(ERF_Q_MODERN, x2);
  }

  /**
   * The error function of the lower bound. The classic XLA compiles both bounds into one kernel, in
   * which two steps of the lower bound's polynomials are not fused.
   */
  static float erfOfLower(float x, Era era) {
    return era == Era.CLASSIC ? erfClassic(x, ERF_P_NOT_FUSED, ERF_Q_NOT_FUSED) : erf(x, era);
  }

  private static float erfClassic(float x, int pNotFused, int qNotFused) {
    float t = Math.clamp(x, -ERF_LIMIT_CLASSIC, ERF_LIMIT_CLASSIC);
    float t2 = t * t;
    float p = horner(ERF_P_CLASSIC, t2, pNotFused);
    float q = horner(ERF_Q_CLASSIC, t2, qNotFused);
    return Math.clamp(t * p / q, -1f, 1f);
  }

  /** log(1 + x). */
  static float log1p(float x, Era era) {
    if (!(Math.abs(x) < LOG1P_LIMIT)) {
      return log(1f + x);
    }
    float quotient = horner(LOG1P_P, x) / horner(LOG1P_Q, x);
    float x2 = x * x;
    float x3 = x * x2;
    float rest = era == Era.MODERN ? fma(-0.5f, x2, x3 * quotient) : fma(x3, quotient, -0.5f * x2);
    return x + rest;
  }

  /** The natural logarithm; 0 and subnormals, which XLA flushes to 0, give minus infinity. */
  static float log(float x) {
    if (!(x >= Float.MIN_NORMAL && x < Float.POSITIVE_INFINITY)) {
      boolean zero = Math.abs(x) < Float.MIN_NORMAL;
      return zero ? Float.NEGATIVE_INFINITY : x > 0 ? x : Float.NaN;
    }
    int bits = Float.floatToRawIntBits(x);
    float e = (bits >>> 23) - 126;
    float m = Float.intBitsToFloat((bits & 0x007fffff) | 0x3f000000); // 0.5 to 1
    if (m < SQRT_HALF) {
      e -= 1;
      m = (m - 1f) + m;
    } else {
      m = m - 1f;
    }
    float m2 = m * m;
    float m3 = m2 * m;
    float y = fma(horner(LOG_A, m), m3, horner(LOG_B, m));
    y = fma(y, m3, horner(LOG_C, m));
    y = fma(y, m3, LN2_LOW * e);
    float r = fma(-0.5f, m2, m) + y;
    return fma(LN2_HIGH, e, r);
  }

  private static float horner(float[] coefficients, float x) {
    return horner(coefficients, x, 0);
  }

  /** A chain of fused multiply-adds, except for the step that adds coefficient {@code notFused}. */
  private static float horner(float[] coefficients, float x, int notFused) {
    float sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = i == notFused ? sum * x + coefficients[i] : fma(sum, x, coefficients[i]);
    }
    return sum;
  }

  static float fma(float a, float b, float c) {
    return Fma.fma(a, b, c);
  }
}
