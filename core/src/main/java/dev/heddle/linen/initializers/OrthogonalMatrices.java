package dev.heddle.linen.initializers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Gather;
import dev.heddle.array.Shape;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.Arrays;

/** Orthogonal matrices, and convolution kernels with one in their middle. */
final class OrthogonalMatrices {
  /** One of the two methods below. */
  interface Rule {
    Array make(double scale, int columnAxis, Key key, Shape shape, DType dtype);
  }

  private OrthogonalMatrices() {}

  /**
   * A parameter that, with one axis as columns and the others as rows, has orthonormal columns or
   * rows, whichever are fewer.
   */
  static Array orthogonal(double scale, int columnAxis, Key key, Shape shape, DType dtype) {
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(
          "orthogonal: argument \"shape\": expected at least two axes, got " + shape);
    }
    int axis = shape.axis(columnAxis);
    if (shape.size() == 0) {
      return Array.zeros(dtype, shape.dims());
    }
    int columns = shape.dim(axis);
    Array matrix = Random.orthogonal(key, shape.size() / columns, columns, dtype);
    return columnsAt(
        axis, RoundedScalars.times(matrix, RoundedScalars.constant(scale, dtype)), shape);
  }

  /** The elements of {@code [rows..., columns]} with the last axis moved to its position. */
  private static Array columnsAt(int axis, Array matrix, Shape shape) {
    int columns = shape.dim(axis);
    int inner = shape.range(axis + 1, shape.rank()).size();
    int[] places = new int[shape.size()];
    for (int i = 0; i < places.length; i++) {
      int outer = i / (inner * columns);
      int row = outer * inner + i % inner;
      places[i] = row * columns + i / inner % columns;
    }
    return Gather.take(matrix.flatten(), Array.of(places), 0).reshape(shape.dims());
  }

  /**
   * A convolution's parameter of shape {@code [space..., in, out]}: orthogonal in the middle of the
   * space, zero elsewhere.
   */
  static Array delta(double scale, int columnAxis, Key key, Shape shape, DType dtype) {
    int rank = shape.rank();
    if (rank < 3 || rank > 5) {
      throw new IllegalArgumentException(
          "delta_orthogonal: argument \"shape\": expected three, four or five axes, got " + shape);
    }
    if (shape.dim(-1) < shape.dim(-2)) {
      throw new IllegalArgumentException(
          ("delta_orthogonal: argument \"shape\": expected no more inputs (axis -2) than"
                  + " outputs (axis -1), got %s")
              .formatted(shape));
    }
    Shape matrixShape = shape.range(rank - 2, rank);
    Array matrix = orthogonal(scale, columnAxis, key, matrixShape, dtype);
    if (shape.size() == 0) {
      return Array.zeros(dtype, shape.dims());
    }
    int middle = 0;
    for (int space : Arrays.copyOf(shape.dims(), rank - 2)) {
      middle = middle * space + (space - 1) / 2;
    }
    double[] values = new double[shape.size()];
    double[] orthogonal = matrix.toDoubleArray();
    System.arraycopy(orthogonal, 0, values, middle * orthogonal.length, orthogonal.length);
    return Array.of(values).reshape(shape.dims()).astype(dtype);
  }
}
