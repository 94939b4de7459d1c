package dev.heddle.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Cleans up when a run ends, also by Ctrl-C: ends processes, removes temporary files, and prevents
 * partially written reports.
 */
final class Cleanup implements AutoCloseable {
  private final Path folder;
  private final Thread hook;
  private boolean ending;

  /** Creates the folder for files that processes exchange. */
  Cleanup() throws IOException {
    folder = Files.createTempDirectory("heddle-bench");
    hook = new Thread(this::end, "heddle-bench-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  Path folder() {
    return folder;
  }

  /** An action that may throw an {@code IOException}. */
  interface Writing {
    void write() throws IOException;
  }

  /** Runs an action completely, or not at all if the JVM is ending. */
  synchronized void whole(Writing writing) throws IOException {
    if (!ending) {
      writing.write();
    }
  }

  /** The shutdown hook; nothing is written after it. */
  private synchronized void end() {
    ending = true;
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    try {
      remove();
    } catch (IOException e) { // a process may still be writing there
      System.err.println("heddle: " + folder + ": not removed: " + e.getMessage());
    }
  }

  /** Removes the folder, after the processes have ended. */
  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(hook);
    remove();
  }

  private void remove() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
