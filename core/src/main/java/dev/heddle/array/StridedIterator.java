package dev.heddle.array;

import dev.heddle.kernel.ParallelFor;
import java.util.Arrays;

/** Iterates over one or two strided sources in the row-major order of a result. */
final class StridedIterator {
  private final int[] dims;
  private final int[] strides;
  private final int[] index;
  private int at;

  private StridedIterator(int[] dims, int[] strides, int offset) {
    this.dims = dims;
    this.strides = strides;
    this.index = new int[dims.length];
    this.at = offset;
  }

  /** The source index of each element of the result, row-major. */
  static int[] indices(Shape result, int[] strides, int offset) {
    int[] indices = new int[result.size()];
    if (result.rank() == 0) {
      indices[0] = offset;
      return indices;
    }
    int last = result.rank() - 1;
    int[] dims = result.dims();
    StridedIterator source = new StridedIterator(dims, strides, offset);
    int step = strides[last];
    int length = dims[last];
    for (int out = 0; out < indices.length; out += length) {
      for (int i = 0; i < length; i++) {
        indices[out + i] = source.at + i * step;
      }
      source.advance();
    }
    return indices;
  }

  /** A row of the result: the offsets of result and sources, and the sources' steps. */
  interface Row {
    void run(int out, int a, int aStep, int b, int bStep, int length);
  }

  /**
   * Visits rows of the result over which both sources have constant steps, in parallel if there are
   * many elements.
   *
   * @param cost as {@link ParallelFor#run}
   */
  static void rows(Shape result, Shape a, Shape b, int cost, Row row) {
    int size = result.size();
    if (size == 0) {
      return;
    }
    if (isEven(a, result) && isEven(b, result)) {
      int aStep = a.size() == 1 ? 0 : 1;
      int bStep = b.size() == 1 ? 0 : 1;
      ParallelFor.run(size, cost, (at, m) -> row.run(at, at * aStep, aStep, at * bStep, bStep, m));
      return;
    }
    int[] dims = result.dims();
    int[] aStrides = a.stridesFor(result);
    int[] bStrides = b.stridesFor(result);
    int last = dims.length - 1;
    while (last > 0 && isContiguous(aStrides, dims, last) && isContiguous(bStrides, dims, last)) {
      dims[last - 1] *= dims[last]; // merges axes that are contiguous in both
      aStrides[last - 1] = aStrides[last];
      bStrides[last - 1] = bStrides[last];
      last--;
    }
    int[] outer = Arrays.copyOf(dims, last + 1);
    int length = dims[last];
    int aStep = aStrides[last];
    int bStep = bStrides[last];
    ParallelFor.rows(
        size / length,
        length,
        cost,
        (first, count) -> {
          StridedIterator aRows = new StridedIterator(outer, aStrides, 0).skip(first);
          StridedIterator bRows = new StridedIterator(outer, bStrides, 0).skip(first);
          for (int i = first; i < first + count; i++) {
            row.run(i * length, aRows.at, aStep, bRows.at, bStep, length);
            aRows.advance();
            bRows.advance();
          }
        });
  }

  /** Whether a shape has the result's elements in order, or a single element. */
  static boolean isEven(Shape shape, Shape result) {
    return shape.size() == 1 || shape.size() == result.size();
  }

  private static boolean isContiguous(int[] strides, int[] dims, int axis) {
    return strides[axis - 1] == strides[axis] * dims[axis];
  }

  private void advance() {
    for (int axis = dims.length - 2; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < dims[axis]) {
        return;
      }
      at -= index[axis] * strides[axis];
      index[axis] = 0;
    }
  }

  /** Advances from the first row by a number of rows. */
  private StridedIterator skip(int rows) {
    int left = rows;
    for (int axis = dims.length - 2; axis >= 0; axis--) {
      index[axis] = left % dims[axis];
      left /= dims[axis];
      at += index[axis] * strides[axis];
    }
    return this;
  }

  /** The common shape of an operation's arguments. */
  static Shape broadcast(String operation, Shape a, Shape b) {
    try {
      return Shape.broadcast(a, b);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          operation + ": expected shapes that broadcast, got " + a + " and " + b, e);
    }
  }
}
