package dev.heddle.array;

/**
 * Matrix products over any axes: {@code lax.dot_general} and {@code numpy.matmul}.
 *
 * <p>Order of operations: each element of the result is one chain of fused multiply-adds over the
 * contracted indices, row-major in the order of the given axes, starting from zero. bfloat16 and
 * float16 are multiplied in float32 and rounded once at the end; integers wrap.
 */
public final class MatMul {
  private MatMul() {}

  /**
   * The product of two arrays as in NumPy's {@code matmul}: over the last axis of the first and the
   * second to last of the second. Leading axes broadcast; one-dimensional operands are treated as a
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
          "matmul: expected shapes [..., M, K] and [..., K, N], got %s and %s"
              .formatted(a.shape(), b.shape()));
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
    Array batchedA = broadcastBatch(left, batch);
    Array batchedB = broadcastBatch(b, batch);
    int[] axes = Axes.first(batch.rank());
    Array product =
        dotGeneral(
            batchedA,
            batchedB,
            new int[] {batchedA.rank() - 1},
            new int[] {batchedB.rank() - 2},
            axes,
            axes);
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
   * @param lhsContract contracted axes of {@code lhs}
   * @param rhsContract the corresponding axes of {@code rhs}, of equal lengths
   * @param lhsBatch batch axes of {@code lhs}
   * @param rhsBatch the corresponding axes of {@code rhs}, of equal lengths
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
   * A product plus a bias over all of its last axes, as in a dense layer: {@link #dotGeneral}
   * without batch axes, then an addition.
   *
   * @param bias shape: the axes of {@code rhs} that are not contracted
   * @return axes: the free ones of {@code lhs}, then those of {@code rhs}; in the promoted dtype
   * @throws IllegalArgumentException as {@link #dotGeneral}, or if the bias has another shape
   */
  public static Array affine(
      Array lhs, Array rhs, int[] lhsContract, int[] rhsContract, Array bias) {
    int[] none = {};
    boolean isFusable =
        lhs.dtype() == rhs.dtype()
            && lhs.dtype() == bias.dtype()
            && (lhs.dtype() == DType.FLOAT32 || lhs.dtype().isHalf())
            && bias.rank() == rhs.rank() - rhsContract.length;
    if (!isFusable) {
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
}
