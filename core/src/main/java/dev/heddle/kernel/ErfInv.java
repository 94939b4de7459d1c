package dev.heddle.kernel;

import static dev.heddle.kernel.Fma.fma;

/**
 * The inverse error function, by M. Giles' polynomials ("Approximating the erfinv function", 2010).
 *
 * <p>In float32 the operations are XLA's, its own logarithm included, so the bits are those of
 * JAX's CPU back end (of its modern era). In float64 the logarithm is {@link StrictMath}'s.
 */
public final class ErfInv {
  private static final float LOG1P_SMALL = 0.41421356237309504880f;
  private static final float[] LOG1P_P = {
    4.5270000862445199635215e-5f, 4.9854102823193375972212e-1f, 6.5787325942061044846969f,
    2.9911919328553073277375e1f, 6.0949667980987787057556e1f, 5.7112963590585538103336e1f,
    2.0039553499201281259648e1f
  };
  private static final float[] LOG1P_Q = {
    1f, 1.5062909083469192043167e1f, 8.3047565967967209469434e1f,
    2.2176239823732856465394e2f, 3.0909872225312059774938e2f, 2.1642788614495947685003e2f,
    6.0118660497603843919306e1f
  };
  private static final float[] LOG = {
    7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
    -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
    2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f
  };
  private static final float[] CENTRE = {
    2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f,
    -4.39150654e-06f, 2.1858087e-04f, -1.25372503e-03f,
    -4.17768164e-03f, 0.246640727f, 1.50140941f
  };
  private static final float[] TAIL = {
    -2.00214257e-04f, 1.00950558e-04f, 1.34934322e-03f,
    -3.67342844e-03f, 5.73950773e-03f, -7.6224613e-03f,
    9.43887047e-03f, 1.00167406f, 2.83297682f
  };
  private static final double[] CENTRE_64 = {
    -3.6444120640178196996e-21, -1.685059138182016589e-19, 1.2858480715256400167e-18,
    1.115787767802518096e-17, -1.333171662854620906e-16, 2.0972767875968561637e-17,
    6.6376381343583238325e-15, -4.0545662729752068639e-14, -8.1519341976054721522e-14,
    2.6335093153082322977e-12, -1.2975133253453532498e-11, -5.4154120542946279317e-11,
    1.051212273321532285e-09, -4.1126339803469836976e-09, -2.9070369957882005086e-08,
    4.2347877827932403518e-07, -1.3654692000834678645e-06, -1.3882523362786468719e-05,
    0.0001867342080340571352, -0.00074070253416626697512, -0.0060336708714301490533,
    0.24015818242558961693, 1.6536545626831027356
  };
  private static final double[] MIDDLE_64 = {
    2.2137376921775787049e-09, 9.0756561938885390979e-08, -2.7517406297064545428e-07,
    1.8239629214389227755e-08, 1.5027403968909827627e-06, -4.013867526981545969e-06,
    2.9234449089955446044e-06, 1.2475304481671778723e-05, -4.7318229009055733981e-05,
    6.8284851459573175448e-05, 2.4031110387097893999e-05, -0.0003550375203628474796,
    0.00095328937973738049703, -0.0016882755560235047313, 0.0024914420961078508066,
    -0.0037512085075692412107, 0.005370914553590063617, 1.0052589676941592334,
    3.0838856104922207635
  };
  private static final double[] TAIL_64 = {
    -2.7109920616438573243e-11, -2.5556418169965252055e-10, 1.5076572693500548083e-09,
    -3.7894654401267369937e-09, 7.6157012080783393804e-09, -1.4960026627149240478e-08,
    2.9147953450901080826e-08, -6.7711997758452339498e-08, 2.2900482228026654717e-07,
    -9.9298272942317002539e-07, 4.5260625972231537039e-06, -1.9681778105531670567e-05,
    7.5995277030017761139e-05, -0.00021503011930044477347, -0.00013871931833623122026,
    1.0103004648645343977, 4.8499064014085844221
  };

  private ErfInv() {}

  /** The inverse error function; infinite at -1 and 1, NaN outside. */
  public static float erfInv(float x) {
    float w = -log1p(-(x * x));
    float p = w < 5 ? horner(CENTRE, w - 2.5f) : horner(TAIL, (float) Math.sqrt(w) - 3);
    return Math.abs(x) == 1 ? x * Float.POSITIVE_INFINITY : p * x;
  }

  /** The inverse error function; infinite at -1 and 1, NaN outside. */
  public static double erfInv(double x) {
    double w = -StrictMath.log1p(-(x * x));
    double p;
    if (w < 6.25) {
      p = horner(CENTRE_64, w - 3.125);
    } else if (w < 16) {
      p = horner(MIDDLE_64, Math.sqrt(w) - 3.25);
    } else {
      p = horner(TAIL_64, Math.sqrt(w) - 5);
    }
    return Math.abs(x) == 1 ? x * Double.POSITIVE_INFINITY : p * x;
  }

  private static float log1p(float x) {
    if (!(Math.abs(x) < LOG1P_SMALL)) {
      return log(1 + x);
    }
    float quotient = horner(LOG1P_P, x) / horner(LOG1P_Q, x);
    float square = x * x;
    float cube = x * square;
    return x + fma(-0.5f, square, cube * quotient);
  }

  /**
   * XLA's logarithm of a normal number, NaN below 0; its bits differ from {@link Polynomials#log}.
   */
  private static float log(float x) {
    if (!(x > 0)) {
      return x == 0 ? Float.NEGATIVE_INFINITY : Float.NaN;
    }
    int bits = Float.floatToRawIntBits(Math.max(x, Float.MIN_NORMAL));
    float e = (bits >>> 23) - 126;
    float m = Float.intBitsToFloat((bits & 0x7fffff) | 0x3f000000);
    if (m < 0.707106781186547524f) {
      e -= 1;
      m = (m - 1) + m;
    } else {
      m = m - 1;
    }
    float square = m * m;
    float cube = square * m;
    float y0 = fma(fma(m, LOG[0], LOG[1]), m, LOG[2]);
    float y1 = fma(fma(m, LOG[3], LOG[4]), m, LOG[5]);
    float y2 = fma(fma(m, LOG[6], LOG[7]), m, LOG[8]);
    float y = fma(fma(y0, cube, y1), cube, y2);
    y = fma(y, cube, Polynomials.LN2_LOW * e);
    float r = fma(-0.5f, square, m) + y;
    return fma(Polynomials.LN2_HIGH, e, r);
  }

  private static float horner(float[] coefficients, float x) {
    float value = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      value = fma(value, x, coefficients[i]);
    }
    return value;
  }

  private static double horner(double[] coefficients, double x) {
    double value = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      value = fma(value, x, coefficients[i]);
    }
    return value;
  }
}
