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

  /** Products beyond these bounds, or other numbers beyond the upper one, are rare. */
  private static final double SMALLEST = 0x1p-900;

  private static final double LARGEST = 0x1p900;
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
   * exact in a double; the sum is rounded to odd, so that the final rounding to float is the only
   * one that counts (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
   */
  static float exact(float a, float b, float c) {
    double product = (double) a * b;
    double sum = product + c;
    double part = sum - product;
    double error = (product - (sum - part)) + (c - part);
    if (error != 0 && Double.isFinite(sum)) { // seldom, so a branch is quicker than toOdd
      long bits = Double.doubleToRawLongBits(sum);
      if ((bits & 1) == 0) {
        sum = Double.longBitsToDouble(bits + ((error > 0) == (sum > 0) ? 1 : -1));
      }
    }
    return (float) sum;
  }

  /**
   * The bits of {@link Math#fma(double, double, double)} without it, where no step overflows or
   * loses bits below the smallest number: the product as a sum of two doubles, that plus {@code c}
   * as a sum of three, of which the lower two are rounded to odd (Boldo and Melquiond, as above).
   */
  static double exact(double a, double b, double c) {
    double product = a * b;
    double magnitude = Math.abs(product);
    if (!(magnitude > SMALLEST
        && magnitude < LARGEST
        && Math.abs(a) < LARGEST
        && Math.abs(b) < LARGEST
        && Math.abs(c) < LARGEST)) {
      return rare(a, b, c);
    }
    double rest = productError(a, b, product);
    double lower = c + rest;
    double lowest = sumError(c, rest, lower);
    double high = product + lower;
    double low = sumError(product, lower, high);
    double odd = low + lowest;
    double lost = sumError(low, lowest, odd);
    return high + toOdd(odd, lost);
  }

  /**
   * A sum that was rounded to nearest, rounded to odd: where it is even and not exact, its
   * neighbour on the side of what was lost. Without branches, which would be guessed wrong half the
   * time; where the sum is no finite number, {@code lost} is NaN and the sum stays.
   */
  private static double toOdd(double sum, double lost) {
    long bits = Double.doubleToRawLongBits(sum);
    long rest = Double.doubleToRawLongBits(lost);
    long size = rest & Long.MAX_VALUE;
    long inexact = (-size & (size - INFINITY)) >>> 63;
    long step = 1 | ((bits ^ rest) >> 63); // away from zero where both have one sign
    return Double.longBitsToDouble(bits + (step & -(inexact & ~bits)));
  }

  /** Zeros, which are frequent, infinities and NaNs; then what is as rare as it is slow. */
  private static double rare(double a, double b, double c) {
    if (a == 0 || b == 0 || !Double.isFinite(a) || !Double.isFinite(b)) {
      return a * b + c;
    }
    return Double.isFinite(c) ? Math.fma(a, b, c) : c;
  }

  /** What rounding took from a product, exact: Dekker's. */
  private static double productError(double a, double b, double product) {
    double aHigh = high(a);
    double aLow = a - aHigh;
    double bHigh = high(b);
    double bLow = b - bHigh;
    return ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow;
  }

  /** The upper half of the bits: Veltkamp's. */
  private static double high(double x) {
    double scaled = SPLITTER * x;
    return scaled - (scaled - x);
  }

  /** What rounding took from a sum, exact: Knuth's. */
  private static double sumError(double a, double b, double sum) {
    double part = sum - a;
    return (a - (sum - part)) + (b - part);
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
