package dev.heddle.simd;

import dev.heddle.kernel.ElementKernels;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.NormDerivative;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScalarKernels;
import dev.heddle.kernel.UnaryFunction;

/**
 * The element kernels on the Vector API; elements that do not fill a vector use the scalar loops.
 */
abstract class SimdElements implements Kernels {
  private final ElementKernels plain = new ScalarKernels();

  /** The warm-up of each loop; tests end it. */
  final WarmUp warmUp = new WarmUp();

  @Override
  public final void map(UnaryFunction function, float[] in, int from, float[] out, int at, int n) {
    int done = 0;
    if (VectorFunctions.has(function) && warmUp.isWarm(WarmUp.FUNCTIONS + function.ordinal(), n)) {
      done = VectorFunctions.map(function, in, from, out, at, n);
    }
    plain.map(function, in, from + done, out, at + done, n - done);
  }

  @Override
  public final void fromBfloat16(short[] in, int from, float[] out, int at, int n) {
    int done =
        warmUp.isWarm(WarmUp.FROM_BFLOAT16, n) ? Conversions.fromBfloat16(in, from, out, at, n) : 0;
    plain.fromBfloat16(in, from + done, out, at + done, n - done);
  }

  @Override
  public final void toBfloat16(float[] in, int from, short[] out, int at, int n) {
    int done =
        warmUp.isWarm(WarmUp.TO_BFLOAT16, n) ? Conversions.toBfloat16(in, from, out, at, n) : 0;
    plain.toBfloat16(in, from + done, out, at + done, n - done);
  }

  @Override
  public final void toFloat16(float[] in, int from, short[] out, int at, int n) {
    if (!warmUp.isWarm(WarmUp.TO_FLOAT16, n)) {
      plain.toFloat16(in, from, out, at, n);
      return;
    }
    Conversions.toFloat16(in, from, out, at, n);
  }

  @Override
  public final void round(Rounding rounding, float[] values, int from, int n) {
    if (warmUp.isWarm(WarmUp.ROUND, n)) {
      Passes.round(rounding, values, from, from + n);
    } else {
      plain.round(rounding, values, from, n);
    }
  }

  @Override
  public final float sum(float[] values, int from, int n) {
    return warmUp.isWarm(WarmUp.SUM, n)
        ? UnrolledLoops.sum(values, from, n)
        : plain.sum(values, from, n);
  }

  @Override
  public final float sumOfSquares(float[] values, int from, int n) {
    return warmUp.isWarm(WarmUp.SQUARES, n)
        ? UnrolledLoops.sumOfSquares(values, from, n, 0)
        : plain.sumOfSquares(values, from, n);
  }

  @Override
  public final float max(float[] values, int from, int n) {
    return warmUp.isWarm(WarmUp.MAX, n)
        ? UnrolledLoops.max(values, from, n)
        : plain.max(values, from, n);
  }

  @Override
  public final void normalize(NormRows rows, int first, int count) {
    if (warmUp.isWarm(WarmUp.NORMALIZE, count * rows.length())) {
      VectorNorm.normalize(rows, first, count);
    } else {
      plain.normalize(rows, first, count);
    }
  }

  @Override
  public final void addRows(
      float[] in, int from, int stride, int rows, float[] out, int at, int cols) {
    boolean isWarm = warmUp.isWarm(WarmUp.ADD_ROWS, rows * cols);
    int done = isWarm ? UnrolledLoops.addRows(in, from, stride, rows, out, at, cols) : 0;
    plain.addRows(in, from + done, stride, rows, out, at + done, cols - done);
  }

  @Override
  public final void normDerivative(NormDerivative rows, int first, int count) {
    if (warmUp.isWarm(WarmUp.NORM_DERIVATIVE, count * rows.rows().length())) {
      for (int row = first; row < first + count; row++) {
        VectorNorm.derivative(rows, row);
      }
    } else {
      plain.normDerivative(rows, first, count);
    }
  }

  @Override
  public final void normScaleDerivative(
      NormDerivative rows, int count, float[] sums, int from, int cols) {
    if (warmUp.isWarm(WarmUp.NORM_SCALE, count * cols)) {
      UnrolledLoops.normScale(rows, count, sums, from, cols);
    } else {
      plain.normScaleDerivative(rows, count, sums, from, cols);
    }
  }

  @Override
  public final void reluDerivative(float[] x, float[] g, float[] out, int from, int n) {
    boolean isWarm = warmUp.isWarm(WarmUp.RELU_DERIVATIVE, n);
    int done = isWarm ? UnrolledLoops.relu(x, g, out, from, n) : 0;
    plain.reluDerivative(x, g, out, from + done, n - done);
  }

  @Override
  public final void geluDerivative(float[] x, float[] g, float[] out, int from, int n) {
    boolean isWarm = warmUp.isWarm(WarmUp.GELU_DERIVATIVE, n);
    int done = isWarm ? n - n % UnrolledLoops.GELU_STEP : 0;
    UnrolledLoops.geluExponents(x, out, from, done);
    map(UnaryFunction.EXP, out, from, out, from, done);
    UnrolledLoops.gelu(x, g, out, from, done);
    plain.geluDerivative(x, g, out, from + done, n - done);
  }

  @Override
  public final void transpose(
      float[] in, int from, int stride, int rows, int cols, float[] out, int at, int outStride) {
    boolean isWarm = warmUp.isWarm(WarmUp.TRANSPOSE, rows * cols);
    int wholeRows = isWarm ? rows / Species.LANES * Species.LANES : 0;
    int wholeCols = isWarm ? cols / Species.LANES * Species.LANES : 0;
    Transpose.intoRows(in, from, stride, wholeRows, wholeCols, out, at, outStride);
    if (wholeCols < cols) {
      plain.transpose(
          in,
          from + wholeCols,
          stride,
          rows,
          cols - wholeCols,
          out,
          at + wholeCols * outStride,
          outStride);
    }
    if (wholeRows < rows) {
      int rest = from + wholeRows * stride;
      plain.transpose(
          in, rest, stride, rows - wholeRows, wholeCols, out, at + wholeRows, outStride);
    }
  }
}
