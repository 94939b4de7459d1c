package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every function compared with {@link StrictMath} in float64, over every 997th float32 or, with
 * {@code -Dheddle.test.allFloats=true}, over all of them.
 */
class PolynomialsTest {
  private static final int STRIDE = Boolean.getBoolean("heddle.test.allFloats") ? 1 : 997;

  interface FloatFunction {
    float apply(float x);
  }

  enum Function {
    EXP(Polynomials::exp, StrictMath::exp),
    LOG(Polynomials::log, StrictMath::log),
    EXPM1(Polynomials::expm1, StrictMath::expm1),
    LOG1P(Polynomials::log1p, StrictMath::log1p),
    EXP2(Polynomials::exp2, x -> StrictMath.pow(2, x)),
    LOG2(Polynomials::log2, x -> StrictMath.log(x) / StrictMath.log(2)),
    TANH(Polynomials::tanh, StrictMath::tanh),
    SIGMOID(Polynomials::sigmoid, SpecialFunctions::sigmoid),
    ERF(Polynomials::erf, SpecialFunctions::erf),
    ERFC(Polynomials::erfc, SpecialFunctions::erfc),
    SILU(Polynomials::silu, x -> x * SpecialFunctions.sigmoid(x)),
    GELU(Polynomials::gelu, x -> x * SpecialFunctions.erfc(-x * StrictMath.sqrt(0.5)) / 2),
    SOFTPLUS(Polynomials::softplus, SpecialFunctions::softplus),
    GELU_TANH(
        Polynomials::geluTanh, x -> x * SpecialFunctions.sigmoid(SpecialFunctions.geluGate(x))),
    SQRT(Polynomials::sqrt, StrictMath::sqrt),
    RSQRT(Polynomials::rsqrt, x -> 1 / StrictMath.sqrt(x)),
    CBRT(Polynomials::cbrt, StrictMath::cbrt),
    SIN(Polynomials::sin, StrictMath::sin),
    COS(Polynomials::cos, StrictMath::cos);

    private final FloatFunction ours;
    private final DoubleUnaryOperator truth;

    Function(FloatFunction ours, DoubleUnaryOperator truth) {
      this.ours = ours;
      this.truth = truth;
    }
  }

  @ParameterizedTest
  @EnumSource
  void isWithinOneUnitInTheLastPlace(Function function) {
    double worst = 0;
    float where = 0;
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float x = Float.intBitsToFloat((int) bits);
      double error = ulps(function.ours.apply(x), function.truth.applyAsDouble(x));
      if (error > worst) {
        worst = error;
        where = x;
      }
    }
    assertThat(worst).as("%s, worst at %s", function, where).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void hasTheRightValuesAtTheEdges(Function function) {
    float[] edges = {
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      0f,
      -0f,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MIN_NORMAL,
      -Float.MIN_NORMAL,
      Math.nextDown(Float.MIN_NORMAL),
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      1f,
      -1f
    };
    for (float x : edges) {
      float got = function.ours.apply(x);
      double want = function.truth.applyAsDouble(x);
      assertThat(ulps(got, want)).as("%s(%s) = %s, true %s", function, x, got, want).isLessThan(1);
      if (want == 0) {
        assertThat(1 / got).as("sign of %s(%s)", function, x).isEqualTo((float) (1 / want));
      }
    }
  }

  @Test
  void expIsZeroWhereMaskedKeysAre() {
    assertThat(Polynomials.exp(-104f)).isEqualTo(0f);
    assertThat(Polynomials.exp(-103.97f)).isEqualTo(Float.MIN_VALUE);
    assertThat(Polynomials.exp(-Float.MAX_VALUE)).isEqualTo(0f);
    assertThat(Polynomials.exp(0f)).isEqualTo(1f);
    assertThat(Polynomials.exp(88.72283f)).isEqualTo(3.4027985E38f);
    assertThat(Polynomials.exp(88.72284f)).isInfinite();
  }

  @Test
  void functionsThatSaturateDoSoExactly() {
    assertThat(Polynomials.tanh(9.02f)).isEqualTo(1f);
    assertThat(Polynomials.tanh(-40f)).isEqualTo(-1f);
    assertThat(Polynomials.erf(3.92f)).isEqualTo(1f);
    assertThat(Polynomials.sigmoid(-104f)).isEqualTo(0f);
    assertThat(Polynomials.sigmoid(40f)).isEqualTo(1f);
    assertThat(Polynomials.silu(-1e30f)).isEqualTo(0f);
    assertThat(Polynomials.geluTanh(-1e30f)).isEqualTo(0f);
    assertThat(Polynomials.log2(8f)).isEqualTo(3f);
    assertThat(Polynomials.rsqrt(0f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Polynomials.rsqrt(0.25f)).isEqualTo(2f);
  }

  /**
   * Near its zero, at -0.7518, the terms cancel, so the error is relative to the terms, not to the
   * result.
   */
  @Test
  void theDerivativeOfGeluIsWithinTheErrorOfItsTerms() {
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float x = Float.intBitsToFloat((int) bits);
      float got = Polynomials.geluDerivative(x);
      if (Float.isNaN(x)) {
        assertThat(got).isNaN();
        continue;
      }
      double near = Math.max(-40, Math.min(40, x));
      double below = SpecialFunctions.erfc(-near * StrictMath.sqrt(0.5)) / 2;
      double bell = StrictMath.exp(-near * near / 2) / StrictMath.sqrt(2 * Math.PI);
      double want = below + near * bell;
      double error = Math.abs(got - want);
      double terms = below + Math.abs(near) * bell;
      if (!(error <= 0.51 * Math.ulp((float) want) + terms * 0x1p-31)) {
        assertThat(got).as("at %s", x).isEqualTo((float) want);
      }
    }
    assertThat(Polynomials.geluDerivative(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    assertThat(Polynomials.geluDerivative(Float.NEGATIVE_INFINITY)).isEqualTo(0f);
  }

  @Test
  void powersAreWithinOneUnitInTheLastPlace() {
    float[] exponents = {2, 0.5f, -1, 3, -2.5f, 1e-3f, 17, 100, -41, 1e9f, 0.1f};
    for (long bits = 0; bits < 1L << 32; bits += 9973) {
      float x = Float.intBitsToFloat((int) bits);
      for (float y : exponents) {
        assertThat(ulps(Polynomials.pow(x, y), SpecialFunctions.pow(x, y)))
            .as("%s to the power of %s", x, y)
            .isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void powHasTheSpecialCasesOfC() {
    assertThat(Polynomials.pow(1f, Float.NaN)).isEqualTo(1f);
    assertThat(Polynomials.pow(-1f, Float.NEGATIVE_INFINITY)).isEqualTo(1f);
    assertThat(Polynomials.pow(Float.NaN, 0f)).isEqualTo(1f);
    assertThat(Polynomials.pow(-2f, 3f)).isEqualTo(-8f);
    assertThat(Polynomials.pow(-2f, -2f)).isEqualTo(0.25f);
    assertThat(Polynomials.pow(-1f, 0x1p24f)).isEqualTo(1f);
    assertThat(Polynomials.pow(0f, -1f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Polynomials.pow(-2f, 0.5f)).isNaN();
  }

  @Test
  void theInverseErrorFunctionInverts() {
    for (float x = -0.999f; x < 1; x += 0.013f) {
      assertThat(SpecialFunctions.erf(ErfInv.erfInv(x))).isCloseTo(x, within(2e-7));
      assertThat(SpecialFunctions.erf(ErfInv.erfInv((double) x))).isCloseTo(x, within(1e-15));
    }
    assertThat(ErfInv.erfInv(-1f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(ErfInv.erfInv(1.5f)).isNaN();
    assertThat(ErfInv.erfInv(1.0)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void theErrorFunctionsOfFloat64EqualPublishedValues() {
    assertThat(SpecialFunctions.erf(0.5)).isCloseTo(0.5204998778130465, within(1e-16));
    assertThat(SpecialFunctions.erf(2.4999)).isCloseTo(0.9995928300996666, within(4e-16));
    assertThat(SpecialFunctions.erfc(2.5) / 4.069520174449589e-4).isCloseTo(1, within(1e-15));
    assertThat(SpecialFunctions.erfc(10) / 2.088487583762545e-45).isCloseTo(1, within(1e-14));
    assertThat(SpecialFunctions.erfc(-3)).isCloseTo(1.9999779095030015, within(4e-16));
    assertThat(SpecialFunctions.erfc(30)).isEqualTo(0);
    assertThat(SpecialFunctions.erf(Double.NaN)).isNaN();
    assertThat(SpecialFunctions.erfc(Double.NaN)).isNaN();
  }

  private static Offset<Double> within(double offset) {
    return Offset.offset(offset);
  }

  /**
   * The distance in units in the last place of the true value; infinity counts as one unit above
   * the largest float32.
   */
  private static double ulps(float got, double want) {
    if (Double.isNaN(want) || Float.isNaN(got)) {
      return Double.isNaN(want) && Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
    }
    if (Float.isInfinite(got) || Float.isInfinite((float) want)) {
      boolean same = got == (float) want;
      return same ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(got - want) / Math.ulp((float) want);
  }
}
