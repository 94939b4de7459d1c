package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rows;
import dev.heddle.kernel.Rows64;
import dev.heddle.kernel.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Matrix products over any axes: {@code lax.dot_general} and {@code numpy.matmul}.
 *
 * <p>Order of operations: every element of the result is one chain of fused multiply-adds over the
 * contracted indices, row-major in the order in which the axes are given, starting from zero.
 * bfloat16 and float16 are multiplied in float32 and rounded once at the end; integers wrap.
 */
public final class MatMul {
  /** Tasks for each thread, so that none waits long for the last one. */
  private static final int TASKS_A_THREAD = 4;

  /** Rows of a task are a multiple of this, so that register tiles are full. */
  private static final int ROW_STEP = 6;

  /** Fewer rows than this are not worth a task. */
  private static final int FEW_ROWS = 48;

  private MatMul() {}

  /**
   * The product of two arrays as in NumPy's {@code matmul}: over the last axis of the first and the
   * one before the last of the second, leading axes broadcast, one-dimensional operands taken as a
   * row and a column.
   *
   * @param a shape {@code [B..., M, K]} or {@code [K]}
   * @param b shape {@code [B..., K, N]} or {@code [K]}
   * @return shape {@code [B..., M, N]} without the axis of a one-dimensional operand, in the
   *     promoted dtype
   * @throws IllegalArgumentException if an operand is a scalar, the contracted lengths differ, or
   *     the leading axes do not broadcast
   */
  public static Array matmul(Array a, Array b) {
    if (a.rank() == 0
        || b.rank() == 0
        || a.shape().dim(-1) != b.shape().dim(Math.max(-2, -b.rank()))) {
      throw new IllegalArgumentException(
          "matmul: expected shapes [..., M, K] and [..., K, N], got "
              + a.shape()
              + " and "
              + b.shape());
    }
    if (a.rank() <= 2 && b.rank() <= 2) {
      return dotGeneral(a, b, new int[] {a.rank() - 1}, new int[] {0}, new int[0], new int[0]);
    }
    if (b.rank() <= 2) {
      int contracted = b.rank() == 1 ? 0 : b.rank() - 2;
      return dotGeneral(
          a, b, new int[] {a.rank() - 1}, new int[] {contracted}, new int[0], new int[0]);
    }
    Array left = a.rank() == 1 ? Reshape.reshape(a, 1, a.size()) : a;
    Shape batch =
        Shape.broadcast(left.shape().range(0, left.rank() - 2), b.shape().range(0, b.rank() - 2));
    Array wideA = broadcastBatch(left, batch);
    Array wideB = broadcastBatch(b, batch);
    int[] axes = Axes.first(batch.rank());
    Array product =
        dotGeneral(
            wideA, wideB, new int[] {wideA.rank() - 1}, new int[] {wideB.rank() - 2}, axes, axes);
    if (a.rank() > 1) {
      return product;
    }
    return Reshape.reshape(product, batch.append(product.shape().dim(-1)).dims());
  }

  private static Array broadcastBatch(Array array, Shape batch) {
    Shape matrix = array.shape().range(array.rank() - 2, array.rank());
    return Reshape.broadcastTo(array, batch.concat(matrix).dims());
  }

  /**
   * The product of two arrays over given axes, {@code lax.dot_general}; axes may be counted from
   * the end.
   *
   * @param lhsContract axes of {@code lhs} that are summed over
   * @param rhsContract the axes of {@code rhs} that go with them, of equal lengths
   * @param lhsBatch axes of {@code lhs} that both have
   * @param rhsBatch the axes of {@code rhs} that go with them, of equal lengths
   * @return axes: batch, then the free ones of {@code lhs}, then those of {@code rhs}; in the
   *     promoted dtype
   * @throws IllegalArgumentException if the axes do not pair up, repeat, or differ in length
   */
  public static Array dotGeneral(
      Array lhs, Array rhs, int[] lhsContract, int[] rhsContract, int[] lhsBatch, int[] rhsBatch) {
    DotGeneral op =
        new DotGeneral(
            axes(lhs, lhsContract),
            axes(rhs, rhsContract),
            axes(lhs, lhsBatch),
            axes(rhs, rhsBatch));
    op.check(lhs.shape(), rhs.shape());
    return Op.run(op, lhs, rhs);
  }

  /**
   * A product plus a bias over all of its last axes, as a projection makes it: {@link #dotGeneral}
   * without batch axes, then an addition.
   *
   * @param bias shape: the axes of {@code rhs} that are not contracted
   * @return axes: the free ones of {@code lhs}, then those of {@code rhs}; in the promoted dtype
   * @throws IllegalArgumentException as {@link #dotGeneral}, or if the bias has another shape
   */
  public static Array affine(
      Array lhs, Array rhs, int[] lhsContract, int[] rhsContract, Array bias) {
    int[] none = {};
    boolean together =
        lhs.dtype() == rhs.dtype()
            && lhs.dtype() == bias.dtype()
            && (lhs.dtype() == DType.FLOAT32 || lhs.dtype().isHalf())
            && bias.rank() == rhs.rank() - rhsContract.length;
    if (!together) {
      return Elementwise.add(dotGeneral(lhs, rhs, lhsContract, rhsContract, none, none), bias);
    }
    DotGeneral op = new DotGeneral(axes(lhs, lhsContract), axes(rhs, rhsContract), none, none);
    op.check(lhs.shape(), rhs.shape());
    op.checkBias(rhs.shape(), bias.shape());
    return Op.run(op, lhs, rhs, bias);
  }

  /** The axes counted from the front. */
  private static int[] axes(Array array, int... axes) {
    int[] normal = new int[axes.length];
    for (int i = 0; i < normal.length; i++) {
      normal[i] = array.shape().axis(axes[i]);
    }
    return normal;
  }

  private record DotGeneral(int[] lhsContract, int[] rhsContract, int[] lhsBatch, int[] rhsBatch)
      implements Op {
    @Override
    public String name() {
      return "dot_general";
    }

    void check(Shape lhs, Shape rhs) {
      pairs("contracted", lhs, lhsContract, rhs, rhsContract);
      pairs("batch", lhs, lhsBatch, rhs, rhsBatch);
      distinct("first", lhs, lhsContract, lhsBatch);
      distinct("second", rhs, rhsContract, rhsBatch);
    }

    void checkBias(Shape rhs, Shape bias) {
      Shape expected = Axes.lengths(rhs, free(rhs.rank(), rhsContract, rhsBatch));
      if (!bias.equals(expected)) {
        throw new IllegalArgumentException(
            "affine: argument \"bias\": expected shape " + expected + ", got " + bias);
      }
    }

    private static void pairs(String kind, Shape lhs, int[] left, Shape rhs, int[] right) {
      boolean equal = left.length == right.length;
      for (int i = 0; equal && i < left.length; i++) {
        equal = lhs.dim(left[i]) == rhs.dim(right[i]);
      }
      if (!equal) {
        throw new IllegalArgumentException(
            "dot_general: expected "
                + kind
                + " axes of equal lengths, got axes "
                + Arrays.toString(left)
                + " of "
                + lhs
                + " and "
                + Arrays.toString(right)
                + " of "
                + rhs);
      }
    }

    private static void distinct(String which, Shape shape, int[] contract, int[] batch) {
      boolean[] taken = new boolean[shape.rank()];
      for (int axis : Axes.concat(contract, batch)) {
        if (taken[axis]) {
          throw new IllegalArgumentException(
              "dot_general: expected every axis at most once, got contracted "
                  + Arrays.toString(contract)
                  + " and batch "
                  + Arrays.toString(batch)
                  + " of the "
                  + which
                  + " operand, shape "
                  + shape);
        }
        taken[axis] = true;
      }
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array lhs = inputs.get(0);
      Array rhs = inputs.get(1);
      int[] lhsFree = free(lhs.rank(), lhsContract, lhsBatch);
      int[] rhsFree = free(rhs.rank(), rhsContract, rhsBatch);
      Shape batch = Axes.lengths(lhs.shape(), lhsBatch);
      Shape contract = Axes.lengths(lhs.shape(), lhsContract);
      Shape left = Axes.lengths(lhs.shape(), lhsFree);
      Shape right = Axes.lengths(rhs.shape(), rhsFree);
      Shape shape = batch.concat(left).concat(right);
      DType dtype = DType.promote(lhs.dtype(), rhs.dtype());
      int[] rhsOrder = concat(rhsBatch, rhsContract, rhsFree);
      Sizes sizes = new Sizes(batch.size(), left.size(), contract.size(), right.size());
      Storage a = arrange(lhs, concat(lhsBatch, lhsFree, lhsContract));
      if (dtype.isFloating() && dtype != DType.FLOAT64 && sizes.batch == 1) {
        Kernels kernels = KernelChoice.current().kernels();
        Supplier<Rows> matrix =
            () -> Rows.of(arrange(rhs, rhsOrder).floats(), sizes.inner, sizes.cols);
        Packed packed =
            Axes.areInOrder(rhsOrder)
                ? rhs.packed(kernels, matrix, sizes.rows)
                : kernels.pack(matrix.get(), sizes.rows);
        Epilogue epilogue =
            inputs.size() < 3
                ? Epilogue.NONE
                : new Epilogue(Roundings.of(dtype), inputs.get(2).storage().floats(), 1);
        float[] product = new float[sizes.size()];
        multiply(kernels, a.floats(), 0, packed, product, sizes, epilogue);
        return Array.wrap(Storage.ofFloats(dtype, product), shape);
      }
      return Array.wrap(multiply(a, arrange(rhs, rhsOrder), sizes, dtype), shape);
    }

    private static int[] free(int rank, int[] contract, int[] batch) {
      return Axes.others(Axes.concat(contract, batch), rank);
    }

    private static int[] concat(int[] first, int[] second, int[] third) {
      return Axes.concat(Axes.concat(first, second), third);
    }

    /** The elements with the axes in the given order; without a copy where that is their order. */
    private static Storage arrange(Array array, int[] order) {
      return Axes.areInOrder(order) ? array.storage() : Transpose.transpose(array, order).storage();
    }
  }

  private record Sizes(int batch, int rows, int inner, int cols) {
    int size() {
      return Shape.of(batch, rows, cols).size();
    }

    long cost() {
      return (long) size() * inner;
    }

    /** Equal shares, as near as whole register tiles allow. */
    int rowsATask() {
      int wanted = TASKS_A_THREAD * Workers.threads();
      int share = Math.max(FEW_ROWS, (rows + wanted - 1) / wanted);
      return (share + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
    }

    int tasksABatch() {
      return (rows + rowsATask() - 1) / rowsATask();
    }
  }

  private static Storage multiply(Storage a, Storage b, Sizes sizes, DType dtype) {
    if (dtype == DType.FLOAT64) {
      return Storage.ofDoubles(dtype, multiply(a.doubles(), b.doubles(), sizes));
    }
    if (dtype.isFloating()) {
      return Storage.ofFloats(dtype, multiply(a.floats(), b.floats(), sizes));
    }
    return Storage.ofLongs(dtype, multiply(a.longs(), b.longs(), sizes));
  }

  private static float[] multiply(float[] a, float[] b, Sizes s) {
    Kernels kernels = KernelChoice.current().kernels();
    float[] c = new float[s.size()];
    Workers.run(
        s.batch,
        s.cost(),
        batch -> {
          int at = batch * s.inner * s.cols;
          Packed packed = kernels.pack(new Rows(b, at, s.cols, s.inner, s.cols), s.rows);
          multiply(kernels, a, batch, packed, c, s, Epilogue.NONE);
        });
    return c;
  }

  /** One batch element, its rows split into tasks. */
  private static void multiply(
      Kernels kernels, float[] a, int batch, Packed b, float[] c, Sizes s, Epilogue epilogue) {
    int share = s.rowsATask();
    Workers.run(
        s.tasksABatch(),
        s.cost() / s.batch,
        task -> {
          int row = task * share;
          int rows = Math.min(share, s.rows - row);
          int first = batch * s.rows + row;
          kernels.multiply(
              new Rows(a, first * s.inner, s.inner, rows, s.inner),
              b,
              0,
              new Rows(c, first * s.cols, s.cols, rows, s.cols),
              epilogue);
        });
  }

  private static double[] multiply(double[] a, double[] b, Sizes s) {
    Kernels kernels = KernelChoice.current().kernels();
    double[] c = new double[s.size()];
    int tasks = s.tasksABatch();
    int share = s.rowsATask();
    Workers.run(
        s.batch * tasks,
        s.cost(),
        task -> {
          int batch = task / tasks;
          int row = task % tasks * share;
          int rows = Math.min(share, s.rows - row);
          int first = batch * s.rows + row;
          kernels.multiply(
              new Rows64(a, first * s.inner, s.inner, rows, s.inner),
              new Rows64(b, batch * s.inner * s.cols, s.cols, s.inner, s.cols),
              new Rows64(c, first * s.cols, s.cols, rows, s.cols));
        });
    return c;
  }

  private static long[] multiply(long[] a, long[] b, Sizes s) {
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
