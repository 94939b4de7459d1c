package dev.heddle.array;

/**
 * Arranges an array into rows of the elements that are reduced together, in row-major order of the
 * reduced axes.
 */
final class Grouping {
  private final Shape shape;
  private final int[] axes;
  private final int[] order;

  /** The number of rows. */
  final int rows;

  /** The number of elements of a row. */
  final int length;

  /** The rows of an array of a shape for normalized reduced axes, in any order. */
  Grouping(Shape shape, int... axes) {
    this.shape = shape;
    int[] kept = Axes.others(axes, shape.rank());
    this.axes = Axes.others(kept, shape.rank());
    this.order = Axes.concat(kept, this.axes);
    this.rows = Axes.lengths(shape, kept).size();
    this.length = Axes.lengths(shape, this.axes).size();
  }

  /** The shape without the reduced axes, or with length 1 for them. */
  Shape reduced(boolean keepDims) {
    int[] dims = shape.dims();
    if (!keepDims) {
      return Shape.of(Axes.pick(dims, Axes.others(axes, dims.length)));
    }
    for (int axis : axes) {
      dims[axis] = 1;
    }
    return Shape.of(dims);
  }

  /** The elements in rows. */
  Storage toRows(Storage elements) {
    return Axes.areInOrder(order) ? elements : Transpose.permuted(elements, shape, order);
  }

  /** The inverse of {@link #toRows}, for a storage of the array's shape. */
  Storage fromRows(Storage elements) {
    if (Axes.areInOrder(order)) {
      return elements;
    }
    Shape moved = Axes.lengths(shape, order);
    return Transpose.permuted(elements, moved, Axes.inverse(order));
  }
}
