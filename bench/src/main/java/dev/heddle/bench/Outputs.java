package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The results of an engine, for comparison with Heddle's.
 *
 * @param tensors values in row-major order, as float32, by name: {@code output}, {@code
 *     grads/inputs_q}, {@code grads/query/kernel}, ...
 */
public record Outputs(SequencedMap<String, float[]> tensors) {
  /** Only the output. */
  public static Outputs of(float[] output) {
    SequencedMap<String, float[]> tensors = new LinkedHashMap<>();
    tensors.put("output", output);
    return new Outputs(tensors);
  }

  /**
   * Makes results from arrays and names.
   *
   * @param names one for each array
   */
  static Outputs of(List<String> names, List<Array> arrays) {
    SequencedMap<String, float[]> tensors = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      tensors.put(names.get(i), arrays.get(i).toFloatArray());
    }
    return new Outputs(tensors);
  }

  /** Writes an npz file of float32. */
  void save(Path file) throws IOException {
    SequencedMap<String, Array> arrays = new LinkedHashMap<>();
    tensors.forEach((name, values) -> arrays.put(name, Array.of(values, values.length)));
    new Npz().save(file, Checkpoint.of(arrays));
  }

  /**
   * Reads an npz file.
   *
   * @throws IOException if it is not an npz file
   */
  static Outputs load(Path file) throws IOException {
    SequencedMap<String, float[]> tensors = new LinkedHashMap<>();
    new Npz()
        .load(file)
        .tensors()
        .forEach((name, array) -> tensors.put(name, array.astype(DType.FLOAT32).toFloatArray()));
    return new Outputs(tensors);
  }
}
