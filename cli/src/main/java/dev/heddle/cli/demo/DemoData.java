package dev.heddle.cli.demo;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import dev.heddle.linen.Variables;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The parts of all-MiniLM-L6-v2 that the demo uses, for one sentence; written by {@code
 * make_demo.py}.
 *
 * @param text the sentence
 * @param pieces its word pieces, L of them
 * @param variables the parameters of the first attention layer
 * @param inputs the layer's inputs, shape {@code [1, L, F]}
 * @param output the reference output in float64, shape {@code [1, L, F]}
 * @param weights the reference attention weights in float64, shape {@code [1, H, L, L]}
 */
public record DemoData(
    String text,
    List<String> pieces,
    Variables variables,
    Array inputs,
    Array output,
    Array weights) {
  /** The number of sentences, which are numbered from 1. */
  public static final int SENTENCES = 3;

  /** The layer's number of heads, which the shapes of its parameters do not determine. */
  public static final int HEADS = 12;

  /**
   * Reads the data of a sentence.
   *
   * @param sentence its number, from 1
   * @throws IOException if the program's own resources cannot be read
   */
  public static DemoData read(int sentence) throws IOException {
    Checkpoint model = resource("minilm-attention.safetensors");
    Checkpoint sentences = resource("sentences.safetensors");
    return new DemoData(
        sentences.metadata().getOrDefault(sentence + "/text", ""),
        List.of(sentences.metadata().getOrDefault(sentence + "/pieces", "").split(" ")),
        Variables.of(model.tensors()),
        sentences.tensor(sentence + "/inputs_q"),
        sentences.tensor(sentence + "/output"),
        sentences.tensor(sentence + "/attention_weights"));
  }

  /** Reads a checkpoint from the program's resources, through a temporary file. */
  private static Checkpoint resource(String name) throws IOException {
    Path file = Files.createTempFile("heddle-", "-" + name);
    try (InputStream in = DemoData.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name + ": missing from the program's resources");
      }
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return CheckpointFile.read(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
