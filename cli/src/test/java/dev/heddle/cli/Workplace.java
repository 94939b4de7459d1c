package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * A folder with the files of a small attention layer: two heads of depth three, inputs with a batch
 * of one, three positions and four features.
 *
 * @param folder the folder
 */
record Workplace(Path folder) {
  static final String CONFIG = "{\"num_heads\": 2, \"qkv_features\": 6}";

  /** Inputs i/8, shape [1, 3, 4]. */
  static Array inputs() {
    float[] values = new float[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 8f;
    }
    return Array.of(values, 1, 3, 4);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  Path config(String json) throws IOException {
    return Files.writeString(file("C.json"), json);
  }

  /** Writes a checkpoint: a name, an array, a name, an array, ... */
  Path tensors(String name, Object... namesAndArrays) throws IOException {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    for (int i = 0; i < namesAndArrays.length; i += 2) {
      tensors.put((String) namesAndArrays[i], (Array) namesAndArrays[i + 1]);
    }
    CheckpointFile.write(file(name), Checkpoint.of(tensors));
    return file(name);
  }

  Array tensor(String name, String tensor) throws IOException {
    return CheckpointFile.read(file(name)).tensor(tensor);
  }

  /** The names of the tensors in a file, in its order. */
  List<String> names(String name) throws IOException {
    return List.copyOf(CheckpointFile.read(file(name)).tensors().sequencedKeySet());
  }

  /** The names of the files, sorted. */
  List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
