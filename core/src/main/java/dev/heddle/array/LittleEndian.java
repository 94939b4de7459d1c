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
    return switch (dtype) {
      case FLOAT32 -> {
        float[] out = new float[n];
        MemorySegment.copy(in, LITTLE_FLOAT, 0, out, 0, n);
        yield new Storage.F32(out);
      }
      case FLOAT64 -> {
        double[] out = new double[n];
        MemorySegment.copy(in, LITTLE_DOUBLE, 0, out, 0, n);
        yield new Storage.F64(out);
      }
      case BFLOAT16, FLOAT16 -> {
        short[] out = new short[n];
        MemorySegment.copy(in, LITTLE_SHORT, 0, out, 0, n);
        yield dtype == DType.BFLOAT16 ? new Storage.BF16(out) : new Storage.F16(out);
      }
      case INT32, UINT32 -> {
        int[] out = new int[n];
        MemorySegment.copy(in, LITTLE_INT, 0, out, 0, n);
        yield dtype == DType.INT32 ? new Storage.I32(out) : new Storage.U32(out);
      }
      case INT64 -> {
        long[] out = new long[n];
        MemorySegment.copy(in, LITTLE_LONG, 0, out, 0, n);
        yield new Storage.I64(out);
      }
      case UINT8 -> {
        byte[] out = new byte[n];
        MemorySegment.copy(in, ValueLayout.JAVA_BYTE, 0, out, 0, n);
        yield new Storage.U8(out);
      }
      case BOOL -> {
        byte[] out = new byte[n];
        MemorySegment.copy(in, ValueLayout.JAVA_BYTE, 0, out, 0, n);
        toFlags(out);
        yield new Storage.Bool(out);
      }
    };
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
    switch (elements) {
      case Storage.F32(float[] values) -> {
        for (int i = 0; i < n; i++) {
          segment.setAtIndex(LITTLE_INT, i, Float.floatToIntBits(values[i]));
        }
      }
      case Storage.F64(double[] values) -> {
        for (int i = 0; i < n; i++) {
          segment.setAtIndex(LITTLE_LONG, i, Double.doubleToLongBits(values[i]));
        }
      }
      case Storage.BF16(short[] values) -> {
        for (int i = 0; i < n; i++) {
          boolean nan = (values[i] & 0x7fff) > 0x7f80;
          segment.setAtIndex(LITTLE_SHORT, i, nan ? (short) 0x7fc0 : values[i]);
        }
      }
      case Storage.F16(short[] values) -> {
        for (int i = 0; i < n; i++) {
          boolean nan = (values[i] & 0x7fff) > 0x7c00;
          segment.setAtIndex(LITTLE_SHORT, i, nan ? (short) 0x7e00 : values[i]);
        }
      }
      case Storage.I32(int[] values) -> MemorySegment.copy(values, 0, segment, LITTLE_INT, 0, n);
      case Storage.U32(int[] values) -> MemorySegment.copy(values, 0, segment, LITTLE_INT, 0, n);
      case Storage.I64(long[] values) -> MemorySegment.copy(values, 0, segment, LITTLE_LONG, 0, n);
      case Storage.U8(byte[] values) ->
          MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_BYTE, 0, n);
      case Storage.Bool(byte[] values) ->
          MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_BYTE, 0, n);
    }
  }
}
