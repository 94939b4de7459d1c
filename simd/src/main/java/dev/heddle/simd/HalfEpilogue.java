package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.Rounding;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Epilogue} of a 16-bit type in one pass: each vector is rounded, biased, rounded, divided
 * and rounded in a register. A missing bias is -0, the neutral element of addition.
 *
 * <p>The roundings of {@link Passes} are repeated here, so that the methods are too long to be
 * inlined and are compiled separately: when inlined deeply, vectors were boxed (18 to 45 kilobytes
 * for each call of a small layer, which took 1.5 times as long).
 */
final class HalfEpilogue {
  private static final float[] NEGATIVE_ZEROS = new float[LANES];

  static {
    Arrays.fill(NEGATIVE_ZEROS, -0f);
  }

  private HalfEpilogue() {}

  /** Processes whole vectors of columns. */
  static void apply(Epilogue end, float[] c, int at, int stride, int rows, int cols, int col) {
    float[] bias = end.bias();
    for (int j = 0; j < cols; j += LANES) {
      float[] summand = bias == null ? NEGATIVE_ZEROS : bias;
      int from = bias == null ? 0 : col + j;
      columns(end.rounding(), c, at + j, stride, rows, summand, from, end.divisor());
    }
  }

  /**
   * Processes a vector of columns; both types in one method, so that it is too long to be inlined.
   */
  private static void columns(
      Rounding rounding,
      float[] c,
      int at,
      int stride,
      int rows,
      float[] bias,
      int from,
      float divisor) {
    boolean divides = divisor != 1;
    boolean isPowerOfTwo = Passes.isPowerOfTwo(divisor);
    float inverse = 1 / divisor;
    FloatVector b = FloatVector.fromArray(F, bias, from);
    if (rounding == Rounding.BFLOAT16) {
      // Checks the input for NaN once: a NaN of a later operation has no low bits to round.
      for (int r = 0, to = at; r < rows; r++, to += stride) {
        FloatVector x = FloatVector.fromArray(F, c, to);
        IntVector bits = x.reinterpretAsInts();
        IntVector odd = bits.lanewise(VectorOperators.LSHR, Passes.BFLOAT16_DROPPED).and(1);
        FloatVector product =
            bits.add(Passes.BFLOAT16_HALF).add(odd).and(Passes.BFLOAT16_MASK).reinterpretAsFloats();
        FloatVector sum = product.add(b);
        bits = sum.reinterpretAsInts();
        odd = bits.lanewise(VectorOperators.LSHR, Passes.BFLOAT16_DROPPED).and(1);
        FloatVector y =
            bits.add(Passes.BFLOAT16_HALF).add(odd).and(Passes.BFLOAT16_MASK).reinterpretAsFloats();
        if (divides) {
          FloatVector scaled = isPowerOfTwo ? y.mul(inverse) : y.div(divisor);
          bits = scaled.reinterpretAsInts();
          odd = bits.lanewise(VectorOperators.LSHR, Passes.BFLOAT16_DROPPED).and(1);
          y =
              bits.add(Passes.BFLOAT16_HALF)
                  .add(odd)
                  .and(Passes.BFLOAT16_MASK)
                  .reinterpretAsFloats();
        }
        y.blend(x, x.compare(VectorOperators.NE, x)).intoArray(c, to);
      }
      return;
    }
    // A vector with an overflow or a non-finite element is computed element by element.
    IntVector m; // of the number that is added and subtracted
    for (int r = 0, to = at; r < rows; r++, to += stride) {
      FloatVector x = FloatVector.fromArray(F, c, to);
      IntVector size = x.reinterpretAsInts().and(Passes.MAGNITUDE);
      IntVector bits = x.reinterpretAsInts();
      m = bits.and(Passes.EXPONENT).max(Passes.FLOAT16_MIN_EXPONENT).add(Passes.FLOAT16_ROUNDER);
      FloatVector product = x.add(m.reinterpretAsFloats()).sub(m.reinterpretAsFloats());
      product = product.reinterpretAsInts().or(bits.and(Passes.SIGN)).reinterpretAsFloats();
      FloatVector sum = product.add(b);
      size = size.max(sum.reinterpretAsInts().and(Passes.MAGNITUDE));
      bits = sum.reinterpretAsInts();
      m = bits.and(Passes.EXPONENT).max(Passes.FLOAT16_MIN_EXPONENT).add(Passes.FLOAT16_ROUNDER);
      FloatVector y = sum.add(m.reinterpretAsFloats()).sub(m.reinterpretAsFloats());
      y = y.reinterpretAsInts().or(bits.and(Passes.SIGN)).reinterpretAsFloats();
      if (divides) {
        FloatVector scaled = isPowerOfTwo ? y.mul(inverse) : y.div(divisor);
        size = size.max(scaled.reinterpretAsInts().and(Passes.MAGNITUDE));
        bits = scaled.reinterpretAsInts();
        m = bits.and(Passes.EXPONENT).max(Passes.FLOAT16_MIN_EXPONENT).add(Passes.FLOAT16_ROUNDER);
        y = scaled.add(m.reinterpretAsFloats()).sub(m.reinterpretAsFloats());
        y = y.reinterpretAsInts().or(bits.and(Passes.SIGN)).reinterpretAsFloats();
      }
      if (size.compare(VectorOperators.LT, Passes.OVERFLOW).allTrue()) {
        y.intoArray(c, to);
      } else {
        roundEach(c, to, bias, from, divisor);
      }
    }
  }

  /** Computes one vector with an overflow, an infinity or a NaN. */
  private static void roundEach(float[] c, int to, float[] bias, int from, float divisor) {
    for (int i = 0; i < LANES; i++) {
      float sum = Rounding.FLOAT16.round(Rounding.FLOAT16.round(c[to + i]) + bias[from + i]);
      c[to + i] = divisor == 1 ? sum : Rounding.FLOAT16.round(sum / divisor);
    }
  }
}
