package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** A tensor file to write atomically; {@link Outputs} has checked the path. */
final class OutputFile {
  private final Path path;
  private final CheckpointFile format;

  private OutputFile(Path path, CheckpointFile format) {
    this.path = path;
    this.format = format;
  }

  /**
   * Checks the name.
   *
   * @param path the file
   * @throws IOException if the file's name has no known extension
   */
  static OutputFile at(Path path) throws IOException {
    return new OutputFile(path, CheckpointFile.of(path));
  }

  /**
   * Writes the tensors and prints a summary.
   *
   * @param out standard output
   * @param tensors by name
   * @param metadata strings by name, written where the format supports them
   * @throws IOException if the file cannot be written; no partial file is left
   */
  void write(PrintStream out, SequencedMap<String, Array> tensors, Map<String, String> metadata)
      throws IOException {
    format.save(path, new Checkpoint(tensors, metadata));
    long bytes = tensors.values().stream().mapToLong(OutputFile::bytes).sum();
    out.println(
        String.format(
            Locale.ROOT,
            "%s: %,d tensor%s, %,d bytes of data",
            path,
            tensors.size(),
            tensors.size() == 1 ? "" : "s",
            bytes));
  }

  private static long bytes(Array array) {
    return (long) array.size() * array.dtype().itemSize();
  }
}
