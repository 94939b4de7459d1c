package dev.heddle.array;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Copies elements from and to memory segments: little-endian, row-major, contiguous. */
final class LittleEndian {
  private static final ValueLayout.OfFloat LITTLE_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble LITTLE_DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort LITTLE_SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LITTLE_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LITTLE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private LittleEndian() {}

  /** Copies {@code n} elements of a type out of a segment. */
  static Storage read(MemorySegment in, DType dtype, int n) {
    Storage out = Storage.zeros(dtype, n);
    switch (out.values()) {
      case float[] values -> MemorySegment.copy(in, LITTLE_FLOAT, 0, values, 0, n);
      case double[] values -> MemorySegment.copy(in, LITTLE_DOUBLE, 0, values, 0, n);
      case short[] values -> MemorySegment.copy(in, LITTLE_SHORT, 0, values, 0, n);
      case int[] values -> MemorySegment.copy(in, LITTLE_INT, 0, values, 0, n);
      case long[] values -> MemorySegment.copy(in, LITTLE_LONG, 0, values, 0, n);
      case byte[] values -> {
        MemorySegment.copy(in, ValueLayout.JAVA_BYTE, 0, values, 0, n);
        if (dtype == DType.BOOL) {
          toFlags(values);
        }
      }
      default -> throw new AssertionError(dtype);
    }
    return out;
  }

  /** Makes every byte that is not 0 a 1. */
  static void toFlags(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bytes[i] != 0 ? 1 : 0);
    }
  }

  /** Copies elements into a segment of their length, with canonical NaNs. */
  static void write(Storage elements, MemorySegment segment) {
    int n = elements.size();
    switch (elements.values()) {
      case float[] values -> {
        for (int i = 0; i < n; i++) {
          segment.setAtIndex(LITTLE_INT, i, Float.floatToIntBits(values[i]));
        }
      }
      case double[] values -> {
        for (int i = 0; i < n; i++) {
          segment.setAtIndex(LITTLE_LONG, i, Double.doubleToLongBits(values[i]));
        }
      }
      case short[] values -> {
        boolean isBfloat16 = elements.dtype() == DType.BFLOAT16;
        int infinity = isBfloat16 ? 0x7f80 : 0x7c00;
        short canonical = (short) (isBfloat16 ? 0x7fc0 : 0x7e00);
        for (int i = 0; i < n; i++) {
          boolean nan = (values[i] & 0x7fff) > infinity;
          segment.setAtIndex(LITTLE_SHORT, i, nan ? canonical : values[i]);
        }
      }
      case int[] values -> MemorySegment.copy(values, 0, segment, LITTLE_INT, 0, n);
      case long[] values -> MemorySegment.copy(values, 0, segment, LITTLE_LONG, 0, n);
      case byte[] values -> MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_BYTE, 0, n);
      default -> throw new AssertionError(elements.dtype());
    }
  }
}
