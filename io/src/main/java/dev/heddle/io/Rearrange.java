package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Reshapes, transposes, concatenates and splits arrays, bit by bit. */
final class Rearrange {
  private Rearrange() {}

  /** The same elements, row-major, in another shape. */
  static Array reshape(Array array, int... shape) {
    try (Arena arena = Arena.ofConfined()) {
      return Array.of(Elements.of(array, arena), array.dtype(), shape);
    }
  }

  /** The transpose: shape {@code [m, n]} to {@code [n, m]}. */
  static Array transpose(Array array) {
    int rows = array.shape().dim(0);
    int columns = array.shape().dim(1);
    int itemSize = array.dtype().itemSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = Elements.of(array, arena);
      MemorySegment to = Elements.buffer(from.byteSize(), arena);
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          long source = ((long) row * columns + column) * itemSize;
          long target = ((long) column * rows + row) * itemSize;
          MemorySegment.copy(from, source, to, target, itemSize);
        }
      }
      return Array.of(to, array.dtype(), columns, rows);
    }
  }

  /** Concatenates arrays of one dtype along their first axis. */
  static Array concatenate(List<Array> arrays) {
    Array first = arrays.getFirst();
    DType dtype = first.dtype();
    int[] shape = first.shape().dims();
    shape[0] = arrays.stream().mapToInt(array -> array.shape().dim(0)).sum();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = Elements.buffer(Elements.bytes(dtype, shape), arena);
      long at = 0;
      for (Array array : arrays) {
        array.copyTo(whole.asSlice(at, Elements.bytes(array)));
        at += Elements.bytes(array);
      }
      return Array.of(whole, dtype, shape);
    }
  }

  /** Splits the first axis into equal parts; their number must divide its length. */
  static Array part(Array array, int part, int parts) {
    int[] shape = array.shape().dims();
    shape[0] /= parts;
    long length = Elements.bytes(array.dtype(), shape);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = Elements.of(array, arena);
      return Array.of(whole.asSlice(part * length, length), array.dtype(), shape);
    }
  }
}
