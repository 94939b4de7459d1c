package dev.heddle.array.op;

import dev.heddle.array.Shape;

/**
 * Where each head's part begins in an array that broadcasts to the scores {@code [B..., H, Q, K]},
 * and how it goes on. Numbers of elements, of which there may be more than an array can hold.
 */
record HeadOffsets(Shape scores, long[] strides) {

  static HeadOffsets of(Shape shape, Shape scores) {
    long[] strides = new long[scores.rank()];
    int shift = scores.rank() - shape.rank();
    long stride = 1;
    for (int axis = scores.rank() - 1; axis >= shift; axis--) {
      int length = shape.dim(axis - shift);
      strides[axis] = length == 1 ? 0 : stride;
      stride *= length;
    }
    return new HeadOffsets(scores, strides);
  }

  /** The element of query 0 and key 0 of one head of one batch element, counted row-major. */
  long at(int unit) {
    long offset = 0;
    int rest = unit;
    for (int axis = strides.length - 3; axis >= 0; axis--) {
      offset += rest % scores.dim(axis) * strides[axis];
      rest /= scores.dim(axis);
    }
    return offset;
  }

  /** Elements from one query to the next, or 0. */
  long queryStride() {
    return strides[strides.length - 2];
  }

  /** 1, or 0 where all keys have the same element. */
  int keyStride() {
    return (int) strides[strides.length - 1];
  }
}
