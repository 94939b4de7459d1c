package dev.heddle.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What a run must not leave behind when it ends, also by Ctrl-C: processes, files between them, and
 * reports of which a part is written.
 */
final class Cleanup implements AutoCloseable {
  private final Path folder;
  private final Thread hook;
  private boolean ending;

  /** Makes the folder for files between processes. */
  Cleanup() throws IOException {
    folder = Files.createTempDirectory("heddle-bench");
    hook = new Thread(this::end, "heddle-bench-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  Path folder() {
    return folder;
  }

  /** Something that fails as files do. */
  interface Writing {
    void write() throws IOException;
  }

  /** Writes to the end, or does not begin. */
  synchronized void whole(Writing writing) throws IOException {
    if (!ending) {
      writing.write();
    }
  }

  /** The JVM ends, and waits for this: nothing is written any more. */
  private synchronized void end() {
    ending = true;
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    try {
      remove();
    } catch (IOException e) { // a process that has not ended yet writes there
      System.err.println("heddle: " + folder + ": not removed: " + e.getMessage());
    }
  }

  /** After the processes have ended. */
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
