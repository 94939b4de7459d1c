package dev.heddle.io;

import dev.heddle.array.Array;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/** Writes one tree as Flax does, byte for byte. */
final class MsgpackWriter {
  private static final int PIECE = 1 << 20;

  private final MessagePacker out;
  private final boolean sorted;
  private final int chunkBytes;

  MsgpackWriter(MessagePacker out, boolean sorted, int chunkBytes) {
    this.out = out;
    this.sorted = sorted;
    this.chunkBytes = chunkBytes;
  }

  void write(MsgpackTree tree) throws IOException {
    switch (tree) {
      case MsgpackTree.Leaf(Array array) -> write(array);
      case MsgpackTree.Text(String text) -> out.packString(text);
      case MsgpackTree.Nothing() -> out.packNil();
      case MsgpackTree.Branch(Map<String, MsgpackTree> children) -> {
        var entries = new ArrayList<>(children.entrySet());
        if (sorted) {
          entries.sort((a, b) -> Arrays.compare(codePoints(a), codePoints(b)));
        }
        out.packMapHeader(entries.size());
        for (Map.Entry<String, MsgpackTree> entry : entries) {
          out.packString(entry.getKey());
          write(entry.getValue());
        }
      }
    }
  }

  /** Python sorts by these, not by UTF-16's units. */
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
    out.packMapHeader(3);
    out.packString(MsgpackReader.CHUNKED).packBoolean(true);
    out.packString(MsgpackReader.CHUNKED_SHAPE).packMapHeader(shape.length);
    for (int i = 0; i < shape.length; i++) {
      out.packString(Integer.toString(i)).packInt(shape[i]);
    }
    int chunks = Math.toIntExact(Math.ceilDiv(elements.byteSize(), each));
    out.packString(MsgpackReader.CHUNKS).packMapHeader(chunks);
    for (int i = 0; i < chunks; i++) {
      long at = i * each;
      MemorySegment chunk = elements.asSlice(at, Math.min(each, elements.byteSize() - at));
      out.packString(Integer.toString(i));
      write(new int[] {(int) (chunk.byteSize() / itemSize)}, array.dtype().toString(), chunk);
    }
  }

  private void write(int[] shape, String dtype, MemorySegment elements) throws IOException {
    byte[] head = head(shape, dtype, (int) elements.byteSize());
    out.packExtensionTypeHeader(
        (byte) MsgpackReader.NDARRAY, Math.toIntExact(head.length + elements.byteSize()));
    out.writePayload(head);
    byte[] piece = new byte[(int) Math.min(PIECE, elements.byteSize())];
    for (long at = 0; at < elements.byteSize(); at += piece.length) {
      int length = (int) Math.min(piece.length, elements.byteSize() - at);
      MemorySegment.copy(elements, ValueLayout.JAVA_BYTE, at, piece, 0, length);
      out.writePayload(piece, 0, length);
    }
  }

  private static byte[] head(int[] shape, String dtype, int length) throws IOException {
    try (MessageBufferPacker head = MessagePack.newDefaultBufferPacker()) {
      head.packArrayHeader(3);
      head.packArrayHeader(shape.length);
      for (int axis : shape) {
        head.packInt(axis);
      }
      head.packString(dtype);
      head.packBinaryHeader(length);
      return head.toByteArray();
    }
  }
}
