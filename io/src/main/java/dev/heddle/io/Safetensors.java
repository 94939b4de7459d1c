package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Safetensors: eight bytes with the length of a JSON header, the header, and the elements of all
 * tensors, contiguous and little-endian.
 *
 * <p>Reading is as strict as in the safetensors library. Writing keeps the order of the tensors in
 * the header, pads it with spaces to a multiple of eight, and writes the elements in decreasing
 * order of their size, so that every tensor is aligned; the same checkpoint always gives the same
 * bytes.
 */
public record Safetensors() implements CheckpointFile {
  /** The longest header that readers of this format accept, in bytes. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  @Override
  public Checkpoint load(Path path) throws IOException {
    try (InputFile file = new InputFile(FileLocation.of(path))) {
      return read(file);
    }
  }

  /** Reads an open file; copies the elements, since a mapped file could be truncated meanwhile. */
  static Checkpoint read(InputFile file) throws IOException {
    Content.check(file, Content.SAFETENSORS);
    int headerLength = headerLength(file);
    long start = (long) LENGTH_BYTES + headerLength;
    byte[] header = new byte[headerLength];
    file.read(LENGTH_BYTES, header, 0, headerLength);
    SafetensorsHeader parsed =
        SafetensorsHeader.parse(file.place(), ByteBuffer.wrap(header), file.size() - start);
    var tensors = new LinkedHashMap<String, Array>();
    for (Map.Entry<String, SafetensorsHeader.Entry> each : parsed.entries().entrySet()) {
      SafetensorsHeader.Entry entry = each.getValue();
      tensors.put(each.getKey(), array(file, start + entry.begin(), entry));
    }
    file.requireSameSize();
    return new Checkpoint(tensors, parsed.metadata());
  }

  private static Array array(InputFile file, long at, SafetensorsHeader.Entry entry)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment elements = Elements.buffer(entry.end() - entry.begin(), arena);
      Elements.fill(elements, file, at);
      return Array.of(elements, entry.dtype(), entry.shape());
    }
  }

  private static int headerLength(InputFile file) throws IOException {
    FileLocation place = file.place();
    long size = file.size();
    if (size < LENGTH_BYTES) {
      throw place.error("expected 8 bytes with the header's length, got a file of " + size);
    }
    byte[] bytes = new byte[LENGTH_BYTES];
    file.read(0, bytes, 0, LENGTH_BYTES);
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw place.error(
          "expected a header of at most "
              + MAX_HEADER_BYTES
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
    return (int) length;
  }

  @Override
  public void save(Path path, Checkpoint checkpoint) throws IOException {
    FileLocation place = FileLocation.of(path);
    Map<String, Array> tensors = checkpoint.tensors();
    Limits.check(place, tensors);
    byte[] header = SafetensorsHeader.layOut(place, tensors, checkpoint.metadata()).toBytes();
    if (header.length > MAX_HEADER_BYTES) {
      throw place.error(
          "the names and metadata need a header of "
              + header.length
              + " bytes, expected at most "
              + MAX_HEADER_BYTES);
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

  /** The format's name of a dtype. */
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
