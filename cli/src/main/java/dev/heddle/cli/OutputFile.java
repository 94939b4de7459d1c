package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A file to write: looked at before the work begins, written whole or not at all when it is done.
 */
final class OutputFile {
  private final Path path;
  private final CheckpointFile format;

  private OutputFile(Path path, CheckpointFile format) {
    this.path = path;
    this.format = format;
  }

  /**
   * Checks the name and the folder.
   *
   * @param path where, in a folder that exists
   * @throws FailedException if the folder is missing
   * @throws IOException if the file's name says no known format
   */
  static OutputFile at(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new FailedException(path + ": folder does not exist: " + folder);
    }
    if (Files.isDirectory(path)) {
      throw new FailedException(path + ": is a folder, expected a file's name");
    }
    CheckpointFile format = CheckpointFile.of(path);
    return new OutputFile(path, format);
  }

  /**
   * Writes the tensors.
   *
   * @param tensors by name
   * @param metadata text by name, kept where the format has room for it
   * @throws IOException if the file cannot be written; then nothing is left of it
   */
  void write(SequencedMap<String, Array> tensors, Map<String, String> metadata) throws IOException {
    format.save(path, new Checkpoint(tensors, metadata));
  }
}
