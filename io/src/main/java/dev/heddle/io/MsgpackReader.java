package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessageIntegerOverflowException;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageSizeException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * Reads one tree, from a stream, believing no length that the file cannot hold: a size is compared
 * with what is left of the file before anything is made of it.
 */
final class MsgpackReader {
  /** Flax's extension types. */
  static final int NDARRAY = 1;

  private static final int COMPLEX = 2;
  private static final int SCALAR = 3;

  /** The keys of an array that Flax wrote in pieces. */
  static final String CHUNKED = "__msgpack_chunked_array__";

  static final String CHUNKS = "chunks";
  static final String CHUNKED_SHAPE = "shape";
  private static final String BOX = "value";

  private static final int MOST_LEVELS = 64;
  private static final int MOST_AXES = 64;
  private static final int LONGEST_KEY = 1 << 16;

  private static final ValueLayout.OfLong LITTLE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Place place;
  private final MessageUnpacker in;
  private final long size;
  private final boolean keepBoxes;

  MsgpackReader(Place place, MessageUnpacker in, long size, boolean keepBoxes) {
    this.place = place;
    this.in = in;
    this.size = size;
    this.keepBoxes = keepBoxes;
  }

  /** The tree, which must be all of the file. */
  MsgpackTree read() throws IOException {
    MsgpackTree tree = value("", 0);
    if (left() != 0) {
      throw place.error(
          "expected the end after byte "
              + in.getTotalReadBytes()
              + ", got "
              + left()
              + " bytes more");
    }
    return tree;
  }

  private long left() {
    return size - in.getTotalReadBytes();
  }

  private MsgpackTree value(String path, int level) throws IOException {
    Place here = path.isEmpty() ? place : place.tensor(path);
    if (level > MOST_LEVELS) {
      throw here.error("expected at most " + MOST_LEVELS + " levels of maps and lists");
    }
    try {
      MessageFormat format = in.getNextFormat();
      return switch (format.getValueType()) {
        case MAP -> map(here, path, level);
        case ARRAY -> list(here, path, level);
        case EXTENSION -> new MsgpackTree.Leaf(extension(here));
        case STRING -> new MsgpackTree.Text(text(here, in.unpackRawStringHeader()));
        case BOOLEAN -> new MsgpackTree.Leaf(Array.scalar(in.unpackBoolean() ? 1 : 0, DType.BOOL));
        case INTEGER -> new MsgpackTree.Leaf(integer(in.unpackLong()));
        case FLOAT -> new MsgpackTree.Leaf(Array.scalar(in.unpackDouble(), DType.FLOAT32));
        case NIL -> {
          in.unpackNil();
          yield new MsgpackTree.Nothing();
        }
        case BINARY -> throw here.error("expected an array or a map, got plain bytes");
      };
    } catch (MessagePackException e) {
      throw malformed(here, e);
    }
  }

  private CheckpointException malformed(Place here, MessagePackException e) {
    String what =
        switch (e) {
          case MessageInsufficientBufferException end ->
              "ends too early, at byte " + size + ": truncated";
          case MessageSizeException lie ->
              "declares a length of " + lie.getSize() + ", but only " + left() + " bytes are left";
          case MessageIntegerOverflowException large ->
              "expected a whole number of at most 64 bits, got " + large.getBigInteger();
          default ->
              "not valid msgpack near byte " + in.getTotalReadBytes() + ": " + e.getMessage();
        };
    return here.error(what, e);
  }

  private static Array integer(long value) {
    if ((int) value == value) {
      return Array.scalar((double) value, DType.INT32);
    }
    MemorySegment element = MemorySegment.ofArray(new byte[Long.BYTES]);
    element.set(LITTLE_LONG, 0, value);
    return Array.of(element, DType.INT64);
  }

  private MsgpackTree map(Place here, String path, int level) throws IOException {
    int entries = in.unpackMapHeader();
    fits(here, "a map of " + entries + " entries", 2L * entries);
    var children = new LinkedHashMap<String, MsgpackTree>();
    for (int i = 0; i < entries; i++) {
      String key = key(here);
      MsgpackTree child = value(MsgpackTree.join(path, key), level + 1);
      if (children.put(key, child) != null) {
        throw here.error("the key " + Place.quoted(key) + " is there twice");
      }
    }
    if (children.containsKey(CHUNKED)) {
      return new MsgpackTree.Leaf(chunked(here, children));
    }
    return children.size() == 1
            && children.get(BOX) instanceof MsgpackTree.Leaf boxed
            && !keepBoxes
            && !path.isEmpty()
        ? boxed
        : new MsgpackTree.Branch(children);
  }

  private String key(Place here) throws IOException {
    ValueType type = in.getNextFormat().getValueType();
    if (type == ValueType.INTEGER) {
      return Long.toString(in.unpackLong());
    }
    if (type != ValueType.STRING) {
      throw here.error("expected a key that is a text or a whole number, got " + type);
    }
    int length = in.unpackRawStringHeader();
    if (length > LONGEST_KEY) {
      throw here.error("expected keys of at most " + LONGEST_KEY + " bytes, got " + length);
    }
    return text(here, length);
  }

  private String text(Place here, int length) throws IOException {
    fits(here, "a text of " + length + " bytes", length);
    byte[] bytes = in.readPayload(length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw here.error("expected a text in UTF-8, got other bytes", e);
    }
  }

  private MsgpackTree list(Place here, String path, int level) throws IOException {
    int entries = in.unpackArrayHeader();
    fits(here, "a list of " + entries + " entries", entries);
    var children = new LinkedHashMap<String, MsgpackTree>();
    for (int i = 0; i < entries; i++) {
      String key = Integer.toString(i);
      children.put(key, value(MsgpackTree.join(path, key), level + 1));
    }
    return new MsgpackTree.Branch(children);
  }

  private void fits(Place here, String what, long least) throws CheckpointException {
    if (least > left()) {
      throw here.error(
          "declares " + what + ", but only " + left() + " bytes are left: truncated, or it lies");
    }
  }

  private Array extension(Place here) throws IOException {
    var header = in.unpackExtensionTypeHeader();
    if (header.getType() == COMPLEX) {
      throw here.error("complex numbers are not supported");
    }
    if (header.getType() != NDARRAY && header.getType() != SCALAR) {
      throw here.error("expected extension type 1 (array) or 3 (scalar), got " + header.getType());
    }
    fits(here, "an array of " + header.getLength() + " bytes", header.getLength());
    long end = in.getTotalReadBytes() + header.getLength();
    int parts = in.unpackArrayHeader();
    if (parts != 3) {
      throw here.error("expected an array's shape, dtype and elements, got " + parts + " parts");
    }
    int[] shape = shape(here);
    DType dtype = dtype(here);
    int length = in.unpackBinaryHeader();
    long expected = Elements.bytes(dtype, shape);
    if (length != expected) {
      throw here.error(
          "expected "
              + expected
              + " bytes for "
              + dtype
              + " of shape "
              + Arrays.toString(shape)
              + ", got "
              + length);
    }
    if (in.getTotalReadBytes() + length != end) {
      throw here.error("expected an array that fills its extension of " + header.getLength());
    }
    return Array.of(MemorySegment.ofArray(in.readPayload(length)), dtype, shape);
  }

  private int[] shape(Place here) throws IOException {
    int axes = in.unpackArrayHeader();
    if (axes > MOST_AXES) {
      throw here.error("expected at most " + MOST_AXES + " axes, got " + axes);
    }
    long[] lengths = new long[axes];
    for (int i = 0; i < axes; i++) {
      lengths[i] = in.unpackLong();
    }
    return Elements.shape(here, lengths);
  }

  private DType dtype(Place here) throws IOException {
    boolean binary = in.getNextFormat().getValueType() == ValueType.BINARY;
    String name = text(here, binary ? in.unpackBinaryHeader() : in.unpackRawStringHeader());
    try {
      return DType.of(name);
    } catch (IllegalArgumentException e) {
      throw here.error(
          "dtype " + Place.quoted(name) + " is not supported, expected one of " + names(), e);
    }
  }

  private static String names() {
    return String.join(", ", Arrays.stream(DType.values()).map(DType::toString).toList());
  }

  /** An array that Flax wrote as {@code {shape: {0: ...}, chunks: {0: ...}}}. */
  private static Array chunked(Place here, Map<String, MsgpackTree> children)
      throws CheckpointException {
    Array[] axes = parts(here, children, CHUNKED_SHAPE);
    Array[] chunks = parts(here, children, CHUNKS);
    long[] lengths = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      if (axes[i].size() != 1 || !axes[i].dtype().isInteger()) {
        throw here.error("expected whole numbers as the shape of an array in chunks");
      }
      lengths[i] = axes[i].toLongArray()[0];
    }
    int[] shape = Elements.shape(here, lengths);
    if (chunks.length == 0) {
      throw here.error("expected at least one chunk");
    }
    DType dtype = chunks[0].dtype();
    long found = 0;
    for (Array chunk : chunks) {
      if (chunk.dtype() != dtype || chunk.rank() != 1) {
        throw here.error(
            "expected chunks of one axis and type "
                + dtype
                + ", got "
                + chunk.dtype()
                + chunk.shape());
      }
      found += Elements.bytes(chunk);
    }
    if (found != Elements.bytes(dtype, shape)) {
      throw here.error(
          "expected chunks of "
              + Elements.bytes(dtype, shape)
              + " bytes together for shape "
              + Arrays.toString(shape)
              + ", got "
              + found);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = Elements.buffer(found, arena);
      long at = 0;
      for (Array chunk : chunks) {
        long length = Elements.bytes(chunk);
        chunk.copyTo(whole.asSlice(at, length));
        at += length;
      }
      return Array.of(whole, dtype, shape);
    }
  }

  /** The children 0, 1, ... of a child, which has no others. */
  private static Array[] parts(Place here, Map<String, MsgpackTree> children, String name)
      throws CheckpointException {
    if (!(children.get(name) instanceof MsgpackTree.Branch branch)) {
      throw here.error("expected a map \"" + name + "\" of an array in chunks");
    }
    Array[] parts = new Array[branch.children().size()];
    for (int i = 0; i < parts.length; i++) {
      if (!(branch.children().get(Integer.toString(i)) instanceof MsgpackTree.Leaf(Array part))) {
        throw here.error("expected \"" + name + "\" of an array in chunks to have part " + i);
      }
      parts[i] = part;
    }
    return parts;
  }
}
