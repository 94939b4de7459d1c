package dev.heddle.random;

/**
 * The float64 error function of the C library, which the modern era uses for bounds: Sun's rational
 * approximations near 0 and near 1, with polynomials summed in pairs without fused operations.
 */
final class CLibraryErf {
  /** The results have the C library's bits below this magnitude. */
  static final double LIMIT = 1.25;

  private static final double NEAR_ONE = 0.84375;
  private static final double ERF_OF_ONE = 8.45062911510467529297e-01; // to 24 bits

  private static final double[] P0 = {
    1.28379167095512558561e-01,
    -3.25042107247001499370e-01,
    -2.84817495755985104766e-02,
    -5.77027029648944159157e-03,
    -2.37630166566501626084e-05
  };
  private static final double[] Q0 = {
    1,
    3.97917223959155352819e-01,
    6.50222499887672944485e-02,
    5.08130628187576562776e-03,
    1.32494738004321644526e-04,
    -3.96022827877536812320e-06
  };
  private static final double[] P1 = {
    -2.36211856075265944077e-03,
    4.14856118683748331666e-01,
    -3.72207876035701323847e-01,
    3.18346619901161753674e-01,
    -1.10894694282396677476e-01,
    3.54783043256182359371e-02,
    -2.16637559486879084300e-03
  };
  private static final double[] Q1 = {
    1,
    1.06420880400844228286e-01,
    5.40397917702171048937e-01,
    7.18286544141962662868e-02,
    1.26171219808761642112e-01,
    1.36370839120290507362e-02,
    1.19844998467991074170e-02
  };

  private CLibraryErf() {}

  /** The error function of a number whose magnitude is below {@link #LIMIT}. */
  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude < NEAR_ONE) {
      double z = x * x;
      return x + x * (inPairs(P0, z) / inPairs(Q0, z));
    }
    double s = magnitude - 1;
    return Math.copySign(ERF_OF_ONE + inPairs(P1, s) / inPairs(Q1, s), x);
  }

  /** A polynomial as (c0 + c1 z) + z^2 (c2 + c3 z) + z^4 (...) + z^6 (...), from the left. */
  private static double inPairs(double[] c, double z) {
    double z2 = z * z;
    double power = z2;
    double sum = c[0] + z * c[1];
    for (int i = 2; i < c.length; i += 2) {
      double pair = i + 1 < c.length ? c[i] + z * c[i + 1] : c[i];
      sum += power * pair;
      power *= z2;
    }
    return sum;
  }
}
