package dev.heddle.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/** Writes msgpack values, each in its shortest format, as Python's {@code msgpack} does. */
final class MsgpackOutput {
  private static final int BUFFER = 1 << 16;

  /** The maximum size of a value's header in bytes. */
  private static final int MAX_HEAD = 9;

  private final WritableByteChannel out;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  MsgpackOutput(WritableByteChannel out) {
    this.out = out;
  }

  void nil() throws IOException {
    format(0xc0);
  }

  void bool(boolean value) throws IOException {
    format(value ? 0xc3 : 0xc2);
  }

  /** A number of 0 or more. */
  void integer(int value) throws IOException {
    if (value <= 0x7f) {
      format(value);
    } else {
      sized(0xcc, 0xcd, 0xce, value);
    }
  }

  void text(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < 32) {
      format(0xa0 | bytes.length);
    } else {
      sized(0xd9, 0xda, 0xdb, bytes.length);
    }
    payload(bytes);
  }

  void map(int entries) throws IOException {
    collection(0x80, 0xde, entries);
  }

  void list(int entries) throws IOException {
    collection(0x90, 0xdc, entries);
  }

  /** The header of binary data. */
  void binary(int length) throws IOException {
    sized(0xc4, 0xc5, 0xc6, length);
  }

  /** The header of an extension. */
  void extension(int type, int length) throws IOException {
    boolean fixed = length <= 16 && Integer.bitCount(length) == 1;
    if (fixed) {
      format(0xd4 + Integer.numberOfTrailingZeros(length));
    } else {
      sized(0xc7, 0xc8, 0xc9, length);
    }
    buffer.put((byte) type);
  }

  /** Raw bytes. */
  void payload(byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; ) {
      room(1);
      int length = Math.min(buffer.remaining(), bytes.length - at);
      buffer.put(bytes, at, length);
      at += length;
    }
  }

  /** Raw bytes. */
  void payload(MemorySegment bytes) throws IOException {
    if (bytes.byteSize() <= buffer.capacity()) {
      room((int) bytes.byteSize());
      buffer.put(bytes.asByteBuffer());
    } else {
      flush();
      Elements.write(bytes, out);
    }
  }

  private void collection(int small, int large, int entries) throws IOException {
    if (entries < 16) {
      format(small | entries);
    } else if (entries <= 0xffff) {
      format(large);
      buffer.putShort((short) entries);
    } else {
      format(large + 1);
      buffer.putInt(entries);
    }
  }

  private void sized(int format8, int format16, int format32, int value) throws IOException {
    if (value <= 0xff) {
      format(format8);
      buffer.put((byte) value);
    } else if (value <= 0xffff) {
      format(format16);
      buffer.putShort((short) value);
    } else {
      format(format32);
      buffer.putInt(value);
    }
  }

  private void format(int format) throws IOException {
    room(MAX_HEAD);
    buffer.put((byte) format);
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  /** Writes the buffered bytes. */
  void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    buffer.clear();
  }
}
