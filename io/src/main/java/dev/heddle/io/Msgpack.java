package dev.heddle.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Flax's format: the nested tree in msgpack, arrays as its extension types ({@code
 * flax.serialization.to_bytes}, {@code msgpack_serialize}).
 *
 * <p>Reading: numbers and booleans become arrays without axes (integers int32, or int64 where they
 * do not fit; floats float32, as in JAX), lists become maps with keys {@code 0}, {@code 1}, ...,
 * {@code None} is ignored, strings become metadata, chunked arrays are joined, and boxed parameters
 * ({@code {value: array}}, of {@code nn.with_partitioning}) are unboxed. Writing gives the bytes of
 * {@code to_bytes} for the same tree in the same order. Metadata is not written, since the format
 * has no field for it. A tensor with an empty name stands for a file that is a single array.
 */
public final class Msgpack implements CheckpointFile {
  /** Larger arrays are written in chunks of this size, in bytes; Flax's limit. */
  private static final int CHUNK = 1 << 30;

  private final boolean sorted;
  private final boolean boxes;
  private final int chunkBytes;
  private final List<String> emptyMaps;

  /** Writes keys in the order of the tensors and reads boxed parameters unboxed. */
  public Msgpack() {
    this(false, false, CHUNK, List.of());
  }

  private Msgpack(boolean sorted, boolean boxes, int chunkBytes, List<String> emptyMaps) {
    this.sorted = sorted;
    this.boxes = boxes;
    this.chunkBytes = chunkBytes;
    this.emptyMaps = emptyMaps;
  }

  /** Writes keys sorted, as {@code msgpack_serialize} does. */
  public Msgpack sortingKeys() {
    return new Msgpack(true, boxes, chunkBytes, emptyMaps);
  }

  /**
   * Reads {@code {value: array}} without unboxing, under the name {@code .../value}; writes a
   * tensor of such a name even where it is alone in its map, which is an error otherwise.
   */
  public Msgpack keepingBoxes() {
    return new Msgpack(sorted, true, chunkBytes, emptyMaps);
  }

  /**
   * Also writes empty maps at these paths, which contain no tensor: Flax expects them where Optax
   * has a state without arrays. Reading ignores them.
   */
  public Msgpack withEmptyMaps(List<String> paths) {
    return new Msgpack(sorted, boxes, chunkBytes, List.copyOf(paths));
  }

  /** Sets the chunk size, for tests, which cannot allocate arrays of a gigabyte. */
  Msgpack chunking(int bytes) {
    return new Msgpack(sorted, boxes, bytes, emptyMaps);
  }

  @Override
  public Checkpoint load(Path path) throws IOException {
    try (InputFile file = new InputFile(FileLocation.of(path))) {
      return read(file);
    }
  }

  /** Reads an open file. */
  Checkpoint read(InputFile file) throws IOException {
    Content.check(file, Content.MSGPACK);
    Checkpoint read = new MsgpackReader(file, boxes).read();
    file.requireSameSize();
    return read;
  }

  @Override
  public void save(Path path, Checkpoint checkpoint) throws IOException {
    MsgpackTree tree =
        MsgpackTree.of(FileLocation.of(path), checkpoint.tensors(), emptyMaps, boxes);
    AtomicFile.write(
        path,
        file -> {
          MsgpackOutput out = new MsgpackOutput(file);
          new MsgpackWriter(out, sorted, chunkBytes).write(tree);
          out.flush();
        });
  }
}
