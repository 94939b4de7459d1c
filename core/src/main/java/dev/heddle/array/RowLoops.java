package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Lanes;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.UnaryFunction;
import dev.heddle.kernel.Workers;
import java.util.Arrays;

/** Loops over rows of float32 elements, with the orders of operations of the public functions. */
final class RowLoops {
  private static final int SOFTMAX_COST = 100;
  private static final int SUM_COST = 8;

  /** Columns of a task of {@link #chainSum}: a few cache lines of each row. */
  private static final int COLUMNS = 128;

  private RowLoops() {}

  private static Kernels kernels() {
    return KernelChoice.current().kernels();
  }

  /** {@link Softmax#softmax(Array, int)} or its logarithm, of each row. */
  static void softmax(float[] in, float[] out, int length, boolean isLog, Rounding r) {
    ParallelFor.rows(
        length == 0 ? 0 : in.length / length,
        length,
        SOFTMAX_COST,
        (first, count) -> {
          float[] exp = new float[length];
          for (int from = first * length; from < (first + count) * length; from += length) {
            float max = kernels().max(in, from, length);
            float sum = exponentials(in, from, out, from, exp, max, r);
            float log = isLog ? r.round(Polynomials.log(sum)) : 0;
            for (int i = 0; i < length; i++) {
              out[from + i] = isLog ? out[from + i] - log : exp[i] / sum;
            }
          }
        });
  }

  /** {@link Softmax#logsumexp} of each row. */
  static void logSumExp(float[] in, float[] out, int length, Rounding r) {
    ParallelFor.rows(
        out.length,
        length,
        SOFTMAX_COST,
        (first, count) -> {
          float[] exp = new float[length];
          for (int row = first; row < first + count; row++) {
            float max = kernels().max(in, row * length, length);
            float shift = Float.isInfinite(max) ? 0 : max;
            float sum = exponentials(in, row * length, exp, 0, exp, shift, r);
            out[row] = r.round(Polynomials.log(sum)) + shift;
          }
        });
  }

  /**
   * For one row, writes {@code shifted = R(in - shift)} and {@code exp = R(exp(shifted))}, where
   * both may be the same array, and returns R of the sum of {@code exp}.
   */
  private static float exponentials(
      float[] in, int from, float[] shifted, int at, float[] exp, float shift, Rounding r) {
    Kernels kernels = kernels();
    int length = exp.length;
    for (int i = 0; i < length; i++) {
      shifted[at + i] = in[from + i] - shift;
    }
    kernels.round(r, shifted, at, length);
    kernels.map(UnaryFunction.EXP, shifted, at, exp, 0, length);
    kernels.round(r, exp, 0, length);
    return r.round(kernels.sum(exp, 0, length));
  }

  /** One reduced row. */
  static float reduce(Kernels kernels, Reduce.Kind kind, float[] in, int from, int length) {
    return switch (kind) {
      case SUM -> kernels.sum(in, from, length);
      case PROD -> Lanes.product(in, from, length);
      case MAX -> kernels.max(in, from, length);
      case MIN -> Lanes.min(in, from, length);
    };
  }

  /** {@link Cumulative#cumsum} or {@link Cumulative#cumprod} of each row. */
  static void scan(float[] in, float[] out, int length, boolean product, Rounding r) {
    for (int i = 0; i < in.length; i++) {
      float sum = i % length == 0 ? in[i] : product ? out[i - 1] * in[i] : out[i - 1] + in[i];
      out[i] = i % length == 0 ? sum : r.round(sum);
    }
  }

  /**
   * {@link ChainSum} of rows.
   *
   * @param rows the offset of the output row of each input row
   */
  static void chainSum(float[] in, int[] rows, float[] out, int length) {
    if (rows.length > 0) {
      Arrays.fill(out, -0f); // the identity of addition
    }
    Kernels kernels = kernels();
    Workers.run(
        Math.ceilDiv(length, COLUMNS),
        (long) in.length * SUM_COST,
        block -> {
          int at = block * COLUMNS;
          int n = Math.min(COLUMNS, length - at);
          float[] span = new float[n];
          int count;
          for (int row = 0; row < rows.length; row += count) {
            count = ChainSum.spanLength(rows, row);
            Arrays.fill(span, -0f);
            kernels.addRows(in, row * length + at, length, count, span, 0, n);
            kernels.addRows(span, 0, n, 1, out, rows[row] + at, n);
          }
        });
  }
}
