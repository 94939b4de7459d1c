package dev.heddle.array.op;

import dev.heddle.array.Shape;
import dev.heddle.array.storage.Storage;

/**
 * An array seen as rows of the elements that belong together: those that differ only on the reduced
 * axes, in row-major order.
 */
final class Grouping {
  private final Shape shape;
  private final int[] axes;
  private final int[] order;

  /** How many rows there are. */
  final int rows;

  /** How many elements each has. */
  final int length;

  /** Groups an array of some shape by axes that are counted from the front, in any order. */
  Grouping(Shape shape, int... axes) {
    this.shape = shape;
    int[] kept = Axes.others(axes, shape.rank());
    this.axes = Axes.others(kept, shape.rank());
    this.order = Axes.concat(kept, this.axes);
    this.rows = Shape.of(Axes.pick(shape.dims(), kept)).size();
    this.length = Shape.of(Axes.pick(shape.dims(), this.axes)).size();
  }

  /** The shape with the reduced axes gone, or of length 1. */
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

  /** The elements row after row. */
  Storage toRows(Storage elements) {
    return inOrder() ? elements : Transpose.permuted(elements, shape, order);
  }

  /** Elements that lie row after row, in the array's own order again. */
  Storage fromRows(Storage elements) {
    if (inOrder()) {
      return elements;
    }
    Shape moved = Shape.of(Axes.pick(shape.dims(), order));
    return Transpose.permuted(elements, moved, Axes.inverse(order));
  }

  private boolean inOrder() {
    for (int i = 0; i < order.length; i++) {
      if (order[i] != i) {
        return false;
      }
    }
    return true;
  }
}
