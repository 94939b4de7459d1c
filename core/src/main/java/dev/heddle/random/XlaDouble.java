package dev.heddle.random;

import dev.heddle.kernel.Fma;

/**
 * XLA's float64 error functions on a CPU, for float64 parameters: the algorithms of {@link
 * XlaFloat} with more coefficients, and the C library's logarithm.
 *
 * <p>The logarithm is correctly rounded here; the C library's is not for one value in some
 * thousands, so about one draw in 50,000 differs from JAX's by one to three units in the last
 * place.
 */
final class XlaDouble {
  private static final double LOG1P_LIMIT = 0.41421356237309504880; // sqrt(2) - 1

  static final double[] LOG1P_P = {
    4.5270000862445199635215e-5,
    4.9854102823193375972212e-1,
    6.5787325942061044846969,
    2.9911919328553073277375e1,
    6.0949667980987787057556e1,
    5.7112963590585538103336e1,
    2.0039553499201281259648e1
  };
  static final double[] LOG1P_Q = {
    1,
    1.5062909083469192043167e1,
    8.3047565967967209469434e1,
    2.2176239823732856465394e2,
    3.0909872225312059774938e2,
    2.1642788614495947685003e2,
    6.0118660497603843919306e1
  };

  private static final double[] ERF_INV_CENTRE = {
    -3.6444120640178196996e-21,
    -1.685059138182016589e-19,
    1.2858480715256400167e-18,
    1.115787767802518096e-17,
    -1.333171662854620906e-16,
    2.0972767875968561637e-17,
    6.6376381343583238325e-15,
    -4.0545662729752068639e-14,
    -8.1519341976054721522e-14,
    2.6335093153082322977e-12,
    -1.2975133253453532498e-11,
    -5.4154120542946279317e-11,
    1.051212273321532285e-09,
    -4.1126339803469836976e-09,
    -2.9070369957882005086e-08,
    4.2347877827932403518e-07,
    -1.3654692000834678645e-06,
    -1.3882523362786468719e-05,
    0.0001867342080340571352,
    -0.00074070253416626697512,
    -0.0060336708714301490533,
    0.24015818242558961693,
    1.6536545626831027356
  };
  private static final double[] ERF_INV_MIDDLE = {
    2.2137376921775787049e-09,
    9.0756561938885390979e-08,
    -2.7517406297064545428e-07,
    1.8239629214389227755e-08,
    1.5027403968909827627e-06,
    -4.013867526981545969e-06,
    2.9234449089955446044e-06,
    1.2475304481671778723e-05,
    -4.7318229009055733981e-05,
    6.8284851459573175448e-05,
    2.4031110387097893999e-05,
    -0.0003550375203628474796,
    0.00095328937973738049703,
    -0.0016882755560235047313,
    0.0024914420961078508066,
    -0.0037512085075692412107,
    0.005370914553590063617,
    1.0052589676941592334,
    3.0838856104922207635
  };
  private static final double[] ERF_INV_TAIL = {
    -2.7109920616438573243e-11,
    -2.5556418169965252055e-10,
    1.5076572693500548083e-09,
    -3.7894654401267369937e-09,
    7.6157012080783393804e-09,
    -1.4960026627149240478e-08,
    2.9147953450901080826e-08,
    -6.7711997758452339498e-08,
    2.2900482228026654717e-07,
    -9.9298272942317002539e-07,
    4.5260625972231537039e-06,
    -1.9681778105531670567e-05,
    7.5995277030017761139e-05,
    -0.00021503011930044477347,
    -0.00013871931833623122026,
    1.0103004648645343977,
    4.8499064014085844221
  };

  private static final double[] ERF_P = {
    9.60497373987051638749e0,
    9.00260197203842689217e1,
    2.23200534594684319226e3,
    7.00332514112805075473e3,
    5.55923013010394962768e4
  };
  private static final double[] ERF_Q = {
    1,
    3.35617141647503099647e1,
    5.21357949780152679795e2,
    4.59432382970980127987e3,
    2.26290000613890934246e4,
    4.92673942608635921086e4
  };
  private static final double[] ERFC_P = {
    2.46196981473530512524e-10,
    5.64189564831068821977e-1,
    7.46321056442269912687e0,
    4.86371970985681366614e1,
    1.96520832956077098242e2,
    5.26445194995477358631e2,
    9.34528527171957607540e2,
    1.02755188689515710272e3,
    5.57535335369399327526e2
  };
  private static final double[] ERFC_Q = {
    1,
    1.32281951154744992508e1,
    8.67072140885989742329e1,
    3.54937778887819891062e2,
    9.75708501743205489753e2,
    1.82390916687909736289e3,
    2.24633760818710981792e3,
    1.65666309194161350182e3,
    5.57535340817727675546e2
  };
  private static final double ERF_LIMIT = 6; // erf rounds to 1 from here on

  private static final double LN2 = 0x1.62e42fefa39efp-1;
  private static final double LN2_REST = 0x1.abc9e3b39803fp-56;
  private static final int LOG_TERMS = 15;
  private static final int LOG_DOUBLE_DOUBLE_TERMS = 4;

  private XlaDouble() {}

  /** The inverse of the error function; NaN outside [-1, 1]. */
  static double erfInv(double x, Era era) {
    if (Math.abs(x) == 1) {
      return x * Double.POSITIVE_INFINITY;
    }
    double w = -log1p(-(x * x), era);
    double p =
        w < 6.25
            ? horner(ERF_INV_CENTRE, w - 3.125)
            : w < 16
                ? horner(ERF_INV_MIDDLE, Math.sqrt(w) - 3.25)
                : horner(ERF_INV_TAIL, Math.sqrt(w) - 5.0);
    return p * x;
  }

  /**
   * The error function by Cephes, which differs from XLA's by a unit in the last place for a fifth
   * of all values; in the modern era the C library's, whose bits it has below {@link
   * CLibraryErf#LIMIT}.
   */
  static double erf(double x, Era era) {
    double magnitude = Math.abs(x);
    if (era == Era.MODERN && magnitude < CLibraryErf.LIMIT) {
      return CLibraryErf.erf(x);
    }
    if (!(magnitude > 1)) {
      double x2 = x * x;
      return x * horner(ERF_P, x2) / horner(ERF_Q, x2);
    }
    if (magnitude >= ERF_LIMIT) {
      return Math.signum(x);
    }
    double decay = StrictMath.exp(-(x * x));
    double complement = decay * horner(ERFC_P, magnitude) / horner(ERFC_Q, magnitude);
    return Math.copySign(1 - complement, x);
  }

  /** log(1 + x). */
  static double log1p(double x, Era era) {
    if (!(Math.abs(x) < LOG1P_LIMIT)) {
      return log(1 + x);
    }
    double quotient = horner(LOG1P_P, x) / horner(LOG1P_Q, x);
    double x2 = x * x;
    double x3 = x * x2;
    double rest = era == Era.MODERN ? fma(-0.5, x2, x3 * quotient) : fma(x3, quotient, -0.5 * x2);
    return x + rest;
  }

  /**
   * The natural logarithm, correctly rounded except within 2^-65 of a tie: with x = 2^e m and s =
   * (m - 1) / (m + 1), it is e log(2) + 2 s (1 + s^2 / 3 + s^4 / 5 + ...), in double-double
   * arithmetic.
   */
  static double log(double x) {
    if (!(x >= Double.MIN_NORMAL && x < Double.POSITIVE_INFINITY)) {
      return StrictMath.log(x);
    }
    int e = Math.getExponent(x);
    double m = Math.scalb(x, -e);
    if (m > 1.4142135623730951) {
      m *= 0.5;
      e++;
    }
    double numerator = m - 1; // exact
    double denominator = m + 1;
    double denominatorRest = m - (denominator - 1);
    double s = numerator / denominator;
    double sRest = (fma(-s, denominator, numerator) - s * denominatorRest) / denominator;
    double z = s * s;
    double zRest = fma(s, s, -z) + 2 * s * sRest;

    double sum = 0;
    int k = LOG_TERMS;
    for (; k > LOG_DOUBLE_DOUBLE_TERMS; k--) {
      sum = fma(sum, z, 1.0 / (2 * k + 1));
    }
    double sumRest = 0;
    for (; k > 0; k--) { // (sum, sumRest) * (z, zRest) + 1 / (2k + 1), in double-double
      int odd = 2 * k + 1;
      double term = 1.0 / odd;
      double termRest = fma(-term, odd, 1.0) / odd;
      double product = sum * z;
      double productRest = fma(sum, z, -product) + (sum * zRest + sumRest * z);
      sum = term + product; // the term is larger
      sumRest = (product - (sum - term)) + (productRest + termRest);
    }

    double product = sum * z; // 2 s + 2 s z sum
    double productRest = fma(sum, z, -product) + (sum * zRest + sumRest * z);
    double tail = product * s;
    double tailRest = fma(product, s, -tail) + (product * sRest + productRest * s);
    double high = s + tail;
    double low = (tail - (high - s)) + (tailRest + sRest);
    high *= 2;
    low *= 2;

    double whole = e * LN2;
    double wholeRest = fma(e, LN2, -whole) + e * LN2_REST;
    double result = whole + high;
    double resultRest = e == 0 ? low : (high - (result - whole)) + (low + wholeRest);
    return result + resultRest;
  }

  private static double horner(double[] coefficients, double x) {
    double sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = fma(sum, x, coefficients[i]);
    }
    return sum;
  }

  static double fma(double a, double b, double c) {
    return Fma.fma(a, b, c);
  }
}
