package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Safetensors: eight bytes with the length of a JSON header, the header, and the elements of all
 * tensors behind each other, little-endian and without holes.
 *
 * <p>Read as strictly as the format's own library reads it. Written with the header in the order of
 * the tensors and padded with spaces to a multiple of eight, the elements of wide types first, so
 * that every tensor is aligned; the same checkpoint always gives the same bytes.
 */
public record Safetensors() implements CheckpointFile {
  /** The longest header that readers of this format accept, in bytes. */
  static final long LONGEST_HEADER = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  @Override
  public Checkpoint load(Path path) throws IOException {
    Place place = Place.of(path);
    try (FileChannel file = place.open();
        Arena arena = Arena.ofConfined()) {
      Content.check(place, file, Content.SAFETENSORS);
      long size = file.size();
      long headerLength = headerLength(place, file, size);
      long start = LENGTH_BYTES + headerLength;
      ByteBuffer header = read(place, file, LENGTH_BYTES, (int) headerLength);
      SafetensorsHeader parsed = SafetensorsHeader.parse(place, header, size - start);
      MemorySegment data =
          size == start
              ? MemorySegment.NULL
              : file.map(FileChannel.MapMode.READ_ONLY, start, size - start, arena);
      var tensors = new LinkedHashMap<String, Array>();
      parsed
          .entries()
          .forEach((name, entry) ->
              tensors.put(
                  name,
                  Array.of(
                      data.asSlice(entry.begin(), entry.end() - entry.begin()),
                      entry.dtype(),
                      entry.shape())));
      return new Checkpoint(tensors, parsed.metadata());
    }
  }

  private static long headerLength(Place place, FileChannel file, long size) throws IOException {
    if (size < LENGTH_BYTES) {
      throw place.error("expected 8 bytes with the header's length, got a file of " + size);
    }
    long length = read(place, file, 0, LENGTH_BYTES).getLong();
    if (length < 0 || length > LONGEST_HEADER) {
      throw place.error(
          "expected a header of at most "
              + LONGEST_HEADER
              + " bytes, got a length of "
              + Long.toUnsignedString(length));
    }
    if (length > size - LENGTH_BYTES) {
      throw place.error(
          "expected a header of "
              + length
              + " bytes, got "
              + (size - LENGTH_BYTES)
              + ": truncated");
    }
    return length;
  }

  private static ByteBuffer read(Place place, FileChannel file, long at, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, at + bytes.position()) < 0) {
        throw place.error("ended while it was read");
      }
    }
    return bytes.flip();
  }

  @Override
  public void save(Path path, Checkpoint checkpoint) throws IOException {
    Map<String, Array> tensors = checkpoint.tensors();
    byte[] header =
        SafetensorsHeader.layOut(Place.of(path), tensors, checkpoint.metadata()).toBytes();
    if (header.length > LONGEST_HEADER) {
      throw Place.of(path).error("the names need a header of more than 100 MB");
    }
    AtomicFile.write(
        path,
        out -> {
          ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
          Elements.write(MemorySegment.ofBuffer(length.putLong(header.length).flip()), out);
          Elements.write(MemorySegment.ofArray(header), out);
          for (int itemSize : SafetensorsHeader.WIDE_TO_NARROW) {
            for (Array tensor : tensors.values()) {
              if (tensor.dtype().itemSize() == itemSize) {
                Elements.write(tensor, out);
              }
            }
          }
        });
  }

  /** The format's name of a type. */
  static String name(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> "F64";
      case FLOAT32 -> "F32";
      case FLOAT16 -> "F16";
      case BFLOAT16 -> "BF16";
      case INT64 -> "I64";
      case INT32 -> "I32";
      case UINT32 -> "U32";
      case UINT8 -> "U8";
      case BOOL -> "BOOL";
    };
  }
}
