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
 * The steps by which {@link AtomicFile} changes a disk; tests record them. None of them is stopped
 * by an interrupt.
 */
class Disk {
  /** Opens a file that is there, for writing. */
  RandomAccessFile open(Path file) throws IOException {
    return new RandomAccessFile(file.toFile(), "rw"); // a channel would be closed by an interrupt
  }

  /** Forces a file's content and size to the disk. */
  void force(RandomAccessFile file) throws IOException {
    file.getFD().sync();
  }

  /** Gives a file another name, replacing what has it. */
  void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Forces the names in a folder to the disk, where the system can. */
  void forceFolder(Path folder) {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
          entry.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted(); // once more
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
   * Locks a file for as long as it is open.
   *
   * @return null if another one has locked it
   * @throws IOException if this file system has no locks
   */
  static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Removes a file, unless a writer has locked it or nothing can be said about that. */
  static void removeUnlessLocked(Path file) {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (lock(open) != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) { // another writer has removed it, it is another user's, no locks here
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "stays, since its writer may be alive: " + file, e);
    }
  }
}
