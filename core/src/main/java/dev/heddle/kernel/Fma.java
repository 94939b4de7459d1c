package dev.heddle.kernel;

/**
 * The fused multiply-add, {@code a * b + c} with one rounding, on every machine.
 *
 * <p>{@link Math#fma} is one instruction on processors that have it. On others the JVM computes it
 * with {@code BigDecimal}, thousands of times slower; there this class computes the same bits from
 * ordinary operations.
 */
public final class Fma {
  /** Whether {@link Math#fma} is fast on this machine, measured once. */
  public static final boolean HARDWARE = isFast();

  private static final int PROBES = 20;
  private static final int CALLS = 40;
  private static final long FAST_NANOS_PER_CALL = 250;

  /** Bounds within which {@link #exact(double, double, double)} has no overflow or underflow. */
  private static final double MIN_MAGNITUDE = 0x1p-900;

  private static final double MAX_MAGNITUDE = 0x1p900;
  private static final long INFINITY = 0x7ff0_0000_0000_0000L;
  private static final double SPLITTER = 0x1p27 + 1;

  private Fma() {}

  /** {@code a * b + c}, rounded once. */
  public static float fma(float a, float b, float c) {
    return HARDWARE ? Math.fma(a, b, c) : exact(a, b, c);
  }

  /** {@code a * b + c}, rounded once. */
  public static double fma(double a, double b, double c) {
    return HARDWARE ? Math.fma(a, b, c) : exact(a, b, c);
  }

  /**
   * The bits of {@link Math#fma(float, float, float)} without it. The product of two floats is
   * exact in a double; the sum is rounded to odd, so that the final rounding to float gives the
   * correctly rounded result (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums",
   * 2008).
   */
  static float exact(float a, float b, float c) {
    double product = (double) a * b;
    double sum = product + c;
    double part = sum - product;
    double error = (product - (sum - part)) + (c - part);
    if (error != 0 && Double.isFinite(sum)) { // seldom true, so a branch is faster than toOdd
      long bits = Double.doubleToRawLongBits(sum);
      if ((bits & 1) == 0) {
        sum = Double.longBitsToDouble(bits + ((error > 0) == (sum > 0) ? 1 : -1));
      }
    }
    return (float) sum;
  }

  /**
   * The bits of {@link Math#fma(double, double, double)} without it, if no step overflows or
   * underflows: the product as a sum of two doubles, that plus {@code c} as a sum of three, of
   * which the lower two are rounded to odd (Boldo and Melquiond, as above).
   */
  static double exact(double a, double b, double c) {
    double product = a * b;
    double magnitude = Math.abs(product);
    if (!(magnitude > MIN_MAGNITUDE
        && magnitude < MAX_MAGNITUDE
        && Math.abs(a) < MAX_MAGNITUDE
        && Math.abs(b) < MAX_MAGNITUDE
        && Math.abs(c) < MAX_MAGNITUDE)) {
      return exceptional(a, b, c);
    }
    double rest = productError(a, b, product);
    double lower = c + rest;
    double lowest = sumError(c, rest, lower);
    double high = product + lower;
    double low = sumError(product, lower, high);
    double odd = low + lowest;
    double error = sumError(low, lowest, odd);
    return high + toOdd(odd, error);
  }

  /**
   * Converts a sum rounded to nearest to one rounded to odd: if it is even and inexact, its
   * neighbour in the direction of the error. Branch-free, because branches would be mispredicted
   * half the time; if the sum is not finite, {@code error} is NaN and the sum is unchanged.
   */
  private static double toOdd(double sum, double error) {
    long bits = Double.doubleToRawLongBits(sum);
    long rest = Double.doubleToRawLongBits(error);
    long size = rest & Long.MAX_VALUE;
    long inexact = (-size & (size - INFINITY)) >>> 63;
    long step = 1 | ((bits ^ rest) >> 63); // away from zero if both have the same sign
    return Double.longBitsToDouble(bits + (step & -(inexact & ~bits)));
  }

  /**
   * Zeros, which are frequent, infinities and NaNs; then numbers out of range, by the slow method.
   */
  private static double exceptional(double a, double b, double c) {
    if (a == 0 || b == 0 || !Double.isFinite(a) || !Double.isFinite(b)) {
      return a * b + c;
    }
    return Double.isFinite(c) ? Math.fma(a, b, c) : c;
  }

  /** The exact rounding error of a product, by Dekker's algorithm. */
  private static double productError(double a, double b, double product) {
    double aHigh = high(a);
    double aLow = a - aHigh;
    double bHigh = high(b);
    double bLow = b - bHigh;
    return ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow;
  }

  /** The upper half of the significand, by Veltkamp's splitting. */
  private static double high(double x) {
    double scaled = SPLITTER * x;
    return scaled - (scaled - x);
  }

  /** The exact rounding error of a sum, by Knuth's TwoSum. */
  private static double sumError(double a, double b, double sum) {
    double part = sum - a;
    return (a - (sum - part)) + (b - part);
  }

  /** Takes the fastest of several short runs, so that a pause of the machine has no effect. */
  private static boolean isFast() {
    float value = 1;
    for (int probe = 0; probe < PROBES; probe++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        value = Math.fma(value, 0.5f, 0.25f);
      }
      long nanos = System.nanoTime() - start;
      if (nanos < CALLS * FAST_NANOS_PER_CALL && value > 0) {
        return true;
      }
    }
    return false;
  }
}
