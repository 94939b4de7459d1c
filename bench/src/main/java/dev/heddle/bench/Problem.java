package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.Npz;
import dev.heddle.linen.AttentionInputs;
import dev.heddle.linen.Initializers;
import dev.heddle.linen.Masks;
import dev.heddle.linen.MultiHeadDotProductAttention;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A row's numbers, the same for every engine.
 *
 * @param row the sizes
 * @param dtype the type of parameters and inputs
 * @param attention the layer
 * @param variables its parameters, {@code params/query/kernel} and so on, biases not zero
 * @param inputs shape {@code [B, Q, F]}, with the causal mask where there is one
 * @param folder where its files lie for other processes
 */
public record Problem(
    Row row,
    DType dtype,
    MultiHeadDotProductAttention attention,
    Variables variables,
    AttentionInputs inputs,
    Path folder) {

  /** Draws a row's numbers; the same ones each time. */
  public static Problem of(Row row, DType dtype, Path folder) {
    Shape shape = Shape.of(row.batch(), row.length(), row.features());
    Array x = Random.normal(Key.of(1), shape, DType.FLOAT32).astype(dtype);
    AttentionInputs inputs = AttentionInputs.of(x);
    if (row.causal()) {
      inputs = inputs.mask(Masks.makeCausalMask(Array.zeros(DType.FLOAT32, 1, row.length())));
    }
    MultiHeadDotProductAttention attention =
        MultiHeadDotProductAttention.builder()
            .numHeads(row.heads())
            .dtype(dtype)
            .paramDtype(dtype)
            .biasInit(Initializers.normal(0.1))
            .build();
    return new Problem(row, dtype, attention, attention.init(Rngs.of(0), x), inputs, folder);
  }

  /**
   * A parameter's values in row-major order.
   *
   * @param path as {@code query/kernel}
   */
  public float[] parameter(String path) {
    return variables.get("params/" + path).toFloatArray();
  }

  /** The inputs' values in row-major order, shape {@code [B, Q, F]}. */
  public float[] x() {
    return inputs.inputsQ().toFloatArray();
  }

  /**
   * All numbers in an npz file, as float32 whatever their type is: {@code inputs_q} and {@code
   * query/kernel} and so on.
   */
  public Path npz() throws IOException {
    Path file = folder.resolve(row.label() + ".npz");
    if (!Files.exists(file)) {
      SequencedMap<String, Array> tensors = new LinkedHashMap<>();
      tensors.put("inputs_q", inputs.inputsQ().astype(DType.FLOAT32));
      variables
          .flatten()
          .forEach((path, array) ->
              tensors.put(path.substring("params/".length()), array.astype(DType.FLOAT32)));
      new Npz().save(file, Checkpoint.of(tensors));
    }
    return file;
  }

  /** The layer as an ONNX model with its parameters inside. */
  public Path onnx() throws IOException {
    Path file = folder.resolve(row.label() + ".onnx");
    if (!Files.exists(file)) {
      Files.write(file, OnnxModel.of(this));
    }
    return file;
  }
}
