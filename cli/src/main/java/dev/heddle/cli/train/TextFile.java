package dev.heddle.cli.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads a text from a file or a pipe, up to a maximum length. */
public final class TextFile {
  private TextFile() {}

  /**
   * Reads the bytes.
   *
   * @param file a file or a pipe
   * @param maxLength the maximum number of bytes; no more are read from an endless pipe
   * @throws FileSystemException if it is a folder, is empty or is longer
   * @throws IOException if it cannot be read
   */
  public static byte[] read(Path file, int maxLength) throws IOException {
    if (Files.isDirectory(file)) {
      throw wrong(file, "is a folder, expected a file");
    }
    if (Files.size(file) > maxLength) {
      throw tooLong(file, maxLength);
    }
    byte[] text;
    try (InputStream in = Files.newInputStream(file)) {
      text = in.readNBytes(maxLength + 1);
    }
    if (text.length > maxLength) {
      throw tooLong(file, maxLength);
    }
    if (text.length == 0) {
      throw wrong(file, "is empty, expected a text");
    }
    return text;
  }

  private static FileSystemException tooLong(Path file, int maxLength) {
    return wrong(
        file,
        String.format(
            Locale.ROOT,
            "expected a text of at most %,d bytes, a quarter of the JVM's memory; it is longer",
            maxLength));
  }

  private static FileSystemException wrong(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }
}
