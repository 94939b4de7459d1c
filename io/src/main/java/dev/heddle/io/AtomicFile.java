package dev.heddle.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file written whole or not at all: into a temporary file beside it, forced to the disk, then
 * renamed. Whoever reads the name sees the old content or the new, never a part.
 *
 * <p>A file that is replaced keeps its permissions, and its owner and group where the system lets
 * this user set them; one that nobody may write to is not replaced. Until then, only its owner may
 * read the temporary file. A new file has the permissions that the system gives to new files.
 *
 * <p>A temporary file is locked while it is written. Where a process is killed, it stays; the next
 * write of the same file removes it. An interrupt does not stop a write, and stays set.
 *
 * <pre>{@code
 * AtomicFile.write(Path.of("out.json"), out -> out.write(StandardCharsets.UTF_8.encode(json)));
 * }</pre>
 */
public final class AtomicFile {
  /** As many symbolic links as Linux follows, one to the next. */
  private static final int MAX_LINKS = 40;

  private AtomicFile() {}

  /** What goes into a file. */
  @FunctionalInterface
  public interface Body {
    /**
     * Writes everything.
     *
     * @param out the temporary file, empty, open for writing; a write takes all of the buffer;
     *     closing does nothing
     * @throws IOException if that fails; the temporary file is then removed
     */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /**
   * Writes a file, or replaces one, in a folder that exists. A symbolic link keeps pointing where
   * it points: the file there is replaced.
   *
   * @throws CheckpointException if the folder does not exist or may not be written to, the name is
   *     taken by something that is not a file, or by a file that is write-protected
   * @throws IOException if writing fails; the temporary file is removed, an old file stays as it
   *     was
   */
  public static void write(Path file, Body body) throws IOException {
    write(file, body, new Disk());
  }

  /**
   * Tries whether a file can be written, for work that ends with writing it. Makes an empty
   * temporary file and removes it.
   *
   * @throws CheckpointException as {@link #write}
   * @throws IOException as {@link #write}
   */
  public static void check(Path file) throws IOException {
    FileLocation place = FileLocation.of(file);
    Path target = behindLinks(place, file);
    Path folder = folderOf(place, target);
    FileAccess access = FileAccess.of(place, target);
    Path temporary = TemporaryName.of(target).in(folder);
    try {
      access.create(temporary);
    } catch (IOException e) {
      throw failed(place, folder, e);
    } finally {
      TemporaryName.free(temporary);
    }
  }

  /** As {@link #write(Path, Body)}, by other steps. */
  static void write(Path file, Body body, Disk disk) throws IOException {
    FileLocation place = FileLocation.of(file);
    Path target = behindLinks(place, file);
    Path folder = folderOf(place, target);
    FileAccess access = FileAccess.of(place, target);
    TemporaryName name = TemporaryName.of(target);
    name.removeAbandoned(folder);
    boolean done = false;
    while (!done) {
      Path temporary = name.in(folder);
      try {
        access.create(temporary);
        done = written(temporary, body, access, disk);
        if (done) {
          disk.rename(temporary, target);
          disk.forceFolder(folder);
        }
      } catch (CheckpointException e) {
        throw e;
      } catch (IOException e) {
        throw failed(place, folder, e);
      } finally {
        TemporaryName.free(temporary);
      }
    }
  }

  /**
   * Fills the temporary file and forces it to the disk.
   *
   * @return false if another writer has taken the empty file for an abandoned one, which it can as
   *     long as it is not locked
   */
  private static boolean written(Path temporary, Body body, FileAccess access, Disk disk)
      throws IOException {
    try (RandomAccessFile file = disk.open(temporary)) {
      if (!isOurs(file, temporary)) {
        return false;
      }
      access.protect(temporary);
      body.writeTo(new Channel(file));
      access.apply(temporary);
      disk.force(file);
      return true;
    }
  }

  private static boolean isOurs(RandomAccessFile file, Path temporary) {
    try {
      return Disk.lock(file.getChannel()) != null && Files.exists(temporary);
    } catch (IOException e) {
      return true; // a file system without locks: nobody removes anything there
    }
  }

  private static CheckpointException failed(FileLocation place, Path folder, IOException e) {
    String shown = FileLocation.quoted(folder.toString());
    return switch (e) {
      case AccessDeniedException denied ->
          place.error("the folder " + shown + " may not be written to", e);
      case NoSuchFileException virtual -> // as /proc says it
          place.error("the folder " + shown + " may not be written to", e);
      case FileSystemException other ->
          place.error(
              "cannot be written: "
                  + (other.getReason() == null
                      ? other.getClass().getSimpleName()
                      : other.getReason()),
              e);
      default -> place.error("cannot be written: " + e.getMessage(), e);
    };
  }

  /** Where a symbolic link points to, whether there is something or not. */
  private static Path behindLinks(FileLocation place, Path file) throws IOException {
    Path target = file;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw place.error("is a symbolic link that leads to no place");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static Path folderOf(FileLocation place, Path target) throws CheckpointException {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null || target.getFileName() == null) {
      throw place.error("expected a file's name");
    }
    if (!Files.isDirectory(parent)) {
      throw place.error("the folder " + FileLocation.quoted(parent.toString()) + " does not exist");
    }
    if (Files.isDirectory(target)) {
      throw place.error("is a folder, expected a file's name");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw place.error("is not a regular file, expected a file's name");
    }
    return parent;
  }

  /** A file as a channel that no interrupt closes. */
  private static final class Channel implements WritableByteChannel {
    private static final int PIECE = 1 << 16;

    private final RandomAccessFile file;
    private final byte[] piece = new byte[PIECE];

    Channel(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      int length = from.remaining();
      if (from.hasArray()) {
        file.write(from.array(), from.arrayOffset() + from.position(), length);
        from.position(from.limit());
        return length;
      }
      while (from.hasRemaining()) {
        int count = Math.min(piece.length, from.remaining());
        from.get(piece, 0, count);
        file.write(piece, 0, count);
      }
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
