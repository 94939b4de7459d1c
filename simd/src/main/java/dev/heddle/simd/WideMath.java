package dev.heddle.simd;

import static dev.heddle.simd.WideFunctions.D;

import dev.heddle.kernel.WidePolynomials;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The polynomials of {@link WidePolynomials}, operation for operation. Their numbers are vectors,
 * not broadcast where they are used: the JIT compiler stops inlining in a method of too many nodes,
 * and then makes an object of each vector.
 */
final class WideMath {
  private static final DoubleVector LOG2_E = all(WidePolynomials.LOG2_E);
  private static final DoubleVector ROUNDER = all(WidePolynomials.ROUNDER);
  private static final DoubleVector LN2 = all(WidePolynomials.LN2);
  private static final DoubleVector LN2_HIGH = all(WidePolynomials.LN2_HIGH);
  private static final DoubleVector LN2_LOW = all(WidePolynomials.LN2_LOW);
  private static final DoubleVector TANH_ONE = all(WidePolynomials.TANH_ONE);
  private static final DoubleVector ERF_ONE = all(WidePolynomials.ERF_ONE);
  private static final DoubleVector EXPM1_0 = all(WidePolynomials.EXPM1_0);
  private static final DoubleVector EXPM1_1 = all(WidePolynomials.EXPM1_1);
  private static final DoubleVector EXPM1_2 = all(WidePolynomials.EXPM1_2);
  private static final DoubleVector EXPM1_3 = all(WidePolynomials.EXPM1_3);
  private static final DoubleVector EXPM1_4 = all(WidePolynomials.EXPM1_4);
  private static final DoubleVector EXPM1_5 = all(WidePolynomials.EXPM1_5);
  private static final DoubleVector EXPM1_6 = all(WidePolynomials.EXPM1_6);
  private static final DoubleVector EXPM1_7 = all(WidePolynomials.EXPM1_7);
  private static final DoubleVector EXPM1_8 = all(WidePolynomials.EXPM1_8);
  private static final DoubleVector ATANH_0 = all(WidePolynomials.ATANH_0);
  private static final DoubleVector ATANH_1 = all(WidePolynomials.ATANH_1);
  private static final DoubleVector ATANH_2 = all(WidePolynomials.ATANH_2);
  private static final DoubleVector ATANH_3 = all(WidePolynomials.ATANH_3);
  private static final DoubleVector ATANH_4 = all(WidePolynomials.ATANH_4);
  private static final DoubleVector ATANH_5 = all(WidePolynomials.ATANH_5);
  private static final DoubleVector ERF_0 = all(WidePolynomials.ERF_0);
  private static final DoubleVector ERF_1 = all(WidePolynomials.ERF_1);
  private static final DoubleVector ERF_2 = all(WidePolynomials.ERF_2);
  private static final DoubleVector ERF_3 = all(WidePolynomials.ERF_3);
  private static final DoubleVector ERF_4 = all(WidePolynomials.ERF_4);
  private static final DoubleVector ERF_5 = all(WidePolynomials.ERF_5);
  private static final DoubleVector ERF_6 = all(WidePolynomials.ERF_6);
  private static final DoubleVector ERF_7 = all(WidePolynomials.ERF_7);
  private static final DoubleVector ERF_8 = all(WidePolynomials.ERF_8);
  private static final DoubleVector ERF_9 = all(WidePolynomials.ERF_9);
  private static final DoubleVector ERF_10 = all(WidePolynomials.ERF_10);
  private static final DoubleVector ERF_11 = all(WidePolynomials.ERF_11);
  private static final DoubleVector ERF_12 = all(WidePolynomials.ERF_12);
  private static final DoubleVector LEAST = all(-WidePolynomials.EXP_BOUND);
  private static final DoubleVector MOST = all(WidePolynomials.EXP_BOUND);
  private static final DoubleVector EXP2_LEAST = all(-WidePolynomials.EXP2_BOUND);
  private static final DoubleVector EXP2_MOST = all(WidePolynomials.EXP2_BOUND);
  private static final DoubleVector ONE = all(1);
  private static final DoubleVector TWO = all(2);

  private static final long ROUNDER_BITS = Double.doubleToRawLongBits(WidePolynomials.ROUNDER);
  private static final int EXPONENT_BIAS = 1023;
  private static final int MANTISSA_BITS = 52;

  private WideMath() {}

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(D, value);
  }

  /** 2 to the power of x. */
  static DoubleVector exp2(DoubleVector x) {
    DoubleVector below = x.blend(EXP2_MOST, x.compare(VectorOperators.GT, EXP2_MOST));
    DoubleVector bounded = below.blend(EXP2_LEAST, below.compare(VectorOperators.LT, EXP2_LEAST));
    DoubleVector shifted = bounded.add(ROUNDER);
    DoubleVector r = bounded.sub(shifted.sub(ROUNDER)).mul(LN2);
    DoubleVector p = r.add(r.mul(r).mul(expm1Polynomial(r)));
    DoubleVector scale =
        shifted
            .reinterpretAsLongs()
            .add(EXPONENT_BIAS - ROUNDER_BITS)
            .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
            .reinterpretAsDoubles();
    return p.mul(scale).add(scale);
  }

  /** The logarithm to base 2 of what is positive and normal; anything for others. */
  static DoubleVector log2(DoubleVector x) {
    LongVector bits = x.reinterpretAsLongs();
    LongVector exponent =
        bits.sub(WidePolynomials.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
    DoubleVector f =
        bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS))
            .reinterpretAsDoubles()
            .sub(ONE);
    DoubleVector whole = exponent.add(ROUNDER_BITS).reinterpretAsDoubles().sub(ROUNDER);
    return whole.add(twiceAtanh(f.div(f.add(TWO))).mul(LOG2_E));
  }

  /** exp(x) - 1. */
  static DoubleVector expm1(DoubleVector x) {
    DoubleVector below = x.blend(MOST, x.compare(VectorOperators.GT, MOST));
    DoubleVector bounded = below.blend(LEAST, below.compare(VectorOperators.LT, LEAST));
    DoubleVector shifted = bounded.mul(LOG2_E).add(ROUNDER);
    DoubleVector n = shifted.sub(ROUNDER);
    DoubleVector r = bounded.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
    DoubleVector p = r.add(r.mul(r).mul(expm1Polynomial(r)));
    DoubleVector scale =
        shifted
            .reinterpretAsLongs()
            .add(EXPONENT_BIAS - ROUNDER_BITS)
            .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
            .reinterpretAsDoubles();
    return p.mul(scale).add(scale.sub(ONE));
  }

  private static DoubleVector expm1Polynomial(DoubleVector r) {
    DoubleVector value = r.mul(EXPM1_8).add(EXPM1_7);
    value = value.mul(r).add(EXPM1_6);
    value = value.mul(r).add(EXPM1_5);
    value = value.mul(r).add(EXPM1_4);
    value = value.mul(r).add(EXPM1_3);
    value = value.mul(r).add(EXPM1_2);
    value = value.mul(r).add(EXPM1_1);
    return value.mul(r).add(EXPM1_0);
  }

  /** The hyperbolic tangent of what is not negative. */
  static DoubleVector tanh(DoubleVector x) {
    DoubleVector t = expm1(x.blend(TANH_ONE, x.compare(VectorOperators.GT, TANH_ONE)).mul(TWO));
    return t.div(t.add(TWO));
  }

  /** 1 / (1 + exp(-x)). */
  static DoubleVector sigmoid(DoubleVector x) {
    return ONE.div(expm1(x.neg()).add(TWO));
  }

  /** log(1 + x); anything at and below -1, and for infinity. */
  static DoubleVector log1p(DoubleVector x) {
    LongVector bits = x.add(ONE).reinterpretAsLongs();
    LongVector exponent =
        bits.sub(WidePolynomials.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
    DoubleVector mantissa =
        bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS)).reinterpretAsDoubles();
    VectorMask<Double> same = exponent.compare(VectorOperators.EQ, 0).cast(D);
    DoubleVector f = mantissa.sub(ONE).blend(x, same);
    DoubleVector whole = exponent.add(ROUNDER_BITS).reinterpretAsDoubles().sub(ROUNDER);
    return whole.mul(LN2).add(twiceAtanh(f.div(f.add(TWO))));
  }

  private static DoubleVector twiceAtanh(DoubleVector s) {
    DoubleVector square = s.mul(s);
    return s.mul(TWO).add(s.mul(square).mul(atanhPolynomial(square)));
  }

  private static DoubleVector atanhPolynomial(DoubleVector square) {
    DoubleVector value = square.mul(ATANH_5).add(ATANH_4);
    value = value.mul(square).add(ATANH_3);
    value = value.mul(square).add(ATANH_2);
    value = value.mul(square).add(ATANH_1);
    return value.mul(square).add(ATANH_0);
  }

  /** The error function of what is not negative. */
  static DoubleVector erf(DoubleVector x) {
    DoubleVector bounded = x.blend(ERF_ONE, x.compare(VectorOperators.GT, ERF_ONE));
    return expm1(bounded.neg().mul(erfPolynomial(bounded))).neg();
  }

  private static DoubleVector erfPolynomial(DoubleVector x) {
    DoubleVector value = x.mul(ERF_12).add(ERF_11);
    value = value.mul(x).add(ERF_10);
    value = value.mul(x).add(ERF_9);
    value = value.mul(x).add(ERF_8);
    value = value.mul(x).add(ERF_7);
    value = value.mul(x).add(ERF_6);
    value = value.mul(x).add(ERF_5);
    value = value.mul(x).add(ERF_4);
    value = value.mul(x).add(ERF_3);
    value = value.mul(x).add(ERF_2);
    value = value.mul(x).add(ERF_1);
    return value.mul(x).add(ERF_0);
  }
}
