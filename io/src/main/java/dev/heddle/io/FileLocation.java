package dev.heddle.io;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The location of an error: a file and a tensor or key in it. Makes one-line messages.
 *
 * @param file the file, as the caller named it
 * @param inside the tensor or key followed by a colon and a space, or empty
 */
record FileLocation(Path file, String inside) {
  private static final int MAX_NAME_LENGTH = 160;

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

  /** Opens the file as a stream, whatever its kind. An interrupt does not stop reading. */
  InputStream stream() throws IOException {
    requireReadable();
    try {
      return new FileInputStream(file.toFile()); // an interrupt would close a channel
    } catch (FileNotFoundException e) {
      throw error("cannot be read: " + e.getMessage(), e);
    }
  }

  /** Rejects a folder, and a file that does not exist or is not readable. */
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

  /** The error for a folder, which says whether it looks like an Orbax checkpoint. */
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

  /** A name in quotes, escaped and shortened, since it may come from a malicious file. */
  static String quoted(String name) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      if (out.length() > MAX_NAME_LENGTH) {
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
