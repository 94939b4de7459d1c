package dev.heddle.kernel;

/**
 * The fused multiply-add, {@code a * b + c} with one rounding, on every machine.
 *
 * <p>{@link Math#fma} is one instruction where the processor has it. Where it has not, the JVM
 * computes it with {@code BigDecimal}, thousands of times slower; there this class makes the same
 * bits from ordinary operations.
 */
public final class Fma {
  /** Whether {@link Math#fma} is fast here, looked at once. */
  public static final boolean HARDWARE = isFast();

  private static final int PROBES = 20;
  private static final int CALLS = 40;
  private static final long FAST_NANOS_A_CALL = 250;

  private Fma() {}

  /** {@code a * b + c}, rounded once. */
  public static float fma(float a, float b, float c) {
    return HARDWARE ? Math.fma(a, b, c) : exact(a, b, c);
  }

  /** {@code a * b + c}, rounded once. */
  public static double fma(double a, double b, double c) {
    return Math.fma(a, b, c);
  }

  /**
   * The bits of {@link Math#fma(float, float, float)} without it. The product of two floats is
   * exact in a double; the sum is rounded to odd, so that the final rounding to float is the only
   * one that counts (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
   */
  static float exact(float a, float b, float c) {
    double product = (double) a * b;
    double sum = product + c;
    double part = sum - product;
    double error = (product - (sum - part)) + (c - part);
    if (error != 0 && Double.isFinite(sum)) {
      long bits = Double.doubleToRawLongBits(sum);
      if ((bits & 1) == 0) {
        sum = Double.longBitsToDouble(bits + ((error > 0) == (sum > 0) ? 1 : -1));
      }
    }
    return (float) sum;
  }

  /** The quickest of several short runs: a pause of the machine cannot make a fast one slow. */
  private static boolean isFast() {
    float value = 1;
    for (int probe = 0; probe < PROBES; probe++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        value = Math.fma(value, 0.5f, 0.25f);
      }
      long nanos = System.nanoTime() - start;
      if (nanos < CALLS * FAST_NANOS_A_CALL && value > 0) {
        return true;
      }
    }
    return false;
  }
}
