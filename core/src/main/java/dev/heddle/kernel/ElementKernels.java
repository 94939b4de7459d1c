package dev.heddle.kernel;

import java.util.function.DoubleUnaryOperator;

/**
 * Elementwise and row-wise loops: functions, conversions, reductions. The default methods are their
 * definition in plain Java; an implementation with vectors gives the same bits.
 *
 * <p>A range of elements is an array, a first index and a count. Input and output may be the same
 * range but must not overlap otherwise.
 */
public interface ElementKernels extends OptimizerKernels {
  /** {@code out[at + i] = function(in[from + i])}. */
  default void map(UnaryFunction function, float[] in, int from, float[] out, int at, int n) {
    ScalarFunctions.map(function, in, from, out, at, n);
  }

  /** As for float32, with {@link UnaryFunction#ofDouble}. */
  default void map(UnaryFunction function, double[] in, int from, double[] out, int at, int n) {
    DoubleUnaryOperator ofDouble = function.ofDouble();
    for (int i = 0; i < n; i++) {
      out[at + i] = ofDouble.applyAsDouble(in[from + i]);
    }
  }

  /** The float32 of bfloat16 bits; exact. */
  default void fromBfloat16(short[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Rounding.fromBfloat16(in[from + i]);
    }
  }

  /** The bfloat16 nearest to each float32, ties to even; every NaN becomes 7fc0. */
  default void toBfloat16(float[] in, int from, short[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Rounding.toBfloat16(in[from + i]);
    }
  }

  /** The float32 of float16 bits; exact. */
  default void fromFloat16(short[] in, int from, float[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Float.float16ToFloat(in[from + i]);
    }
  }

  /** The float16 nearest to each float32, ties to even; every NaN becomes 7e00. */
  default void toFloat16(float[] in, int from, short[] out, int at, int n) {
    for (int i = 0; i < n; i++) {
      out[at + i] = Rounding.toFloat16(in[from + i]);
    }
  }

  /** Rounds float32 values in place to a lower precision. */
  default void round(Rounding rounding, float[] values, int from, int n) {
    rounding.round(values, from, n);
  }

  /** Rounds float64 values in place to a lower precision. */
  default void round(Rounding rounding, double[] values, int from, int n) {
    for (int i = from; i < from + n; i++) {
      values[i] = rounding.round(values[i]);
    }
  }

  /** The sum in 16 lanes, as {@link Lanes#sum(float[], int, int)}. */
  default float sum(float[] values, int from, int n) {
    return Lanes.sum(values, from, n);
  }

  /** As for float32. */
  default double sum(double[] values, int from, int n) {
    return Lanes64.sum(values, from, n);
  }

  /** As for float32. */
  default double max(double[] values, int from, int n) {
    return Lanes64.max(values, from, n);
  }

  /** The maximum, NaN if there is one, -infinity of an empty range. */
  default float max(float[] values, int from, int n) {
    return Lanes.max(values, from, n);
  }

  /**
   * Normalizes rows of consecutive elements, each independently, as defined in {@link NormRows}.
   *
   * @param rows the rows and the parameters of the normalization
   * @param first the first row
   * @param count the number of rows
   */
  default void normalize(NormRows rows, int first, int count) {
    for (int row = first; row < first + count; row++) {
      rows.normalize(row);
    }
  }

  /**
   * Sums rows: {@code out[at + c] = out[at + c] + in[from + r * stride + c]} for {@code r} in
   * order, each element one chain.
   */
  default void addRows(float[] in, int from, int stride, int rows, float[] out, int at, int cols) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        out[at + c] += in[from + r * stride + c];
      }
    }
  }

  /** As for float32. */
  default void addRows(
      double[] in, int from, int stride, int rows, double[] out, int at, int cols) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        out[at + c] += in[from + r * stride + c];
      }
    }
  }

  /**
   * The gradient of normalization with respect to the rows, as defined in {@link NormDerivative}.
   *
   * @param first the first row
   * @param count the number of rows
   */
  default void normDerivative(NormDerivative rows, int first, int count) {
    for (int row = first; row < first + count; row++) {
      rows.differentiate(row);
    }
  }

  /**
   * The gradient of normalization with respect to the scale, after {@link #normDerivative} of all
   * rows.
   *
   * @param count the number of rows
   * @param sums the accumulated gradient, one element for each column
   * @param from the first column
   * @param cols the number of columns
   */
  default void normScaleDerivative(
      NormDerivative rows, int count, float[] sums, int from, int cols) {
    rows.addToScale(count, sums, from, cols);
  }

  /** {@code out[i] = x[i] > 0 ? g[i] : 0} for {@code n} elements starting at {@code from}. */
  default void reluDerivative(float[] x, float[] g, float[] out, int from, int n) {
    ScalarDerivatives.relu(x, g, out, from, n);
  }

  /**
   * The derivative of {@link UnaryFunction#GELU_TANH} at x times g: with {@code c} as x clamped to
   * [-30, 30], {@code q = c * c * 0.044715f}, {@code k} of {@link SpecialFunctions#GELU_SCALE},
   * {@code e = exp(-|c| * ((q + 1) * k))}, {@code l = 1 / (1 + e)} and {@code s = 0.5 + (l - 0.5)}
   * with the sign of c, {@code g * (s + c * (e * l * l) * ((3 q + 1) * k))}.
   */
  default void geluDerivative(float[] x, float[] g, float[] out, int from, int n) {
    ScalarDerivatives.gelu(this, x, g, out, from, n);
  }

  /** {@link UnaryFunction#GELU_DERIVATIVE} at x, times g. */
  default void geluExactDerivative(float[] x, float[] g, float[] out, int from, int n) {
    map(UnaryFunction.GELU_DERIVATIVE, x, from, out, from, n);
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
   * Transposes a matrix: {@code out[at + c * outStride + r] = in[from + r * stride + c]}. Input and
   * output must not overlap.
   */
  default void transpose(
      float[] in, int from, int stride, int rows, int cols, float[] out, int at, int outStride) {
    int square = 16; // elements of a square fit in the cache
    for (int c = 0; c < cols; c += square) {
      int lastCol = Math.min(cols, c + square);
      for (int r = 0; r < rows; r += square) {
        int lastRow = Math.min(rows, r + square);
        for (int col = c; col < lastCol; col++) {
          int to = at + col * outStride;
          int source = from + col;
          for (int row = r; row < lastRow; row++) {
            out[to + row] = in[source + row * stride];
          }
        }
      }
    }
  }
}
