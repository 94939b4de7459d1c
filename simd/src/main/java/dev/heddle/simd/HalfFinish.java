package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.Rounding;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Epilogue} of a 16-bit type in one pass: each vector is rounded, biased, rounded, scaled
 * and rounded while it is in a register. What an epilogue lacks is done with a neutral number: -0
 * added or 1 multiplied changes nothing that is rounded already.
 */
final class HalfFinish {
  private HalfFinish() {}

  /**
   * Goes over whole vectors of columns.
   *
   * @param bias from {@code col} on; null for none
   * @param factor a power of two
   */
  static void apply(
      Rounding rounding,
      float[] c,
      int at,
      int stride,
      int rows,
      int cols,
      float @Nullable [] bias,
      int col,
      float factor) {
    for (int j = 0; j < cols; j += LANES) {
      FloatVector b =
          bias == null ? FloatVector.broadcast(F, -0f) : FloatVector.fromArray(F, bias, col + j);
      if (rounding == Rounding.BFLOAT16) {
        bfloat16(c, at + j, stride, rows, b, factor);
      } else {
        float16(c, at + j, stride, rows, b, factor);
      }
    }
  }

  private static void bfloat16(
      float[] c, int at, int stride, int rows, FloatVector bias, float factor) {
    for (int r = 0, to = at; r < rows; r++, to += stride) {
      FloatVector product = Passes.toBfloat16(FloatVector.fromArray(F, c, to));
      FloatVector sum = Passes.toBfloat16(product.add(bias));
      Passes.toBfloat16(sum.mul(factor)).intoArray(c, to);
    }
  }

  private static void float16(
      float[] c, int at, int stride, int rows, FloatVector bias, float factor) {
    for (int r = 0, to = at; r < rows; r++, to += stride) {
      FloatVector x = FloatVector.fromArray(F, c, to);
      FloatVector sum = Passes.toNormalFloat16(x).add(bias);
      FloatVector scaled = Passes.toNormalFloat16(sum).mul(factor);
      VectorMask<Integer> normal =
          Passes.isNormalFloat16(x)
              .and(Passes.isNormalFloat16(sum))
              .and(Passes.isNormalFloat16(scaled));
      if (normal.allTrue()) {
        Passes.toNormalFloat16(scaled).intoArray(c, to);
      } else {
        inSteps(c, to, bias, factor);
      }
    }
  }

  /** One vector with zeros, subnormal numbers or overflow. */
  private static void inSteps(float[] c, int to, FloatVector bias, float factor) {
    Passes.round(Rounding.FLOAT16, c, to, to + LANES);
    FloatVector.fromArray(F, c, to).add(bias).intoArray(c, to);
    Passes.round(Rounding.FLOAT16, c, to, to + LANES);
    FloatVector.fromArray(F, c, to).mul(factor).intoArray(c, to);
    Passes.round(Rounding.FLOAT16, c, to, to + LANES);
  }
}
