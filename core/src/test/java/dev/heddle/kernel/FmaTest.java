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

  private static void assertSame(float a, float b, float c) {
    float expected = Math.fma(a, b, c);
    float actual = Fma.exact(a, b, c);
    if (Float.floatToIntBits(expected) != Float.floatToIntBits(actual)) {
      assertThat(actual).as("fma(%s, %s, %s)", a, b, c).isEqualTo(expected);
    }
  }
}
