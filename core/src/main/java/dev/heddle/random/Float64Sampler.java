package dev.heddle.random;

/**
 * Uniform and normal numbers of float64, by XLA's steps.
 *
 * @param era the era of JAX
 */
record Float64Sampler(Era era) {
  private static final double SQRT2 = Math.sqrt(2);

  /** Uniform numbers in [lo, hi). */
  double[] uniform(Key key, int n, double lo, double hi) {
    double[] out = new double[n];
    double span = hi - lo;
    long[] bits = Bits.draw64(key, n);
    for (int i = 0; i < n; i++) {
      double unit = Double.longBitsToDouble(bits[i] >>> 12 | 0x3ff0000000000000L) - 1;
      out[i] = Math.max(lo, XlaDouble.fma(unit, span, lo));
    }
    return out;
  }

  /** Numbers of the standard normal distribution. */
  double[] normal(Key key, int n) {
    double[] out = uniform(key, n, Math.nextUp(-1.0), 1);
    for (int i = 0; i < n; i++) {
      out[i] = SQRT2 * XlaDouble.erfInv(out[i], era);
    }
    return out;
  }

  /** Numbers of the standard Gumbel distribution. */
  double[] gumbel(Key key, int n) {
    double[] out = uniform(key, n, Double.MIN_NORMAL, 1);
    for (int i = 0; i < n; i++) {
      out[i] = -XlaDouble.log(-XlaDouble.log(out[i]));
    }
    return out;
  }

  /** Numbers of the standard normal distribution between two bounds, exclusive. */
  double[] truncatedNormal(Key key, int n, double lower, double upper) {
    double[] out = uniform(key, n, bound(lower), bound(upper));
    double min = Math.nextUp(lower);
    double max = Math.nextDown(upper);
    for (int i = 0; i < n; i++) {
      out[i] = Math.min(Math.max(SQRT2 * XlaDouble.erfInv(out[i], era), min), max);
    }
    return out;
  }

  private double bound(double x) {
    return XlaDouble.erf(x * (1 / SQRT2), era); // XLA multiplies instead of dividing by a constant
  }
}
