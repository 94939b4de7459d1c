package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Reads a msgpack file value by value. {@link #next} reads a value's first bytes: its kind and, for
 * numbers, the number; for the others, a length that is not checked yet. Supports every format of
 * the specification.
 */
final class MsgpackInput {
  /** The kind of a value. */
  enum Kind {
    NIL("nil"),
    BOOLEAN("a boolean"),
    INTEGER("an integer"),
    FLOAT("a float"),
    STRING("a string"),
    BINARY("binary data"),
    ARRAY("a list"),
    MAP("a map"),
    EXTENSION("an extension");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int BUFFER = 1 << 16;

  private final InputFile file;
  private final byte[] buffer = new byte[BUFFER];
  private long bufferStart; // offset in the file
  private int bufferLength;
  private int at; // in the buffer

  private long number;
  private double fraction;
  private int extension;

  MsgpackInput(InputFile file) {
    this.file = file;
  }

  /** The number of bytes read. */
  long position() {
    return bufferStart + at;
  }

  /** The number of bytes that follow. */
  long left() {
    return file.size() - position();
  }

  /** The integer that was read, 0 or 1 for a boolean, or the length of the data that follows. */
  long number() {
    return number;
  }

  /** The floating-point number that was read. */
  double fraction() {
    return fraction;
  }

  /** The type of the extension whose length was read. */
  int extension() {
    return extension;
  }

  /**
   * Reads the first bytes of a value.
   *
   * @param here the location of the value, for errors
   */
  Kind next(Supplier<FileLocation> here) throws IOException {
    int format = (int) unsigned(here, 1);
    if (format <= 0x7f) {
      return integer(format);
    }
    if (format >= 0xe0) {
      return integer((byte) format);
    }
    if (format <= 0x8f) {
      return sized(Kind.MAP, format & 0x0f);
    }
    if (format <= 0x9f) {
      return sized(Kind.ARRAY, format & 0x0f);
    }
    if (format <= 0xbf) {
      return sized(Kind.STRING, format & 0x1f);
    }
    return switch (format) {
      case 0xc0 -> Kind.NIL;
      case 0xc2, 0xc3 -> sized(Kind.BOOLEAN, format & 1);
      case 0xc4, 0xc5, 0xc6 -> sized(Kind.BINARY, unsigned(here, 1 << (format - 0xc4)));
      case 0xc7, 0xc8, 0xc9 -> extension(here, unsigned(here, 1 << (format - 0xc7)));
      case 0xca -> fraction(Float.intBitsToFloat((int) unsigned(here, 4)));
      case 0xcb -> fraction(Double.longBitsToDouble(unsigned(here, 8)));
      case 0xcc, 0xcd, 0xce -> integer(unsigned(here, 1 << (format - 0xcc)));
      case 0xcf -> {
        long value = unsigned(here, 8);
        if (value < 0) {
          throw here.get()
              .error(
                  "expected an integer of at most 64 bits, signed, got "
                      + Long.toUnsignedString(value));
        }
        yield integer(value);
      }
      case 0xd0 -> integer((byte) unsigned(here, 1));
      case 0xd1 -> integer((short) unsigned(here, 2));
      case 0xd2 -> integer((int) unsigned(here, 4));
      case 0xd3 -> integer(unsigned(here, 8));
      case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> extension(here, 1L << (format - 0xd4));
      case 0xd9, 0xda, 0xdb -> sized(Kind.STRING, unsigned(here, 1 << (format - 0xd9)));
      case 0xdc, 0xdd -> sized(Kind.ARRAY, unsigned(here, 2 << (format - 0xdc)));
      case 0xde, 0xdf -> sized(Kind.MAP, unsigned(here, 2 << (format - 0xde)));
      default ->
          throw here.get()
              .error(
                  "not valid msgpack: byte %d is %#x, which is not used"
                      .formatted(position() - 1, format));
    };
  }

  private Kind integer(long value) {
    number = value;
    return Kind.INTEGER;
  }

  private Kind fraction(double value) {
    fraction = value;
    return Kind.FLOAT;
  }

  private Kind sized(Kind kind, long length) {
    number = length;
    return kind;
  }

  private Kind extension(Supplier<FileLocation> here, long length) throws IOException {
    extension = (byte) unsigned(here, 1);
    return sized(Kind.EXTENSION, length);
  }

  /** A number of 1, 2, 4 or 8 bytes; one of 8 bytes is signed. */
  private long unsigned(Supplier<FileLocation> here, int length) throws IOException {
    if (bufferLength - at < length) {
      refill(here, length);
    }
    int from = at;
    at += length;
    return switch (length) {
      case 1 -> buffer[from] & 0xffL;
      case 2 -> (short) SHORT.get(buffer, from) & 0xffffL;
      case 4 -> (int) INT.get(buffer, from) & 0xffff_ffffL;
      default -> (long) LONG.get(buffer, from);
    };
  }

  private void refill(Supplier<FileLocation> here, int needed) throws IOException {
    if (left() < needed) {
      throw here.get().error("ends too early, at byte " + file.size() + ": truncated");
    }
    bufferStart += at;
    at = 0;
    bufferLength = (int) Math.min(buffer.length, file.size() - bufferStart);
    file.read(bufferStart, buffer, 0, bufferLength);
  }

  /** Rejects a declared length that exceeds the file. */
  void requireLeft(
      Supplier<FileLocation> here, String what, long count, String unit, long bytesOfEach)
      throws CheckpointException {
    if (count * bytesOfEach > left()) {
      throw here.get()
          .error(
              "declares %s of %d %s, but only %d bytes are left: truncated or corrupt"
                  .formatted(what, count, unit, left()));
    }
  }

  /** The array whose length in bytes was read; there must be as many. */
  Array array(long length, DType dtype, int[] shape) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment elements = Elements.buffer(length, arena);
      int buffered = (int) Math.min(length, bufferLength - at);
      MemorySegment.copy(buffer, at, elements, ValueLayout.JAVA_BYTE, 0, buffered);
      at += buffered;
      if (buffered < length) {
        Elements.fill(elements.asSlice(buffered), file, position());
        bufferStart = position() + length - buffered;
        bufferLength = 0;
        at = 0;
      }
      return Array.of(elements, dtype, shape);
    }
  }

  /** The text whose length was read. */
  String text(Supplier<FileLocation> here) throws IOException {
    requireLeft(here, "a string", number, "bytes", 1);
    if (number > Integer.MAX_VALUE - 8) {
      throw here.get().error("expected a string of less than 2 GiB, got " + number + " bytes");
    }
    byte[] bytes = new byte[(int) number];
    int buffered = Math.min(bytes.length, bufferLength - at);
    System.arraycopy(buffer, at, bytes, 0, buffered);
    at += buffered;
    if (buffered < bytes.length) {
      file.read(position(), bytes, buffered, bytes.length - buffered);
      bufferStart = position() + bytes.length - buffered;
      bufferLength = 0;
      at = 0;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw here.get().error("expected a string in UTF-8, got other bytes", e);
    }
  }
}
