package dev.heddle.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file written whole or not at all: into a temporary file beside it, forced to the disk, then
 * renamed. Whoever reads the name sees the old content or the new, never a part.
 *
 * <pre>{@code
 * AtomicFile.write(Path.of("out.json"), out -> out.write(StandardCharsets.UTF_8.encode(json)));
 * }</pre>
 */
public final class AtomicFile {
  /** Longer names do not go into the temporary file's, which may be too long then. */
  private static final int LONGEST_BEGIN = 50;

  /** As many symbolic links as Linux follows, one to the next. */
  private static final int MOST_LINKS = 40;

  private AtomicFile() {}

  /** What goes into a file. */
  @FunctionalInterface
  public interface Body {
    /**
     * Writes everything.
     *
     * @param out the temporary file, empty, open for writing; may be closed
     * @throws IOException if that fails; the temporary file is then removed
     */
    void writeTo(FileChannel out) throws IOException;
  }

  /**
   * Writes a file, or replaces one, in a folder that exists. A symbolic link keeps pointing where
   * it points: the file there is replaced.
   *
   * @throws CheckpointException if the folder does not exist or may not be written to, or the name
   *     is taken by something that is not a file
   * @throws IOException if writing fails; the temporary file is removed, an old file stays as it
   *     was
   */
  public static void write(Path file, Body body) throws IOException {
    Place place = Place.of(file);
    Path target = behindLinks(place, file);
    Path folder = folderOf(place, target);
    Path temporary = temporaryIn(folder, target);
    try {
      try (FileChannel out = create(place, temporary, folder)) {
        body.writeTo(out);
      }
      force(temporary, StandardOpenOption.WRITE);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (CheckpointException e) {
      throw e;
    } catch (FileSystemException e) {
      throw place.error("cannot be written: " + reason(e), e);
    } catch (IOException e) {
      throw place.error("cannot be written: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
    forceName(folder);
  }

  /** Where a symbolic link points to, whether there is something or not. */
  private static Path behindLinks(Place place, Path file) throws IOException {
    Path target = file;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MOST_LINKS) {
        throw place.error("is a symbolic link that leads to no place");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static Path folderOf(Place place, Path target) throws CheckpointException {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null || target.getFileName() == null) {
      throw place.error("expected a file's name");
    }
    if (!Files.isDirectory(parent)) {
      throw place.error("the folder " + Place.quoted(parent.toString()) + " does not exist");
    }
    if (Files.isDirectory(target)) {
      throw place.error("is a folder, expected a file's name");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw place.error("is not a regular file, expected a file's name");
    }
    return parent;
  }

  private static Path temporaryIn(Path folder, Path target) {
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    String name = target.getFileName().toString();
    String begin = name.length() > LONGEST_BEGIN ? "" : name + "."; // a name has its limit
    return folder.resolve("." + begin + unique + ".tmp");
  }

  private static FileChannel create(Place place, Path temporary, Path folder) throws IOException {
    try {
      return FileChannel.open(
          temporary,
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE);
    } catch (AccessDeniedException e) {
      throw place.error(
          "the folder " + Place.quoted(folder.toString()) + " may not be written to", e);
    } catch (FileSystemException e) {
      throw place.error("cannot be written: " + reason(e), e);
    }
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel entry = FileChannel.open(path, option)) {
      entry.force(true);
    }
  }

  /** Makes the new name itself durable, where the system can. */
  private static void forceName(Path folder) {
    try {
      force(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "this system does not force folders: " + folder, e);
    }
  }
}
