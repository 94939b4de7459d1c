package dev.heddle.io;

import dev.heddle.array.Array;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;

/** Writes one tree as Flax does, byte for byte. */
final class MsgpackWriter {
  private final MsgpackOutput out;
  private final boolean sorted;
  private final int chunkBytes;

  MsgpackWriter(MsgpackOutput out, boolean sorted, int chunkBytes) {
    this.out = out;
    this.sorted = sorted;
    this.chunkBytes = chunkBytes;
  }

  void write(MsgpackTree tree) throws IOException {
    switch (tree) {
      case MsgpackTree.Leaf(Array array) -> write(array);
      case MsgpackTree.Branch(Map<String, MsgpackTree> children) -> {
        var entries = new ArrayList<>(children.entrySet());
        if (sorted) {
          entries.sort((a, b) -> Arrays.compare(codePoints(a), codePoints(b)));
        }
        out.map(entries.size());
        for (Map.Entry<String, MsgpackTree> entry : entries) {
          out.text(entry.getKey());
          write(entry.getValue());
        }
      }
    }
  }

  /** Python sorts by code points, not by UTF-16 code units. */
  private static int[] codePoints(Map.Entry<String, MsgpackTree> entry) {
    return entry.getKey().codePoints().toArray();
  }

  private void write(Array array) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment elements = Elements.of(array, arena);
      String dtype = array.dtype().toString();
      if (elements.byteSize() <= chunkBytes) {
        write(array.shape().dims(), dtype, elements);
      } else {
        writeChunks(array, elements);
      }
    }
  }

  private void writeChunks(Array array, MemorySegment elements) throws IOException {
    int[] shape = array.shape().dims();
    int itemSize = array.dtype().itemSize();
    long each = Math.max(1, chunkBytes / itemSize) * (long) itemSize;
    out.map(3);
    out.text(MsgpackReader.CHUNKED);
    out.bool(true);
    out.text(MsgpackReader.CHUNKED_SHAPE);
    out.map(shape.length);
    for (int i = 0; i < shape.length; i++) {
      out.text(Integer.toString(i));
      out.integer(shape[i]);
    }
    int chunks = Math.toIntExact(Math.ceilDiv(elements.byteSize(), each));
    out.text(MsgpackReader.CHUNKS);
    out.map(chunks);
    for (int i = 0; i < chunks; i++) {
      long at = i * each;
      MemorySegment chunk = elements.asSlice(at, Math.min(each, elements.byteSize() - at));
      out.text(Integer.toString(i));
      write(new int[] {(int) (chunk.byteSize() / itemSize)}, array.dtype().toString(), chunk);
    }
  }

  private void write(int[] shape, String dtype, MemorySegment elements) throws IOException {
    int length = Math.toIntExact(elements.byteSize());
    int lengthOfAll = 1 + listBytes(shape) + 1 + dtype.length() + binaryHeadBytes(length) + length;
    out.extension(MsgpackReader.NDARRAY, lengthOfAll);
    out.list(3);
    out.list(shape.length);
    for (int axis : shape) {
      out.integer(axis);
    }
    out.text(dtype);
    out.binary(length);
    out.payload(elements);
  }

  private static int listBytes(int[] shape) {
    int bytes = shape.length < 16 ? 1 : 3;
    for (int axis : shape) {
      bytes += axis <= 0x7f ? 1 : axis <= 0xff ? 2 : axis <= 0xffff ? 3 : 5;
    }
    return bytes;
  }

  private static int binaryHeadBytes(int length) {
    return length <= 0xff ? 2 : length <= 0xffff ? 3 : 5;
  }
}
