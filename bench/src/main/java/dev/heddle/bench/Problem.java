package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.Npz;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * A row's parameters and inputs, the same for every engine.
 *
 * @param row the sizes
 * @param dtype the dtype of parameters and inputs
 * @param variables the parameters, {@code params/query/kernel} and so on, with nonzero biases
 * @param tensors the inputs, by name: the layer's {@code inputs_q}, shape {@code [B, Q, F]}, and
 *     for the backward pass {@code cotangent}, of the output's shape; the model's {@code tokens}
 * @param folder the folder of its files for other processes
 */
public record Problem(
    Row row, DType dtype, Variables variables, SequencedMap<String, Array> tensors, Path folder) {

  /** Draws a row's parameters and inputs from a fixed seed. */
  public static Problem of(Row row, DType dtype, Path folder) {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    if (row.task() == Task.STEP) {
      tensors.put("tokens", LanguageTraining.USUAL.tokens());
      Variables start = LanguageTraining.USUAL.start(dtype);
      return new Problem(row, dtype, start, tensors, folder);
    }
    Array x = normal(row, dtype, 1);
    tensors.put("inputs_q", x);
    if (row.task() == Task.BACKWARD) {
      tensors.put("cotangent", normal(row, dtype, 2));
    }
    return new Problem(row, dtype, attention(row, dtype).init(Rngs.of(0), x), tensors, folder);
  }

  private static Array normal(Row row, DType dtype, long seed) {
    Shape shape = Shape.of(row.batch(), row.length(), row.features());
    return Random.normal(Key.of(seed), DType.FLOAT32, shape.dims()).astype(dtype);
  }

  private static MultiHeadDotProductAttention attention(Row row, DType dtype) {
    return MultiHeadDotProductAttention.builder()
        .numHeads(row.heads())
        .dtype(dtype)
        .paramDtype(dtype)
        .biasInit(Initializers.normal(0.1))
        .build();
  }

  /** Heddle's computation. */
  Work work() {
    if (row.task() == Task.STEP) {
      return new StepWork(LanguageTraining.USUAL, dtype, variables, tensor("tokens"));
    }
    MultiHeadDotProductAttention attention = attention(row, dtype);
    AttentionInputs inputs = AttentionInputs.of(tensor("inputs_q"));
    if (row.causal()) {
      inputs = inputs.mask(Masks.makeCausalMask(Array.zeros(DType.FLOAT32, 1, row.length())));
    }
    return row.task() == Task.FORWARD
        ? new ForwardWork(attention, variables, inputs)
        : new BackwardWork(attention, variables, inputs, tensor("cotangent"));
  }

  /**
   * A parameter's values in row-major order.
   *
   * @param path such as {@code query/kernel}
   */
  public float[] parameter(String path) {
    return variables.get("params/" + path).toFloatArray();
  }

  /** The inputs' values in row-major order, shape {@code [B, Q, F]}. */
  public float[] x() {
    return tensor("inputs_q").toFloatArray();
  }

  private Array tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /**
   * Writes all inputs and parameters to an npz file, converted to float32: those of {@link
   * #tensors}, and {@code query/kernel} and so on.
   */
  public Path npz() throws IOException {
    Path file = folder.resolve(row.label() + ".npz");
    if (!Files.exists(file)) {
      SequencedMap<String, Array> all = new LinkedHashMap<>(tensors);
      variables
          .flatten()
          .forEach((path, array) -> all.put(path.substring("params/".length()), array));
      all.replaceAll(
          (name, array) -> array.dtype().isFloating() ? array.astype(DType.FLOAT32) : array);
      new Npz().save(file, Checkpoint.of(all));
    }
    return file;
  }

  /** The sizes and settings, for other processes. */
  SequencedMap<String, Object> settings() {
    SequencedMap<String, Object> settings = new LinkedHashMap<>();
    settings.put("task", row.task().label());
    settings.put("heads", row.heads());
    settings.put("causal", row.causal() ? 1 : 0);
    if (row.task() == Task.STEP) {
      settings.putAll(LanguageTraining.USUAL.settings());
    }
    return settings;
  }

  /**
   * Writes the layer as ONNX models including its parameters, by the names of the attention
   * operators; an engine uses the fastest.
   */
  public SequencedMap<String, Path> onnx() throws IOException {
    SequencedMap<String, Path> models = new LinkedHashMap<>();
    for (OnnxModel.Form form : OnnxModel.Form.values()) {
      if (form.takes(dtype)) {
        Path file = folder.resolve("%s.%s.onnx".formatted(row.label(), form.label()));
        if (!Files.exists(file)) {
          Files.write(file, OnnxModel.of(this, form));
        }
        models.put(form.label(), file);
      }
    }
    return models;
  }
}
