package dev.heddle.bench.jmh;

import java.util.SplittableRandom;

/** Operands of benchmarks. */
final class Numbers {
  private Numbers() {}

  /** Numbers from -1 to 1, drawn from a seed. */
  static float[] drawn(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    return values;
  }
}
