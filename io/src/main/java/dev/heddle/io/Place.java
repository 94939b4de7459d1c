package dev.heddle.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where something is wrong: a file and, inside it, a tensor or key. Makes the one-line messages.
 *
 * @param file the file, as it was given
 * @param inside the place in it with a colon and a space after it, or nothing
 */
record Place(Path file, String inside) {
  private static final int LONGEST_NAME = 160;

  static Place of(Path file) {
    return new Place(file, "");
  }

  Place tensor(String name) {
    return new Place(file, "tensor " + quoted(name) + ": ");
  }

  Place at(String kind, String name) {
    return new Place(file, kind + " " + quoted(name) + ": ");
  }

  CheckpointException error(String message) {
    return new CheckpointException(file + ": " + inside + message);
  }

  CheckpointException error(String message, Throwable cause) {
    return new CheckpointException(file + ": " + inside + message, cause);
  }

  /** The file, open for reading, known to be a file. */
  FileChannel open() throws IOException {
    if (Files.isDirectory(file)) {
      throw isFolder();
    }
    try {
      return FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw error("no such file", e);
    } catch (AccessDeniedException e) {
      throw error("no permission to read it", e);
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
