package dev.heddle.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file format for named arrays. The file's extension selects it: {@code .safetensors}, {@code
 * .npz} or {@code .msgpack}; content of another format is an error that names the detected format.
 *
 * <pre>{@code
 * Checkpoint checkpoint = CheckpointFile.read(Path.of("weights.safetensors"));
 * CheckpointFile.write(Path.of("weights.msgpack"), checkpoint);
 * }</pre>
 */
public sealed interface CheckpointFile permits Safetensors, Npz, Msgpack {
  /**
   * Reads a file in the format of its extension; a pipe or device without one, such as {@code
   * /dev/stdin}, in the format detected from its content.
   *
   * @throws CheckpointException if the name has no known extension, the file cannot be opened, or
   *     its content is of another format, truncated, inconsistent or of an unsupported type
   * @throws IOException if reading fails
   */
  static Checkpoint read(Path file) throws IOException {
    CheckpointFile format = byName(file);
    if (format == null && !needsExtension(file)) {
      try (InputFile content = new InputFile(FileLocation.of(file))) {
        return switch (Content.of(content)) {
          case SAFETENSORS -> Safetensors.read(content);
          case ZIP -> Npz.read(content);
          case MSGPACK -> new Msgpack().read(content);
          default -> of(file).load(file); // throws: no known extension
        };
      }
    }
    return of(file).load(file);
  }

  /** Whether the extension selects the format: not of an existing pipe, device or link. */
  private static boolean needsExtension(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(file)
        || !Files.exists(file);
  }

  /**
   * Writes a file atomically, in the format of its extension.
   *
   * @throws CheckpointException if the name has no known extension, the folder does not exist or
   *     may not be written to, or the format cannot hold the tensors
   * @throws IOException if writing fails; no partial file is left
   */
  static void write(Path file, Checkpoint checkpoint) throws IOException {
    of(file).save(file, checkpoint);
  }

  /**
   * The format of a file's extension.
   *
   * @throws CheckpointException if the name has no known extension
   */
  static CheckpointFile of(Path file) throws CheckpointException {
    CheckpointFile format = byName(file);
    if (format != null) {
      return format;
    }
    FileLocation place = FileLocation.of(file);
    if (Files.isDirectory(file)) {
      throw place.isFolder();
    }
    throw place.error("expected a name that ends in .safetensors, .npz or .msgpack");
  }

  private static @Nullable CheckpointFile byName(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      return new Safetensors();
    }
    if (name.endsWith(".npz")) {
      return new Npz();
    }
    return name.endsWith(".msgpack") ? new Msgpack() : null;
  }

  /**
   * Reads a file of this format, whatever its name.
   *
   * @throws CheckpointException as {@link #read}
   * @throws IOException if reading fails
   */
  Checkpoint load(Path file) throws IOException;

  /**
   * Writes a file of this format, whatever its name, atomically.
   *
   * @throws CheckpointException as {@link #write}
   * @throws IOException if writing fails; nothing is left behind
   */
  void save(Path file, Checkpoint checkpoint) throws IOException;
}
