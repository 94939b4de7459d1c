package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FmaTest {
  @Test
  void theSubstituteHasTheBitsOfTheInstruction() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000_000; i++) {
      float a = Float.intBitsToFloat(random.nextInt());
      float b = Float.intBitsToFloat(random.nextInt());
      float c = Float.intBitsToFloat(random.nextInt());
      assertSame(a, b, c);
    }
  }

  @Test
  void theSubstituteHasThoseBitsAroundTies() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 1_000_000; i++) {
      float a = 1 + random.nextInt(1 << 23) * 0x1p-23f;
      float b = 1 + random.nextInt(1 << 12) * 0x1p-12f;
      float c = Math.scalb(random.nextInt(3) - 1f, random.nextInt(-60, 40));
      assertSame(a, b, c);
      assertSame(a, b, -a * b);
    }
  }

  @Test
  void theSubstituteInFloat64HasTheBitsOfTheInstruction() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1_000_000; i++) {
      double a = Double.longBitsToDouble(random.nextLong());
      double b = Double.longBitsToDouble(random.nextLong());
      double c = Double.longBitsToDouble(random.nextLong());
      assertSame(a, b, c);
    }
    double[] special = {
      0,
      -0.0,
      1,
      -1,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MIN_NORMAL,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      0x1p-900,
      0x1p900
    };
    for (double a : special) {
      for (double b : special) {
        for (double c : special) {
          assertSame(a, b, c);
        }
      }
    }
  }

  @Test
  void theSubstituteInFloat64HasThoseBitsAroundTies() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 1_000_000; i++) {
      double a = 1 + random.nextLong(1L << 52) * 0x1p-52;
      double b = 1 + random.nextInt(1 << 20) * 0x1p-20;
      double scale = Math.scalb(random.nextInt(3) - 1.0, random.nextInt(-130, 130));
      assertSame(a, b, scale);
      assertSame(a, b, scale * a);
      assertSame(a, -b, a * b);
      assertSame(a, -b, Math.nextUp(a * b));
    }
  }

  private static void assertSame(float a, float b, float c) {
    float expected = Math.fma(a, b, c);
    float actual = Fma.exact(a, b, c);
    if (Float.floatToIntBits(expected) != Float.floatToIntBits(actual)) {
      assertThat(actual).as("fma(%s, %s, %s)", a, b, c).isEqualTo(expected);
    }
  }

  private static void assertSame(double a, double b, double c) {
    double expected = Math.fma(a, b, c);
    double actual = Fma.exact(a, b, c);
    if (Double.doubleToLongBits(expected) != Double.doubleToLongBits(actual)) {
      assertThat(actual).as("fma(%s, %s, %s)", a, b, c).isEqualTo(expected);
    }
  }
}
