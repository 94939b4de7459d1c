package dev.heddle.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file format for named arrays. The file's name chooses it: {@code .safetensors}, {@code .npz} or
 * {@code .msgpack}; a file whose content is of another format is an error that says which.
 *
 * <pre>{@code
 * Checkpoint checkpoint = CheckpointFile.read(Path.of("weights.safetensors"));
 * CheckpointFile.write(Path.of("weights.msgpack"), checkpoint);
 * }</pre>
 */
public sealed interface CheckpointFile permits Safetensors, Npz, Msgpack {
  /**
   * Reads a file in the format that its name says.
   *
   * @throws CheckpointException if the name has no known ending, the file cannot be opened, or its
   *     content is not what the name says, truncated, inconsistent or of an unsupported type
   * @throws IOException if reading fails
   */
  static Checkpoint read(Path file) throws IOException {
    return of(file).load(file);
  }

  /**
   * Writes a file in the format that its name says, whole or not at all.
   *
   * @throws CheckpointException if the name has no known ending, the folder does not exist or may
   *     not be written to, or the format cannot hold the tensors
   * @throws IOException if writing fails; nothing is left behind
   */
  static void write(Path file, Checkpoint checkpoint) throws IOException {
    of(file).save(file, checkpoint);
  }

  /**
   * The format that a file's name says.
   *
   * @throws CheckpointException if the name has no known ending
   */
  static CheckpointFile of(Path file) throws CheckpointException {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      return new Safetensors();
    }
    if (name.endsWith(".npz")) {
      return new Npz();
    }
    if (name.endsWith(".msgpack")) {
      return new Msgpack();
    }
    Place place = Place.of(file);
    if (Files.isDirectory(file)) {
      throw place.isFolder();
    }
    throw place.error("expected a name that ends in .safetensors, .npz or .msgpack");
  }

  /**
   * Reads a file of this format, whatever its name.
   *
   * @throws CheckpointException as {@link #read}
   * @throws IOException if reading fails
   */
  Checkpoint load(Path file) throws IOException;

  /**
   * Writes a file of this format, whatever its name, whole or not at all.
   *
   * @throws CheckpointException as {@link #write}
   * @throws IOException if writing fails; nothing is left behind
   */
  void save(Path file, Checkpoint checkpoint) throws IOException;
}
