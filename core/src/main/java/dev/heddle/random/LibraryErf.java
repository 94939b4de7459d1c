package dev.heddle.random;

/**
 * The float64 error function of the C library, which the modern era's JAX has the bounds of a
 * truncated normal distribution from: FreeBSD's and glibc's rational approximations on five
 * intervals.
 */
final class LibraryErf {
  private static final double ERF_OF_ONE = 8.45062911510467529297e-01; // in float32's digits
  private static final double EFX = 1.28379167095512586316e-01; // 2/sqrt(pi) - 1
  private static final double SMALL = 0.84375;
  private static final double MIDDLE = 1.25;
  private static final double TAIL = 1 / 0.35;
  private static final double LIMIT = 6; // erf rounds to 1 from here on
  private static final double TINY = 0x1p-28;

  private static final double[] SMALL_P = {
    1.28379167095512558561e-01,
    -3.25042107247001499370e-01,
    -2.84817495755985104766e-02,
    -5.77027029648944159157e-03,
    -2.37630166566501626084e-05
  };
  private static final double[] SMALL_Q = {
    1,
    3.97917223959155352819e-01,
    6.50222499887672944485e-02,
    5.08130628187576562776e-03,
    1.32494738004321644526e-04,
    -3.96022827877536812320e-06
  };
  private static final double[] MIDDLE_P = {
    -2.36211856075265944077e-03,
    4.14856118683748331666e-01,
    -3.72207876035701323847e-01,
    3.18346619901161753674e-01,
    -1.10894694282396677476e-01,
    3.54783043256182359371e-02,
    -2.16637559486879084300e-03
  };
  private static final double[] MIDDLE_Q = {
    1,
    1.06420880400844228286e-01,
    5.40397917702171048937e-01,
    7.18286544141962662868e-02,
    1.26171219808761642112e-01,
    1.36370839120290507362e-02,
    1.19844998467991074170e-02
  };
  private static final double[] LARGE_P = {
    -9.86494403484714822705e-03,
    -6.93858572707181764372e-01,
    -1.05586262253232909814e+01,
    -6.23753324503260060396e+01,
    -1.62396669462573470355e+02,
    -1.84605092906711035994e+02,
    -8.12874355063065934246e+01,
    -9.81432934416914548592e+00
  };
  private static final double[] LARGE_Q = {
    1,
    1.96512716674392571292e+01,
    1.37657754143519042600e+02,
    4.34565877475229228821e+02,
    6.45387271733267880336e+02,
    4.29008140027567833386e+02,
    1.08635005541779435134e+02,
    6.57024977031928170135e+00,
    -6.04244152148580987438e-02
  };
  private static final double[] TAIL_P = {
    -9.86494292470009928597e-03,
    -7.99283237680523006574e-01,
    -1.77579549177547519889e+01,
    -1.60636384855821916062e+02,
    -6.37566443368389627722e+02,
    -1.02509513161107724954e+03,
    -4.83519191608651397019e+02
  };
  private static final double[] TAIL_Q = {
    1,
    3.03380607434824582924e+01,
    3.25792512996573918826e+02,
    1.53672958608443695994e+03,
    3.19985821950859553908e+03,
    2.55305040643316442583e+03,
    4.74528541206955367215e+02,
    -2.24409524465858183362e+01
  };

  private LibraryErf() {}

  /** The error function; NaN for NaN. */
  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude < TINY) {
      return x + EFX * x;
    }
    if (magnitude < SMALL) {
      double z = x * x;
      return x + x * (sum(SMALL_P, z) / sum(SMALL_Q, z));
    }
    if (magnitude < MIDDLE) {
      double s = magnitude - 1;
      return Math.copySign(ERF_OF_ONE + sum(MIDDLE_P, s) / sum(MIDDLE_Q, s), x);
    }
    if (magnitude >= LIMIT) {
      return Math.signum(x);
    }
    double s = 1 / (magnitude * magnitude);
    double quotient =
        magnitude < TAIL ? sum(LARGE_P, s) / sum(LARGE_Q, s) : sum(TAIL_P, s) / sum(TAIL_Q, s);
    double head = Double.longBitsToDouble(Double.doubleToRawLongBits(magnitude) & ~0xffffffffL);
    double decay =
        StrictMath.exp(-head * head - 0.5625)
            * StrictMath.exp((head - magnitude) * (head + magnitude) + quotient);
    return Math.copySign(1 - decay / magnitude, x);
  }

  /** A polynomial, its coefficients from the constant up: pairs of terms, added in order. */
  private static double sum(double[] c, double x) {
    double x2 = x * x;
    double x4 = x2 * x2;
    double[] powers = {1, x2, x4, x4 * x2, x4 * x4};
    double sum = c[0] + x * c[1];
    for (int i = 2; i < c.length; i += 2) {
      double pair = i + 1 < c.length ? c[i] + x * c[i + 1] : c[i];
      sum += powers[i / 2] * pair;
    }
    return sum;
  }
}
