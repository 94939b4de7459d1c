package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** Moves an array's elements between a file and memory, little-endian, row-major. */
final class Elements {
  private static final int PIECE = 1 << 20;
  private static final long MAX_BUFFER = 1L << 30;

  private Elements() {}

  /**
   * The lengths of an array's axes as {@code int}s.
   *
   * @throws CheckpointException if one is negative or the number of elements exceeds the maximum of
   *     an array
   */
  static int[] shape(FileLocation place, long... lengths) throws CheckpointException {
    int[] shape = new int[lengths.length];
    for (int i = 0; i < shape.length; i++) {
      if (lengths[i] < 0 || lengths[i] > Integer.MAX_VALUE) {
        throw place.error(
            "expected axes of 0 to " + Integer.MAX_VALUE + ", got " + Arrays.toString(lengths));
      }
      shape[i] = (int) lengths[i];
    }
    try {
      var _ = Shape.of(shape).size(); // checks the number of elements
      return shape;
    } catch (IllegalArgumentException e) {
      throw place.error(String.valueOf(e.getMessage()), e);
    }
  }

  /** The size of the elements in bytes. */
  static long bytes(DType dtype, int[] shape) {
    return (long) Shape.of(shape).size() * dtype.itemSize();
  }

  /** The size of an array's elements in bytes. */
  static long bytes(Array array) {
    return (long) array.size() * array.dtype().itemSize();
  }

  /** Writes all elements. */
  static void write(Array array, WritableByteChannel out) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      write(of(array, arena), out);
    }
  }

  /** Writes all bytes of a segment. */
  static void write(MemorySegment segment, WritableByteChannel out) throws IOException {
    for (long at = 0; at < segment.byteSize(); at += PIECE) {
      long length = Math.min(PIECE, segment.byteSize() - at);
      ByteBuffer piece = segment.asSlice(at, length).asByteBuffer();
      while (piece.hasRemaining()) {
        out.write(piece);
      }
    }
  }

  /** Writes all bytes of a segment. */
  static void write(MemorySegment segment, OutputStream out) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, segment.byteSize())];
    for (long at = 0; at < segment.byteSize(); at += piece.length) {
      int length = (int) Math.min(piece.length, segment.byteSize() - at);
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, piece, 0, length);
      out.write(piece, 0, length);
    }
  }

  /** A copy of the elements' bytes, allocated in the arena. */
  static MemorySegment of(Array array, Arena arena) {
    MemorySegment segment = buffer(bytes(array), arena);
    array.copyTo(segment);
    return segment;
  }

  /** A segment of a size; on the heap where that is possible. */
  static MemorySegment buffer(long bytes, Arena arena) {
    return bytes <= MAX_BUFFER
        ? MemorySegment.ofArray(new byte[(int) bytes])
        : arena.allocate(bytes);
  }

  /**
   * Fills a segment from a stream.
   *
   * @return the number of bytes read; less than the segment's size where the stream ended
   */
  static long fill(MemorySegment segment, InputStream in) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, segment.byteSize())];
    long at = 0;
    while (at < segment.byteSize()) {
      int length = in.read(piece, 0, (int) Math.min(piece.length, segment.byteSize() - at));
      if (length < 0) {
        break;
      }
      MemorySegment.copy(MemorySegment.ofArray(piece), 0, segment, at, length);
      at += length;
    }
    return at;
  }

  /** Fills a segment from a file. */
  static void fill(MemorySegment segment, InputFile file, long at) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, segment.byteSize())];
    for (long done = 0; done < segment.byteSize(); done += piece.length) {
      int length = (int) Math.min(piece.length, segment.byteSize() - done);
      file.read(at + done, piece, 0, length);
      MemorySegment.copy(piece, 0, segment, ValueLayout.JAVA_BYTE, done, length);
    }
  }
}
