package dev.heddle.cli.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A text as a file or a pipe, read whole, up to a length. */
public final class TextFile {
  private TextFile() {}

  /**
   * Reads the bytes.
   *
   * @param file a file or a pipe
   * @param longest how many bytes it may have; not more are read of a pipe without end
   * @throws FileSystemException if it is a folder, is empty or is longer
   * @throws IOException if it cannot be read
   */
  public static byte[] read(Path file, int longest) throws IOException {
    if (Files.isDirectory(file)) {
      throw wrong(file, "is a folder, expected a file");
    }
    if (Files.size(file) > longest) {
      throw tooLong(file, longest);
    }
    byte[] text;
    try (InputStream in = Files.newInputStream(file)) {
      text = in.readNBytes(longest + 1);
    }
    if (text.length > longest) {
      throw tooLong(file, longest);
    }
    if (text.length == 0) {
      throw wrong(file, "is empty, expected a text");
    }
    return text;
  }

  private static FileSystemException tooLong(Path file, int longest) {
    return wrong(
        file,
        String.format(
            Locale.ROOT,
            "expected a text of at most %,d bytes, a quarter of the JVM's memory; it is longer",
            longest));
  }

  private static FileSystemException wrong(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }
}
