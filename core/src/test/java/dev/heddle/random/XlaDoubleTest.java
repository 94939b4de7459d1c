package dev.heddle.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XlaDoubleTest {

  /** Logarithms rounded from 50-digit values. */
  @ParameterizedTest
  @CsvSource({
    "0.5, -0.6931471805599453094172321214581765680755",
    "2, 0.6931471805599453094172321214581765680755",
    "10, 2.3025850929940456840179914546843642076011",
    "1.5, 0.4054651081081643819780131154643491365719",
    "0.0001220703125, -9.010913347279289022424017578956295384982"
  })
  void logIsCorrectlyRounded(double x, double expected) {
    assertThat(XlaDouble.log(x)).isEqualTo(expected);
  }

  @Test
  void logIsNeverFarFromStrictMath() {
    for (double x = 0.01; x < 3; x += 0.00037) {
      double reference = StrictMath.log(x);
      assertThat(Math.abs(XlaDouble.log(x) - reference)).isLessThanOrEqualTo(Math.ulp(reference));
    }
  }

  @Test
  void logOfSpecialValues() {
    assertThat(XlaDouble.log(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(XlaDouble.log(1)).isZero();
    assertThat(XlaDouble.log(Double.POSITIVE_INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(XlaDouble.log(-1)).isNaN();
    assertThat(XlaFloat.log(0)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(XlaFloat.log(-1)).isNaN();
    assertThat(XlaFloat.log(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
  }

  /** To the polynomial's error; GoldenTest checks the bits. */
  @Test
  void erfInvIsTheInverseOfErf() {
    for (double x = -.99; x < 1; x += .01) {
      assertThat(XlaDouble.erf(XlaDouble.erfInv(x, Era.MODERN), Era.MODERN))
          .isCloseTo(x, within(1e-14));
    }
    assertThat(XlaFloat.erfInv(1, Era.CLASSIC)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(XlaDouble.erfInv(-1, Era.MODERN)).isEqualTo(Double.NEGATIVE_INFINITY);
  }
}
