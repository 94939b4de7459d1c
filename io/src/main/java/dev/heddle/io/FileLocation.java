package dev.heddle.io;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where something is wrong: a file and, inside it, a tensor or key. Makes the one-line messages.
 *
 * @param file the file, as it was given
 * @param inside the place in it with a colon and a space after it, or nothing
 */
record FileLocation(Path file, String inside) {
  private static final int LONGEST_NAME = 160;

  static FileLocation of(Path file) {
    return new FileLocation(file, "");
  }

  FileLocation tensor(String name) {
    return new FileLocation(file, "tensor " + quoted(name) + ": ");
  }

  FileLocation at(String kind, String name) {
    return new FileLocation(file, kind + " " + quoted(name) + ": ");
  }

  CheckpointException error(String message) {
    return new CheckpointException(file + ": " + inside + message);
  }

  CheckpointException error(String message, Throwable cause) {
    return new CheckpointException(file + ": " + inside + message, cause);
  }

  /**
   * The file's bytes from the first one on, of whatever kind it is. Reading goes on in a thread
   * that is interrupted.
   */
  InputStream stream() throws IOException {
    requireReadable();
    try {
      return new FileInputStream(file.toFile()); // a channel would be closed by an interrupt
    } catch (FileNotFoundException e) {
      throw error("cannot be read: " + e.getMessage(), e);
    }
  }

  /** Refuses a folder, and a file that is not there or may not be read. */
  void requireReadable() throws CheckpointException {
    if (Files.isDirectory(file)) {
      throw isFolder();
    }
    if (!Files.exists(file)) {
      throw error("no such file");
    }
    if (!Files.isReadable(file)) {
      throw error("no permission to read it");
    }
  }

  /** That the file is a folder, and what kind of one. */
  CheckpointException isFolder() {
    for (String name : new String[] {"_METADATA", "_CHECKPOINT_METADATA", "manifest.ocdbt"}) {
      if (Files.exists(file.resolve(name))) {
        return error(
            "is a folder that looks like an Orbax checkpoint: convert it first (restore it in"
                + " Python and save it with flax.serialization.to_bytes)");
      }
    }
    return error("is a folder, expected a file");
  }

  /** A name in quotes, on one line, not too long: it may come from a hostile file. */
  static String quoted(String name) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      if (out.length() > LONGEST_NAME) {
        return out.append("...\" (").append(name.length()).append(" letters)").toString();
      }
      char c = name.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (Character.isISOControl(c)
          || Character.isSurrogate(c)
          || Character.getType(c) == Character.FORMAT
          || c == '\u2028'
          || c == '\u2029') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
