package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import dev.heddle.linen.Variables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** The files of {@code --variables}: a later one's tensors replace an earlier one's. */
final class VariablesFiles {
  private static final String OUTPUT = "output";
  private static final String INTERMEDIATES = "intermediates/";

  private VariablesFiles() {}

  /**
   * Reads and merges the files.
   *
   * <p>A file without collections, with layers at its root, is read as parameters. The {@code
   * output} in a file that {@code apply} wrote is ignored, so that the file passes its cache to the
   * next step; so are {@code intermediates}, to which Flax would append those of the next step.
   *
   * @param files checkpoints, at least one
   * @throws FailedException if a tensor belongs to no collection
   * @throws IOException if a file is not a checkpoint
   */
  static Variables read(List<Path> files) throws IOException {
    SequencedMap<String, Array> merged = new LinkedHashMap<>();
    for (Path file : files) {
      merged.putAll(collections(file, CheckpointFile.read(file)));
    }
    try {
      return Variables.of(merged);
    } catch (IllegalArgumentException e) { // each file is a tree, but their union is not
      throw new FailedException(
          files.stream().map(Path::toString).collect(Collectors.joining(", "))
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static SequencedMap<String, Array> collections(Path file, Checkpoint checkpoint) {
    SequencedMap<String, Array> found = new LinkedHashMap<>();
    checkpoint
        .variables()
        .tensors()
        .forEach((name, tensor) -> {
          if (name.startsWith(INTERMEDIATES)) {
            return;
          }
          if (name.indexOf('/') > 0) {
            found.put(name, tensor);
          } else if (!name.equals(OUTPUT)) {
            throw new FailedException(
                "%s: tensor \"%s\": expected a path such as params/query/kernel"
                    .formatted(file, name));
          }
        });
    check(file, found);
    return found;
  }

  /** Checks that the names of one file make a tree, so that the message can name the file. */
  private static void check(Path file, SequencedMap<String, Array> tensors) {
    try {
      Variables.of(tensors);
    } catch (IllegalArgumentException e) {
      throw new FailedException(file + ": " + e.getMessage(), e);
    }
  }
}
