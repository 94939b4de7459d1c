package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Conversions between float32 and the 16-bit types. Methods that return a number have converted
 * that many elements; the caller converts the remaining ones.
 */
final class Conversions {
  private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

  /** Vectors of 16-bit elements, as many as a float32 vector holds. */
  private static final VectorSpecies<Short> HALF =
      VectorSpecies.of(short.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

  private static final VectorSpecies<Short> S = VectorSpecies.of(short.class, F.vectorShape());

  private static final int CHUNK = 4096;
  private static final int DROPPED = 16;
  private static final int BFLOAT16_NAN = 0x7fc0;
  private static final short FLOAT16_INFINITY = 0x7c00;
  private static final short FLOAT16_NAN = 0x7e00;

  private static final float[] NONE = {};

  private Conversions() {}

  static int fromBfloat16(short[] in, int from, float[] out, int at, int n) {
    return pass(Pass.FROM_BFLOAT16, out, at, in, from, n);
  }

  static int toBfloat16(float[] in, int from, short[] out, int at, int n) {
    return pass(Pass.TO_BFLOAT16, in, from, out, at, n);
  }

  /**
   * Converts all elements. The JIT compiler vectorizes a loop of conversions, but not with a
   * selection; NaNs are made canonical afterwards, chunk by chunk in the cache.
   */
  static void toFloat16(float[] in, int from, short[] out, int at, int n) {
    for (int i = 0; i < n; i += CHUNK) {
      int length = Math.min(CHUNK, n - i);
      convertToFloat16(in, from + i, out, at + i, length);
      makeNanCanonical(out, at + i, length);
    }
  }

  private static void convertToFloat16(float[] in, int from, short[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Float.floatToFloat16(in[from + i]);
    }
  }

  private static void makeNanCanonical(short[] values, int from, int n) {
    for (int i = pass(Pass.CANONICAL_NAN, NONE, 0, values, from, n); i < n; i++) {
      boolean isNan = (values[from + i] & Short.MAX_VALUE) > FLOAT16_INFINITY;
      values[from + i] = isNan ? FLOAT16_NAN : values[from + i];
    }
  }

  /** The loops of {@link #pass}. */
  private enum Pass {
    FROM_BFLOAT16,
    TO_BFLOAT16,
    CANONICAL_NAN
  }

  /**
   * All loops in one method, so that it is too long to be inlined; returns the number of elements
   * done.
   */
  private static int pass(Pass pass, float[] floats, int at, short[] halves, int from, int n) {
    int i = 0;
    switch (pass) {
      case FROM_BFLOAT16 -> {
        for (; i + LANES <= n; i += LANES) {
          IntVector bits =
              (IntVector) ShortVector.fromArray(HALF, halves, from + i).castShape(I, 0);
          IntVector shifted = bits.lanewise(VectorOperators.LSHL, DROPPED);
          shifted.reinterpretAsFloats().intoArray(floats, at + i);
        }
      }
      case TO_BFLOAT16 -> {
        for (; i + LANES <= n; i += LANES) {
          FloatVector x = FloatVector.fromArray(F, floats, at + i);
          IntVector bits = x.reinterpretAsInts();
          IntVector odd = bits.lanewise(VectorOperators.LSHR, DROPPED).and(1);
          IntVector rounded = bits.add(0x7fff).add(odd).lanewise(VectorOperators.LSHR, DROPPED);
          rounded = rounded.blend(BFLOAT16_NAN, x.compare(VectorOperators.NE, x).cast(I));
          ((ShortVector) rounded.castShape(HALF, 0)).intoArray(halves, from + i);
        }
      }
      case CANONICAL_NAN -> {
        for (; i + S.length() <= n; i += S.length()) {
          ShortVector bits = ShortVector.fromArray(S, halves, from + i);
          var nan = bits.and(Short.MAX_VALUE).compare(VectorOperators.GT, FLOAT16_INFINITY);
          if (nan.anyTrue()) {
            bits.blend(FLOAT16_NAN, nan).intoArray(halves, from + i);
          }
        }
      }
    }
    return i;
  }
}
