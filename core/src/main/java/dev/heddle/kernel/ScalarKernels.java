package dev.heddle.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The kernels in plain Java: the specification of every other implementation, and the fallback
 * where the Vector API is missing. The inner loops run along rows, so that the JIT compiler may
 * vectorize them.
 */
public final class ScalarKernels implements Kernels {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public String tiles() {
    return "as the JIT compiler makes them";
  }

  /** Rows of a 16-bit right operand that are converted to float32 at a time. */
  private static final int STEPS_PER_CHUNK = 32;

  @Override
  public Packed pack(MatrixView b, boolean transposed, int rows) {
    return packOnce(b, transposed, rows);
  }

  @Override
  public Packed pack(HalfMatrixView b, int rows) {
    return new Packed.Halves(b, false);
  }

  @Override
  public Packed packOnce(HalfMatrixView b, int rows) {
    return new Packed.Halves(b, false);
  }

  @Override
  public boolean areFew(int rows) {
    return true;
  }

  @Override
  public Packed packOnce(MatrixView b, boolean transposed, int rows) {
    if (!transposed) {
      return new Packed.Plain(b);
    }
    float[] rowMajor = new float[b.rows() * b.cols()];
    transpose(b.data(), b.at(0), b.stride(), b.rows(), b.cols(), rowMajor, 0, b.rows());
    return new Packed.Plain(MatrixView.of(rowMajor, b.cols(), b.rows()));
  }

  @Override
  public void multiply(MatrixView a, Packed packed, int col, MatrixView c, Epilogue epilogue) {
    if (packed instanceof Packed.Halves(HalfMatrixView halves, _)) {
      multiply(a, halves.columns(col, c.cols()), col, c, epilogue);
      return;
    }
    MatrixView all = ((Packed.Plain) packed).matrix();
    MatrixView b =
        new MatrixView(all.data(), all.offset() + col, all.stride(), all.rows(), c.cols());
    for (int i = 0; i < a.rows(); i++) {
      Arrays.fill(c.data(), c.at(i), c.at(i) + c.cols(), 0);
      steps(a.data(), a.at(i), b, c.data(), c.at(i));
      epilogue.apply(c.data(), c.at(i), c.stride(), 1, c.cols(), col);
    }
  }

  /** Processes all rows for a chunk of steps at a time, so that each element is converted once. */
  private void multiply(MatrixView a, HalfMatrixView b, int col, MatrixView c, Epilogue epilogue) {
    int cols = c.cols();
    float[] converted = Buffers.borrow(STEPS_PER_CHUNK * cols);
    for (int i = 0; i < a.rows(); i++) {
      Arrays.fill(c.data(), c.at(i), c.at(i) + cols, 0);
    }
    for (int k = 0; k < a.cols(); k += STEPS_PER_CHUNK) {
      int count = Math.min(STEPS_PER_CHUNK, a.cols() - k);
      for (int step = 0; step < count; step++) {
        b.widen(this, k + step, 0, cols, converted, step * cols);
      }
      MatrixView part = MatrixView.of(converted, count, cols);
      for (int i = 0; i < a.rows(); i++) {
        steps(a.data(), a.at(i) + k, part, c.data(), c.at(i));
      }
    }
    Buffers.giveBack(converted);
    epilogue.apply(c.data(), c.at(0), c.stride(), a.rows(), cols, col);
  }

  /** Continues the chains of a row over all rows of {@code b}. */
  private static void steps(float[] a, int at, MatrixView b, float[] c, int row) {
    int k = 0;
    for (; k + 4 <= b.rows(); k += 4) {
      fourSteps(a, at + k, b, k, c, row);
    }
    for (; k < b.rows(); k++) {
      oneStep(a[at + k], b.data(), b.at(k), c, row, b.cols());
    }
  }

  private static void fourSteps(float[] a, int at, MatrixView rows, int k, float[] c, int row) {
    float[] b = rows.data();
    int b0 = rows.at(k);
    int b1 = rows.at(k + 1);
    int b2 = rows.at(k + 2);
    int b3 = rows.at(k + 3);
    float a0 = a[at];
    float a1 = a[at + 1];
    float a2 = a[at + 2];
    float a3 = a[at + 3];
    for (int j = 0; j < rows.cols(); j++) {
      float sum = Fma.fma(a0, b[b0 + j], c[row + j]);
      sum = Fma.fma(a1, b[b1 + j], sum);
      sum = Fma.fma(a2, b[b2 + j], sum);
      c[row + j] = Fma.fma(a3, b[b3 + j], sum);
    }
  }

  private static void oneStep(float a, float[] b, int at, float[] c, int row, int length) {
    for (int j = 0; j < length; j++) {
      c[row + j] = Fma.fma(a, b[at + j], c[row + j]);
    }
  }

  @Override
  public void multiply(MatrixView64 a, MatrixView64 b, MatrixView64 c) {
    for (int i = 0; i < a.rows(); i++) {
      for (int k = 0; k < a.cols(); k++) {
        oneStep(a.data()[a.at(i) + k], b.data(), b.at(k), c.data(), c.at(i), c.cols());
      }
    }
  }

  private static void oneStep(double a, double[] b, int at, double[] c, int row, int length) {
    for (int j = 0; j < length; j++) {
      c[row + j] = Fma.fma(a, b[at + j], c[row + j]);
    }
  }

  @Override
  public void attentionForward(
      AttentionHead head,
      int from,
      int to,
      MatrixView out,
      float @Nullable [] maxima,
      float @Nullable [] sums) {
    new ScalarAttention(head).attentionForward(from, to, out, maxima, sums);
  }

  @Override
  public void attentionForward(
      AttentionHead64 head,
      int from,
      int to,
      MatrixView64 out,
      double @Nullable [] maxima,
      double @Nullable [] sums) {
    new ScalarAttention64(head).attentionForward(from, to, out, maxima, sums);
  }

  @Override
  public void attentionBackward(
      AttentionBackwardInputs inputs,
      AttentionBackwardOutputs gradients,
      int from,
      int to,
      int keyFrom,
      int keyTo) {
    new ScalarAttentionBackward(inputs, gradients).run(from, to, keyFrom, keyTo);
  }

  @Override
  public void attentionBackward(
      AttentionBackwardInputs64 inputs,
      AttentionBackwardOutputs64 gradients,
      int from,
      int to,
      int keyFrom,
      int keyTo) {
    new ScalarAttentionBackward64(inputs, gradients).run(from, to, keyFrom, keyTo);
  }

  @Override
  public void attentionWeights(
      AttentionHead head, int from, int to, MatrixView out, Rounding rounding) {
    new ScalarAttention(head).attentionWeights(from, to, out, rounding);
  }

  @Override
  public void attentionWeights(
      AttentionHead64 head, int from, int to, MatrixView64 out, Rounding rounding) {
    new ScalarAttention64(head).attentionWeights(from, to, out, rounding);
  }
}
