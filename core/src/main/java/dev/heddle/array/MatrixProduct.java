package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.MatrixView64;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Phase;
import dev.heddle.kernel.Workers;

/**
 * A matrix product, {@code [batch, rows, inner]} times {@code [batch, inner, cols]}, split into
 * tasks for rows of the result.
 */
record MatrixProduct(int batch, int rows, int inner, int cols) {
  int size() {
    return Shape.of(batch, rows, cols).size();
  }

  long cost() {
    return (long) size() * inner;
  }

  /** The rows, split into tasks. */
  TaskSplit split() {
    return TaskSplit.ofRows(batch, rows);
  }

  /** The product of whole operands, batch element by batch element. */
  static Storage multiply(Storage a, Storage b, MatrixProduct s, DType dtype) {
    if (dtype == DType.FLOAT64) {
      return Storage.ofDoubles(dtype, multiply(a.doubles(), b.doubles(), s));
    }
    if (dtype.isFloating()) {
      return Storage.ofFloats(dtype, multiply(a.floats(), b.floats(), s));
    }
    return Storage.ofLongs(dtype, multiply(a.longs(), b.longs(), s));
  }

  private static float[] multiply(float[] a, float[] b, MatrixProduct s) {
    Kernels kernels = KernelChoice.current().kernels();
    float[] c = new float[s.size()];
    if (s.batch >= TaskSplit.targetTasks()) {
      Workers.run(
          s.batch,
          s.cost(),
          batch -> {
            Packed packed = s.packed(kernels, b, batch);
            s.multiply(kernels, a, batch, 0, s.rows, packed, c);
            packed.release();
          });
    } else if (s.batch > 0) {
      s.inPhases(kernels, a, b, c);
    }
    return c;
  }

  /** For fewer batch elements than tasks: packs all right operands, then multiplies rows. */
  private void inPhases(Kernels kernels, float[] a, float[] b, float[] c) {
    Packed[] packed = new Packed[batch];
    Workers.run(
        cost(),
        new Phase(batch, element -> packed[element] = packed(kernels, b, element)),
        split()
            .phase((element, from, to) ->
                multiply(kernels, a, element, from, to - from, packed[element], c)));
    for (Packed one : packed) {
      one.release();
    }
  }

  private Packed packed(Kernels kernels, float[] b, int element) {
    MatrixView matrix = new MatrixView(b, element * inner * cols, cols, inner, cols);
    return kernels.packOnce(matrix, false, rows);
  }

  /** Some rows of one batch element. */
  private void multiply(
      Kernels kernels, float[] a, int element, int row, int count, Packed b, float[] c) {
    int first = element * rows + row;
    kernels.multiply(
        new MatrixView(a, first * inner, inner, count, inner),
        b,
        new MatrixView(c, first * cols, cols, count, cols));
  }

  private static double[] multiply(double[] a, double[] b, MatrixProduct s) {
    Kernels kernels = KernelChoice.current().kernels();
    double[] c = new double[s.size()];
    s.split()
        .run(
            s.cost(),
            (batch, from, to) -> {
              int first = batch * s.rows + from;
              kernels.multiply(
                  new MatrixView64(a, first * s.inner, s.inner, to - from, s.inner),
                  new MatrixView64(b, batch * s.inner * s.cols, s.cols, s.inner, s.cols),
                  new MatrixView64(c, first * s.cols, s.cols, to - from, s.cols));
            });
    return c;
  }

  private static long[] multiply(long[] a, long[] b, MatrixProduct s) {
    long[] c = new long[s.size()];
    for (int batch = 0; batch < s.batch; batch++) {
      for (int i = 0; i < s.rows; i++) {
        int row = (batch * s.rows + i) * s.cols;
        for (int k = 0; k < s.inner; k++) {
          long value = a[(batch * s.rows + i) * s.inner + k];
          int at = (batch * s.inner + k) * s.cols;
          for (int j = 0; j < s.cols; j++) {
            c[row + j] += value * b[at + j];
          }
        }
      }
    }
    return c;
  }
}
