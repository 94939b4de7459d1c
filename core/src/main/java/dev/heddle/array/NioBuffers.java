package dev.heddle.array;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Copies elements from and to NIO buffers, whose positions do not change. */
final class NioBuffers {
  private NioBuffers() {}

  /** The usual element type of a buffer. */
  static DType dtype(Buffer buffer) {
    return switch (buffer) {
      case FloatBuffer _ -> DType.FLOAT32;
      case DoubleBuffer _ -> DType.FLOAT64;
      case IntBuffer _ -> DType.INT32;
      case LongBuffer _ -> DType.INT64;
      case ByteBuffer _ -> DType.UINT8;
      default ->
          throw new IllegalArgumentException(
              "buffer: expected one of floats, doubles, ints, longs or bytes, got " + buffer);
    };
  }

  /** The remaining elements of a buffer. */
  static Storage read(Buffer buffer, DType dtype) {
    Storage elements = Storage.zeros(dtype, buffer.remaining());
    int at = buffer.position();
    switch (elements.values()) {
      case float[] values when buffer instanceof FloatBuffer in -> in.get(at, values);
      case double[] values when buffer instanceof DoubleBuffer in -> in.get(at, values);
      case short[] values when buffer instanceof ShortBuffer in -> in.get(at, values);
      case int[] values when buffer instanceof IntBuffer in -> in.get(at, values);
      case long[] values when buffer instanceof LongBuffer in -> in.get(at, values);
      case byte[] values when buffer instanceof ByteBuffer in -> {
        in.get(at, values);
        if (dtype == DType.BOOL) {
          LittleEndian.toFlags(values);
        }
      }
      default -> throw mismatch(buffer, dtype);
    }
    return elements;
  }

  /** Writes an array's elements at the position of a buffer. */
  static void write(Array array, Buffer buffer) {
    boolean isBytes = buffer instanceof ByteBuffer;
    long expected = (long) array.size() * (isBytes ? array.dtype().itemSize() : 1);
    if (buffer.remaining() != expected) {
      throw new IllegalArgumentException(
          "buffer: expected room for %d %s of %s%s, got %d"
              .formatted(
                  expected,
                  isBytes ? "bytes" : "elements",
                  array.dtype(),
                  array.shape(),
                  buffer.remaining()));
    }
    int at = buffer.position();
    switch (buffer) {
      case FloatBuffer out -> out.put(at, array.toFloatArray());
      case DoubleBuffer out -> out.put(at, array.toDoubleArray());
      case IntBuffer out -> out.put(at, array.toIntArray());
      case LongBuffer out -> out.put(at, array.toLongArray());
      case ByteBuffer out -> out.put(at, array.toBytes());
      case ShortBuffer out when array.storage().values() instanceof short[] values ->
          out.put(at, values);
      default -> throw mismatch(buffer, array.dtype());
    }
  }

  private static IllegalArgumentException mismatch(Buffer buffer, DType dtype) {
    return new IllegalArgumentException(
        "buffer: expected one of the elements that " + dtype + " is stored in, got " + buffer);
  }
}
