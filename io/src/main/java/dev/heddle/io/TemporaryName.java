package dev.heddle.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The names of the temporary files of one file: {@code .NAME.xxxxxxxxxxxxxxxx.tmp}, with 16 random
 * hexadecimal digits.
 *
 * @param begin their common prefix
 */
record TemporaryName(String begin) {
  private static final Pattern END = Pattern.compile("[0-9a-f]{16}[.]tmp");

  /** Longer names are replaced by a part and a hash, since temporary names have a limit too. */
  private static final int MAX_NAME = 50;

  /**
   * The names that this process is writing. It must not open such a file elsewhere, since POSIX
   * releases a process's locks of a file when the process closes any descriptor of it.
   */
  private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

  static TemporaryName of(Path target) {
    String name = String.valueOf(target.getFileName());
    if (name.length() > MAX_NAME) {
      int cut = Character.isHighSurrogate(name.charAt(MAX_NAME - 1)) ? MAX_NAME - 1 : MAX_NAME;
      UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
      name = name.substring(0, cut) + "~" + hash;
    }
    return new TemporaryName("." + name + ".");
  }

  /** An unused name, to be released with {@link #free}. */
  Path in(Path folder) {
    String name = "%s%016x.tmp".formatted(begin, ThreadLocalRandom.current().nextLong());
    OWN.add(name);
    return folder.resolve(name);
  }

  /** Removes a file of this process, if it exists, and releases its name. */
  static void free(Path file) throws IOException {
    Files.deleteIfExists(file);
    OWN.remove(String.valueOf(file.getFileName()));
  }

  /** Removes the temporary files of killed writers: those that are not locked. */
  void removeAbandoned(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, this::matches)) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          Disk.removeUnlessLocked(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "this folder cannot be listed: " + folder, e);
    }
  }

  private boolean matches(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(begin)
        && !OWN.contains(name)
        && END.matcher(name.substring(begin.length())).matches();
  }
}
