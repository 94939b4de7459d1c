package dev.heddle.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link AtomicFile} on a disk; tests record them. An interrupt stops none of
 * them.
 */
class Disk {
  /** Opens an existing file for writing. */
  RandomAccessFile open(Path file) throws IOException {
    return new RandomAccessFile(file.toFile(), "rw"); // an interrupt would close a channel
  }

  /** Forces a file's content and size to the disk. */
  void force(RandomAccessFile file) throws IOException {
    file.getFD().sync();
  }

  /** Renames a file, replacing an existing one. */
  void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Forces a folder's entries to the disk, where the system supports it. */
  void forceFolder(Path folder) {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
          entry.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted(); // retry
        }
      }
    } catch (IOException e) {
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "this system does not force folders: " + folder, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Locks a file until it is closed.
   *
   * @return null if another process or channel has locked it
   * @throws IOException if this file system has no locks
   */
  static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Removes a file, unless a writer has locked it or locks are not available. */
  static void removeUnlessLocked(Path file) {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (lock(open) != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) { // another writer has removed it, it is another user's, no locks here
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "not removed, since its writer may be alive: " + file, e);
    }
  }
}
