package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The header of a {@code .npy} file: a magic string, a version, and a Python dictionary with the
 * dtype, the order and the shape.
 *
 * @param dtype the type of the elements
 * @param bigEndian whether the elements are big-endian
 * @param fortranOrder whether the first axis is the contiguous one
 * @param shape the lengths of the axes
 * @param length the length of the header in bytes
 */
record NpyHeader(DType dtype, boolean bigEndian, boolean fortranOrder, int[] shape, long length) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;

  /** NumPy's limit for untrusted files. */
  private static final int MAX_BYTES = 10_000;

  static NpyHeader of(Array array) {
    return new NpyHeader(array.dtype(), false, false, array.shape().dims(), 0);
  }

  /** Reads a header and leaves the stream at the first element. */
  static NpyHeader read(FileLocation place, InputStream in) throws IOException {
    byte[] start = exactly(place, in, MAGIC.length + 2);
    if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw place.error("expected a .npy file, which starts with \\x93NUMPY");
    }
    int version = start[MAGIC.length];
    if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
      throw place.error(
          "expected .npy version 1.0, 2.0 or 3.0, got "
              + (version & 0xff)
              + "."
              + (start[MAGIC.length + 1] & 0xff));
    }
    byte[] size = exactly(place, in, version == 1 ? 2 : 4);
    long length = 0;
    for (int i = size.length - 1; i >= 0; i--) {
      length = (length << 8) | (size[i] & 0xff);
    }
    if (length > MAX_BYTES) {
      throw place.error("expected a .npy header of at most " + MAX_BYTES + " bytes, got " + length);
    }
    byte[] bytes = exactly(place, in, (int) length);
    Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    String text;
    try {
      text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw place.error("expected a .npy header in UTF-8, got other bytes", e);
    }
    return parse(place, text, start.length + size.length + length);
  }

  private static byte[] exactly(FileLocation place, InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw place.error("ends inside the .npy header: truncated");
    }
    return bytes;
  }

  private static NpyHeader parse(FileLocation place, String text, long length)
      throws CheckpointException {
    PythonDict dict = PythonDict.parse(place, text);
    String descr = dict.text("descr");
    boolean fortranOrder = dict.truth("fortran_order");
    int[] shape = Elements.shape(place, dict.numbers("shape"));
    dict.only("descr", "fortran_order", "shape");
    if (descr.isEmpty() || "<>|=".indexOf(descr.charAt(0)) < 0) {
      throw unsupported(place, descr);
    }
    String kind = descr.substring(1);
    for (DType dtype : DType.values()) {
      if (kind(dtype).equals(kind)) {
        boolean swapped = descr.charAt(0) == '>' && dtype != DType.BFLOAT16;
        return new NpyHeader(dtype, swapped, fortranOrder, shape, length);
      }
    }
    throw unsupported(place, descr);
  }

  private static CheckpointException unsupported(FileLocation place, String descr) {
    String hint = descr.endsWith("O") ? ", which holds Python objects (a pickle)" : "";
    return place.error(
        "dtype "
            + FileLocation.quoted(descr)
            + hint
            + " is not supported, expected one of "
            + Arrays.stream(DType.values())
                .map(NpyHeader::descr)
                .collect(Collectors.joining(", ")));
  }

  /** NumPy's code of a dtype, without the byte order. */
  private static String kind(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> "f8";
      case FLOAT32 -> "f4";
      case FLOAT16 -> "f2";
      case BFLOAT16 -> "V2";
      case INT64 -> "i8";
      case INT32 -> "i4";
      case UINT32 -> "u4";
      case UINT8 -> "u1";
      case BOOL -> "b1";
    };
  }

  private static String descr(DType dtype) {
    boolean plain = dtype.itemSize() == 1 || dtype == DType.BFLOAT16;
    return (plain ? "|" : "<") + kind(dtype);
  }

  /** The header's bytes, version 1.0, padded so that the elements are aligned. */
  byte[] toBytes() {
    String lengths =
        Arrays.stream(shape)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", "(", shape.length == 1 ? ",)" : ")"));
    String dict =
        "{'descr': '" + descr(dtype) + "', 'fortran_order': False, 'shape': " + lengths + ", }";
    int start = MAGIC.length + 4;
    int whole = Math.ceilDiv(start + dict.length() + 1, ALIGNMENT) * ALIGNMENT;
    ByteBuffer bytes = ByteBuffer.allocate(whole);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0);
    bytes.put((byte) (whole - start)).put((byte) ((whole - start) >> 8));
    bytes.put(dict.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.position() < whole - 1) {
      bytes.put((byte) ' ');
    }
    return bytes.put((byte) '\n').array();
  }

  /** Makes the array from the elements as stored in the file; modifies the segment in place. */
  Array array(MemorySegment elements, Arena arena) {
    if (bigEndian) {
      swap(elements, dtype.itemSize());
    }
    boolean turned = fortranOrder && shape.length > 1;
    return Array.of(turned ? rowMajor(elements, arena) : elements, dtype, shape);
  }

  private static void swap(MemorySegment bytes, int itemSize) {
    for (long at = 0; at < bytes.byteSize(); at += itemSize) {
      for (int i = 0; i < itemSize / 2; i++) {
        byte low = bytes.get(ValueLayout.JAVA_BYTE, at + i);
        long other = at + itemSize - 1 - i;
        bytes.set(ValueLayout.JAVA_BYTE, at + i, bytes.get(ValueLayout.JAVA_BYTE, other));
        bytes.set(ValueLayout.JAVA_BYTE, other, low);
      }
    }
  }

  /** The same elements in C order instead of Fortran order. */
  private MemorySegment rowMajor(MemorySegment from, Arena arena) {
    int itemSize = dtype.itemSize();
    MemorySegment to = Elements.buffer(from.byteSize(), arena);
    int[] index = new int[shape.length];
    for (long at = 0; at < to.byteSize(); at += itemSize) {
      long source = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        source = source * shape[axis] + index[axis];
      }
      MemorySegment.copy(from, source * itemSize, to, at, itemSize);
      for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return to;
  }
}
