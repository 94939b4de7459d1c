package dev.heddle.random;

import dev.heddle.array.DType;

/**
 * Integers of an interval, by JAX's steps: two random words for each integer form a word of double
 * width, whose remainder by the interval's length is taken, in unsigned arithmetic that wraps at
 * the type's width.
 */
final class Integers {
  private Integers() {}

  /** Integers in [lo, hi). */
  static long[] draw(Key key, int n, long lo, long hi, DType dtype) {
    long min = min(dtype);
    long max = max(dtype);
    if (dtype == DType.UINT8 && key.era() == Era.MODERN) { // modern JAX draws small types in int32
      return draw(key, n, Math.clamp(lo, min, max), Math.clamp(hi, min, max + 1), 32, false);
    }
    boolean isClosed = hi > max;
    long from = Math.clamp(lo, min, max);
    long to = Math.clamp(hi, min, max);
    return draw(key, n, from, to, dtype.itemSize() * 8, isClosed && to > from);
  }

  private static long[] draw(Key key, int n, long lo, long hi, int width, boolean isClosed) {
    long mask = width == 64 ? -1 : (1L << width) - 1;
    long span = hi <= lo ? 1 : (hi - lo) & mask;
    if (isClosed) {
      span = (span + 1) & mask; // wraps to 0 if the interval is the whole type
    }
    long multiplier = remainder(1L << (width / 2), span);
    multiplier = remainder((multiplier * multiplier) & mask, span);

    var keys = key.split();
    long[] higher = words(keys.get(0), width, n);
    long[] lower = words(keys.get(1), width, n);
    long[] out = new long[n];
    for (int i = 0; i < n; i++) {
      long high = remainder(higher[i], span) * multiplier & mask;
      long offset = remainder((high + remainder(lower[i], span)) & mask, span);
      out[i] = lo + offset;
    }
    return out;
  }

  /** The unsigned remainder; for a divisor of 0 the dividend, as in XLA. */
  private static long remainder(long a, long b) {
    return b == 0 ? a : Long.remainderUnsigned(a, b);
  }

  private static long[] words(Key key, int width, int n) {
    if (width == 64) {
      return Bits.draw64(key, n);
    }
    int[] drawn = Bits.draw(key, width, n);
    long[] out = new long[n];
    for (int i = 0; i < n; i++) {
      out[i] = drawn[i] & 0xffffffffL;
    }
    return out;
  }

  private static long min(DType dtype) {
    return switch (dtype) {
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      default -> 0;
    };
  }

  private static long max(DType dtype) {
    return switch (dtype) {
      case INT32 -> Integer.MAX_VALUE;
      case INT64 -> Long.MAX_VALUE;
      case UINT32 -> 0xffffffffL;
      default -> 0xff;
    };
  }
}
