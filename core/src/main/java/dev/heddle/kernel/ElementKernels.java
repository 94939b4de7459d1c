package dev.heddle.kernel;

/**
 * The loops over single elements and over single rows: functions, conversions, sums. What stands
 * here is their definition in plain Java; an implementation with vectors gives the same bits.
 *
 * <p>Every range of elements is an array, a first index and a count. Input and output may be the
 * same range; other overlaps are not allowed.
 */
public interface ElementKernels {
  /** {@code out[at + i] = function(in[from + i])}. */
  default void map(UnaryFunction function, float[] in, int from, float[] out, int at, int n) {
    ScalarFunctions.map(function, in, from, out, at, n);
  }

  /** The float32 of bfloat16 bits; exact. */
  default void fromBfloat16(short[] in, int from, float[] out, int at, int n) {
    ScalarConversions.fromBfloat16(in, from, out, at, n);
  }

  /** The bfloat16 nearest to each float32, ties to even; every NaN becomes 7fc0. */
  default void toBfloat16(float[] in, int from, short[] out, int at, int n) {
    ScalarConversions.toBfloat16(in, from, out, at, n);
  }

  /** The float32 of float16 bits; exact. */
  default void fromFloat16(short[] in, int from, float[] out, int at, int n) {
    ScalarConversions.fromFloat16(in, from, out, at, n);
  }

  /** The float16 nearest to each float32, ties to even; every NaN becomes 7e00. */
  default void toFloat16(float[] in, int from, short[] out, int at, int n) {
    ScalarConversions.toFloat16(in, from, out, at, n);
  }

  /** Rounds values in place to a precision they keep as float32. */
  default void round(Rounding rounding, float[] values, int from, int n) {
    rounding.round(values, from, n);
  }

  /** The sum in 16 lanes, as {@link Lanes#sum(float[], int, int)}. */
  default float sum(float[] values, int from, int n) {
    return Lanes.sum(values, from, n);
  }

  /** The largest value, NaN if there is one, -infinity of nothing. */
  default float max(float[] values, int from, int n) {
    return Lanes.max(values, from, n);
  }

  /**
   * Rows of consecutive elements normalized, each on its own; {@link NormRows} says how.
   *
   * @param rows the rows and what is done with them
   * @param first the first row
   * @param count how many
   */
  default void normalize(NormRows rows, int first, int count) {
    for (int row = first; row < first + count; row++) {
      rows.normalize(row);
    }
  }

  /**
   * A matrix with rows and columns exchanged: {@code out[at + c * outStride + r] = in[from + r *
   * stride + c]}. The two do not overlap.
   */
  default void transpose(
      float[] in, int from, int stride, int rows, int cols, float[] out, int at, int outStride) {
    ScalarTranspose.transpose(in, from, stride, rows, cols, out, at, outStride);
  }
}
