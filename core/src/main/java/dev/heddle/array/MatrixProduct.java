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
  /** Tasks for each thread, for load balance. */
  private static final int TASKS_PER_THREAD = 4;

  /** Rows of a task are a multiple of this, so that register tiles are full. */
  private static final int ROW_STEP = 6;

  /** The minimum number of rows of a task. */
  private static final int MIN_ROWS = 48;

  /** Columns of a task are a multiple of this, which every layout's step divides. */
  private static final int COLUMN_STEP = 64;

  int size() {
    return Shape.of(batch, rows, cols).size();
  }

  long cost() {
    return (long) size() * inner;
  }

  /** The number of tasks that keeps all threads busy. */
  static int targetTasks() {
    return TASKS_PER_THREAD * Workers.threads();
  }

  /** Rows of a task: nearly equal shares of whole register tiles. */
  int rowsPerTask() {
    int tasksPerUnit = Math.ceilDiv(targetTasks(), Math.max(1, batch));
    int share = Math.max(MIN_ROWS, (rows + tasksPerUnit - 1) / tasksPerUnit);
    return (share + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
  }

  /** Columns of a task for a number of tasks of rows. */
  static int columnsPerTask(int cols, int rowTasks) {
    int tasksPerUnit = Math.ceilDiv(targetTasks(), Math.max(1, rowTasks));
    int share = Math.ceilDiv(cols, tasksPerUnit);
    return Math.ceilDiv(Math.max(1, share), COLUMN_STEP) * COLUMN_STEP;
  }

  int tasksPerBatch() {
    return (rows + rowsPerTask() - 1) / rowsPerTask();
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
    if (s.batch >= targetTasks()) {
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
    int share = rowsPerTask();
    int tasks = tasksPerBatch();
    Workers.run(
        cost(),
        new Phase(batch, element -> packed[element] = packed(kernels, b, element)),
        new Phase(
            batch * tasks,
            task -> {
              int row = task % tasks * share;
              int count = Math.min(share, rows - row);
              multiply(kernels, a, task / tasks, row, count, packed[task / tasks], c);
            }));
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
    int tasks = s.tasksPerBatch();
    int share = s.rowsPerTask();
    Workers.run(
        s.batch * tasks,
        s.cost(),
        task -> {
          int batch = task / tasks;
          int row = task % tasks * share;
          int rows = Math.min(share, s.rows - row);
          int first = batch * s.rows + row;
          kernels.multiply(
              new MatrixView64(a, first * s.inner, s.inner, rows, s.inner),
              new MatrixView64(b, batch * s.inner * s.cols, s.cols, s.inner, s.cols),
              new MatrixView64(c, first * s.cols, s.cols, rows, s.cols));
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
