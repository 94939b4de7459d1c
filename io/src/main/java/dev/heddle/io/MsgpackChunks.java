package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** An array that Flax wrote as {@code {shape: {0: ...}, chunks: {0: ...}}}. */
final class MsgpackChunks {
  private MsgpackChunks() {}

  /**
   * Joins the chunks.
   *
   * @param keys the keys of the map
   * @param parts the tensors of the map by their names
   */
  static Array of(FileLocation here, Set<String> keys, Map<String, Array> parts)
      throws CheckpointException {
    Array[] axes = parts(here, keys, parts, MsgpackReader.CHUNKED_SHAPE);
    Array[] chunks = parts(here, keys, parts, MsgpackReader.CHUNKS);
    Limits.checkAxes(here, axes.length);
    long[] lengths = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      if (axes[i].size() != 1 || !axes[i].dtype().isInteger()) {
        throw here.error("expected integers as the shape of an array in chunks");
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

  /** The parts 0, 1, ... of a nested map. */
  private static Array[] parts(
      FileLocation here, Set<String> keys, Map<String, Array> parts, String name)
      throws CheckpointException {
    if (!keys.contains(name) || parts.containsKey(name)) {
      throw here.error("expected a map \"" + name + "\" of an array in chunks");
    }
    String prefix = name + MsgpackTree.SEPARATOR;
    long count = parts.keySet().stream().filter(key -> key.startsWith(prefix)).count();
    Array[] found = new Array[(int) count];
    for (int i = 0; i < found.length; i++) {
      Array part = parts.get(prefix + i);
      if (part == null) {
        throw here.error("expected \"" + name + "\" of an array in chunks to have part " + i);
      }
      found[i] = part;
    }
    return found;
  }
}
