package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scales the rows of A for a float16 matrix B whose exponent bits are read as those of float32:
 * that gives 2^-112 times the numbers of B, because the exponent biases differ by 112.
 */
final class Float16Scale {
  private static final float SCALE = 0x1p112f;

  private Float16Scale() {}

  /**
   * Multiplies by 2^112, which is exact.
   *
   * @return whether all results are finite, as they are for numbers in the range of float16
   */
  static boolean multiply(float[] from, int at, float[] to, int out, int count) {
    FloatVector scale = FloatVector.broadcast(F, SCALE);
    FloatVector zero = FloatVector.zero(F);
    FloatVector wrong = zero; // NaN if a result is not finite
    int i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES) {
      FloatVector x0 = FloatVector.fromArray(F, from, at + i).mul(scale);
      FloatVector x1 = FloatVector.fromArray(F, from, at + i + LANES).mul(scale);
      FloatVector x2 = FloatVector.fromArray(F, from, at + i + 2 * LANES).mul(scale);
      FloatVector x3 = FloatVector.fromArray(F, from, at + i + 3 * LANES).mul(scale);
      x0.intoArray(to, out + i);
      x1.intoArray(to, out + i + LANES);
      x2.intoArray(to, out + i + 2 * LANES);
      x3.intoArray(to, out + i + 3 * LANES);
      wrong = x0.fma(zero, wrong);
      wrong = x1.fma(zero, wrong);
      wrong = x2.fma(zero, wrong);
      wrong = x3.fma(zero, wrong);
    }
    for (; i + LANES <= count; i += LANES) {
      FloatVector x = FloatVector.fromArray(F, from, at + i).mul(scale);
      x.intoArray(to, out + i);
      wrong = x.fma(zero, wrong);
    }
    float sum = wrong.reduceLanes(VectorOperators.ADD);
    for (; i < count; i++) {
      float x = from[at + i] * SCALE;
      to[out + i] = x;
      sum += x * 0;
    }
    return sum == 0;
  }
}
