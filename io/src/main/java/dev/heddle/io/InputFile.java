package dev.heddle.io;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file open for random access. A pipe or a device, which has none, is first copied to a temporary
 * file, which {@code close} removes. An interrupt does not stop reading; the interrupt status stays
 * set. Confined to one thread.
 */
class InputFile implements Closeable {
  /** The maximum number of bytes that are read from a pipe. */
  static final long MAX_PIPED_BYTES = 1L << 36;

  private static final int PIECE = 1 << 16;

  private final FileLocation place;
  private final Path path;
  private final @Nullable Path copy;
  private final RandomAccessFile file;
  private final long size;

  InputFile(FileLocation place) throws IOException {
    this.place = place;
    copy = Files.isRegularFile(place.file()) ? null : copyOfPipe(place);
    path = copy == null ? place.file() : copy;
    try {
      place.requireReadable();
      file = new RandomAccessFile(path.toFile(), "r");
      size = file.length();
    } catch (IOException e) {
      removeCopy();
      throw e instanceof CheckpointException
          ? e
          : place.error("cannot be read: " + e.getMessage(), e);
    }
  }

  /** The file as the caller named it, for errors. */
  FileLocation place() {
    return place;
  }

  /** The file with the content: the file itself, or the copy of a pipe. */
  Path path() {
    return path;
  }

  /** The number of bytes when the file was opened. */
  long size() {
    return size;
  }

  /**
   * Fills an array.
   *
   * @param at the offset of the first byte in the file
   * @throws CheckpointException if the file ends earlier than {@link #size} says, since it was
   *     truncated while it was read
   */
  void read(long at, byte[] bytes, int offset, int length) throws IOException {
    try {
      file.seek(at);
      for (int done = 0; done < length; ) {
        int count = file.read(bytes, offset + done, length - done);
        if (count < 0) {
          throw changed();
        }
        done += count;
      }
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException e) {
      throw place.error("cannot be read: " + e.getMessage(), e);
    }
  }

  /** Rejects a file whose length has changed. */
  void requireSameSize() throws IOException {
    if (file.length() != size) {
      throw changed();
    }
  }

  private CheckpointException changed() throws IOException {
    return place.error(
        "changed while it was read: expected " + size + " bytes, got " + file.length());
  }

  private static Path copyOfPipe(FileLocation place) throws IOException {
    try (InputStream in = place.stream()) {
      byte[] head = in.readNBytes(Content.HEAD);
      Content.checkCheckpoint(place, head);
      Path copy = Files.createTempFile("heddle-", ".tmp"); // readable only by its owner
      try (OutputStream out = new FileOutputStream(copy.toFile())) {
        out.write(head);
        byte[] piece = new byte[PIECE];
        long total = head.length;
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
          total += length;
          if (total > MAX_PIPED_BYTES) {
            throw place.error("expected at most " + MAX_PIPED_BYTES + " bytes from a pipe");
          }
          out.write(piece, 0, length);
        }
        return copy;
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(copy);
        throw e;
      }
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException e) {
      throw place.error("cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      removeCopy();
    }
  }

  private void removeCopy() throws IOException {
    if (copy != null) {
      Files.deleteIfExists(copy);
    }
  }
}
