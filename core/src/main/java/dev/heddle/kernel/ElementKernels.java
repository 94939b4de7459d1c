package dev.heddle.kernel;

/**
 * The loops over single elements and over single rows: functions, conversions, sums. What stands
 * here is their definition in plain Java; an implementation with vectors gives the same bits.
 *
 * <p>Every range of elements is an array, a first index and a count. Input and output may be the
 * same range; other overlaps are not allowed.
 */
public interface ElementKernels extends OptimizerKernels {
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
   * Rows added up: {@code out[at + c] = out[at + c] + in[from + r * stride + c]} for {@code r} in
   * order, each element one chain.
   */
  default void addRows(float[] in, int from, int stride, int rows, float[] out, int at, int cols) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        out[at + c] += in[from + r * stride + c];
      }
    }
  }

  /**
   * What flows back to normalized rows; {@link NormDerivative} says how.
   *
   * @param first the first row
   * @param count how many
   */
  default void normDerivative(NormDerivative rows, int first, int count) {
    for (int row = first; row < first + count; row++) {
      rows.derive(row);
    }
  }

  /**
   * What flows back to the scale, after all rows have been done.
   *
   * @param count how many rows there are
   * @param sums where the chains go on, one for each place of a row
   * @param from the first place
   * @param places how many
   */
  default void normScaleDerivative(
      NormDerivative rows, int count, float[] sums, int from, int places) {
    rows.addToScale(count, sums, from, places);
  }

  /** {@code out[i] = x[i] > 0 ? g[i] : 0} for {@code n} places from {@code from} on. */
  default void reluDerivative(float[] x, float[] g, float[] out, int from, int n) {
    ScalarDerivatives.relu(x, g, out, from, n);
  }

  /**
   * The derivative of {@link UnaryFunction#GELU_TANH} at x times g: with {@code c} as x but within
   * 30 of 0, {@code q = c * c * 0.044715f}, {@code k} of {@link SpecialFunctions#GELU_SCALE},
   * {@code e = exp(-|c| * ((q + 1) * k))}, {@code l = 1 / (1 + e)} and {@code s = 0.5 + (l - 0.5)}
   * with the sign of c, {@code g * (s + c * (e * l * l) * ((3 q + 1) * k))}.
   */
  default void geluDerivative(float[] x, float[] g, float[] out, int from, int n) {
    ScalarDerivatives.gelu(this, x, g, out, from, n);
  }

  /** {@link UnaryFunction#GELU_SLOPE} at x, times g. */
  default void geluExactDerivative(float[] x, float[] g, float[] out, int from, int n) {
    map(UnaryFunction.GELU_SLOPE, x, from, out, from, n);
    ScalarDerivatives.multiply(g, out, from, n);
  }

  /**
   * The derivative of a row's softmax y: {@code out[i] = y[i] * (g[i] - sum)} with the sum of all
   * {@code y[i] * g[i]} in 16 lanes.
   */
  default void softmaxDerivative(float[] y, float[] g, float[] out, int from, int n) {
    ScalarDerivatives.softmax(this, y, g, out, from, n);
  }

  /**
   * The derivative of a row's logarithm of softmax y: {@code out[i] = g[i] - exp(y[i]) * sum} with
   * the sum of all {@code g[i]} in 16 lanes.
   */
  default void logSoftmaxDerivative(float[] y, float[] g, float[] out, int from, int n) {
    ScalarDerivatives.logSoftmax(this, y, g, out, from, n);
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
