package dev.heddle.array.op;

import dev.heddle.array.Shape;
import dev.heddle.kernel.ParallelFor;
import java.util.Arrays;

/** A walk over one or two sources in the row-major order of a result, by strides. */
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

  /** Which element of a source stands at each index of the result. */
  static int[] places(Shape result, int[] strides, int offset) {
    int[] places = new int[result.size()];
    if (result.rank() == 0) {
      places[0] = offset;
      return places;
    }
    int last = result.rank() - 1;
    int[] dims = result.dims();
    StridedIterator walk = new StridedIterator(dims, strides, offset);
    int step = strides[last];
    int length = dims[last];
    for (int out = 0; out < places.length; out += length) {
      for (int i = 0; i < length; i++) {
        places[out + i] = walk.at + i * step;
      }
      walk.advance();
    }
    return places;
  }

  /** One row of the result: where it begins, where each source's begins and how those go on. */
  interface Row {
    void run(int out, int a, int aStep, int b, int bStep, int length);
  }

  /**
   * Calls back, from several threads where there is much to do, for runs of the result as long as
   * both sources go on evenly.
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
    while (last > 0 && goesOn(aStrides, dims, last) && goesOn(bStrides, dims, last)) {
      dims[last - 1] *= dims[last]; // two axes that lie in memory as one
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
          StridedIterator aWalk = new StridedIterator(outer, aStrides, 0).skip(first);
          StridedIterator bWalk = new StridedIterator(outer, bStrides, 0).skip(first);
          for (int i = first; i < first + count; i++) {
            row.run(i * length, aWalk.at, aStep, bWalk.at, bStep, length);
            aWalk.advance();
            bWalk.advance();
          }
        });
  }

  /** Whether a shape's elements are the result's in order, or one for all of them. */
  static boolean isEven(Shape shape, Shape result) {
    return shape.size() == 1 || shape.size() == result.size();
  }

  private static boolean goesOn(int[] strides, int[] dims, int axis) {
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

  /** From the first row to another. */
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
