package dev.heddle.simd.bits;

import java.util.SplittableRandom;

/** Draws the parameters of a case. */
final class Draw {
  private final SplittableRandom random;

  Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  long seed() {
    return random.nextInt(1_000_000);
  }

  /** A number from {@code low} to {@code high}, inclusive. */
  int from(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  /** True with probability 1 / {@code n}. */
  boolean chance(int n) {
    return random.nextInt(n) == 0;
  }

  @SafeVarargs
  final <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }
}
