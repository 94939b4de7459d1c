package dev.heddle.array;

/**
 * The offset of each head in an array that broadcasts to the scores {@code [B..., H, Q, K]}, and
 * its strides, in elements. They may exceed the size of a Java array.
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

  /** The row-major index of query 0 and key 0 of one head of one batch element. */
  long at(int unit) {
    long offset = 0;
    int rest = unit;
    for (int axis = strides.length - 3; axis >= 0; axis--) {
      offset += rest % scores.dim(axis) * strides[axis];
      rest /= scores.dim(axis);
    }
    return offset;
  }

  /** The stride of the queries, 0 if they broadcast. */
  long queryStride() {
    return strides[strides.length - 2];
  }

  /** The stride of the keys: 1, or 0 if they broadcast. */
  int keyStride() {
    return (int) strides[strides.length - 1];
  }
}
