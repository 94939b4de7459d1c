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
 * Writes a file atomically: to a temporary file in the same folder, which is forced to the disk and
 * then renamed. A reader sees the old content or the new, never a part.
 *
 * <p>A file that is replaced keeps its permissions, and its owner and group where this user may set
 * them; a write-protected file is not replaced. Until then, only its owner may read the temporary
 * file. Where no file is replaced, the permissions are the system's default.
 *
 * <p>The temporary file is locked while it is written. If the process is killed, it stays, and the
 * next write of the same file removes it. An interrupt does not stop a write; the interrupt status
 * stays set.
 *
 * <pre>{@code
 * AtomicFile.write(Path.of("out.json"), out -> out.write(StandardCharsets.UTF_8.encode(json)));
 * }</pre>
 */
public final class AtomicFile {
  /** The longest chain of symbolic links that is followed, as in Linux. */
  private static final int MAX_LINKS = 40;

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Body {
    /**
     * Writes the whole content.
     *
     * @param out the temporary file, empty, open for writing; a write consumes the whole buffer;
     *     closing does nothing
     * @throws IOException if writing fails; the temporary file is then removed
     */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /**
   * Writes a file, or replaces one, in a folder that exists. A symbolic link is kept; its target is
   * replaced.
   *
   * @throws CheckpointException if the folder does not exist or may not be written to, or the name
   *     is that of something other than a regular file, or of a write-protected file
   * @throws IOException if writing fails; the temporary file is removed, and an old file stays
   *     unchanged
   */
  public static void write(Path file, Body body) throws IOException {
    write(file, body, new Disk());
  }

  /**
   * Checks whether a file can be written, before work that ends with writing it. Creates an empty
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

  /** As {@link #write(Path, Body)}, with other operations on the disk. */
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
   * @return false if another writer removed the empty file as abandoned, which can happen before it
   *     is locked
   */
  private static boolean written(Path temporary, Body body, FileAccess access, Disk disk)
      throws IOException {
    try (RandomAccessFile file = disk.open(temporary)) {
      if (!isSameFile(file, temporary)) {
        return false;
      }
      access.protect(temporary);
      body.writeTo(new Channel(file));
      access.apply(temporary);
      disk.force(file);
      return true;
    }
  }

  private static boolean isSameFile(RandomAccessFile file, Path temporary) {
    try {
      return Disk.lock(file.getChannel()) != null && Files.exists(temporary);
    } catch (IOException e) {
      return true; // a file system without locks: temporary files are not removed there
    }
  }

  private static CheckpointException failed(FileLocation place, Path folder, IOException e) {
    String shown = FileLocation.quoted(folder.toString());
    return switch (e) {
      case AccessDeniedException denied ->
          place.error("the folder " + shown + " may not be written to", e);
      case NoSuchFileException noFile -> // as in /proc
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

  /** The target of a symbolic link, whether it exists or not. */
  private static Path behindLinks(FileLocation place, Path file) throws IOException {
    Path target = file;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw place.error("is a symbolic link that does not resolve");
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
