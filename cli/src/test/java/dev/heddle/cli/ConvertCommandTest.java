package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code heddle convert}: a layer of BERT with two heads of depth two to Flax and PyTorch. */
class ConvertCommandTest {
  private static final String LAYER = "encoder.layer.0.attention.";

  @TempDir Path folder;
  private Workplace work;
  private Path bert;

  @BeforeEach
  void files() throws IOException {
    work = new Workplace(folder);
    bert =
        work.tensors(
            "bert.safetensors",
            LAYER + "self.query.weight",
            count(100, 4, 4),
            LAYER + "self.query.bias",
            count(200, 4),
            LAYER + "self.key.weight",
            count(300, 4, 4),
            LAYER + "self.key.bias",
            count(400, 4),
            LAYER + "self.value.weight",
            count(500, 4, 4),
            LAYER + "self.value.bias",
            count(600, 4),
            LAYER + "output.dense.weight",
            count(700, 4, 4),
            LAYER + "output.dense.bias",
            count(800, 4));
  }

  @Test
  void bertsMatricesBecomeFlaxsKernels() throws IOException {
    assertThat(convert(bert, "flax.npz", "hf-bert", "flax", "--num-heads", "2"))
        .satisfies(Heddle::requireDone);

    Array query = work.tensor("flax.npz", "params/query/kernel");
    Array out = work.tensor("flax.npz", "params/out/kernel");
    assertThat(query.shape().dims()).containsExactly(4, 2, 2);
    assertThat(query.toFloatArray()).startsWith(100, 104, 108, 112, 101);
    assertThat(out.shape().dims()).containsExactly(2, 2, 4);
    assertThat(out.toFloatArray()).startsWith(700, 704, 708, 712, 701);
    assertThat(work.tensor("flax.npz", "params/value/bias").toFloatArray())
        .containsExactly(600, 601, 602, 603);
  }

  @Test
  void thereAndBackAreTheSameBits() throws IOException {
    convert(bert, "flax.msgpack", "hf-bert", "flax", "--num-heads", "2");
    convert(folder.resolve("flax.msgpack"), "torch.npz", "flax", "torch-mha");
    convert(folder.resolve("torch.npz"), "again.npz", "torch-mha", "flax", "--num-heads", "2");
    Heddle last =
        convert(
            folder.resolve("again.npz"),
            "bert2.safetensors",
            "flax",
            "hf-bert",
            "--prefix",
            "encoder.layer.0");

    assertThat(last).satisfies(Heddle::requireDone);
    assertThat(CheckpointFile.read(folder.resolve("bert2.safetensors")).tensors())
        .isEqualTo(CheckpointFile.read(bert).tensors());
    assertThat(CheckpointFile.read(folder.resolve("bert2.safetensors")).metadata())
        .containsEntry("format", "pt");
    assertThat(work.names("torch.npz"))
        .containsExactlyInAnyOrder(
            "in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bert    | flax | --num-heads 2 | --from bert: expected one of flax, torch-mha, hf-bert
          hf-bert | mha  | --num-heads 2 | --to mha: expected one of flax, torch-mha, hf-bert
          hf-bert | flax | --num-heads 0 | --num-heads 0: expected 1 or more
          hf-bert | flax | --prefix encoder.layer.0 | --num-heads is missing: hf-bert does not store it, flax requires it
          """)
  void aWrongOptionIsAUsageError(String from, String to, String more, String line)
      throws IOException {
    assertThat(convert(bert, "out.npz", from, to, more.split(" ")))
        .isEqualTo(new Heddle(2, "", "heddle: " + line + "\n"));
    assertThat(work.files()).containsExactly("bert.safetensors");
  }

  @Test
  void twoFilesAreNeeded() {
    assertThat(Heddle.run("convert", bert, "--from", "flax", "--to", "flax"))
        .isEqualTo(new Heddle(2, "", "heddle: convert: missing OUT (see heddle convert --help)\n"));
  }

  @Test
  void aFileOfAnotherLayoutIsNamed() throws IOException {
    Heddle heddle = convert(bert, "out.npz", "torch-mha", "flax", "--num-heads", "2");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err()).startsWith("heddle: " + bert + ": ").containsOnlyOnce("\n");
    assertThat(work.files()).containsExactly("bert.safetensors");
  }

  @Test
  void headsThatDoNotDivideTheWidthAreAnError() {
    assertThat(convert(bert, "out.npz", "hf-bert", "flax", "--num-heads", "3"))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: "
                    + bert
                    + ": num_heads: expected a divisor of the 4 query features, got 3\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"msgpack", "npz", "safetensors"})
  void fromFlaxToFlaxEveryTensorStays(String ending) throws IOException {
    Path step =
        work.tensors(
            "step.msgpack",
            "params/attention/query/kernel",
            count(0, 4, 2, 2),
            "params/head/kernel",
            count(1, 4),
            "cache/attention/cache_index",
            count(2),
            "opt_state/1/0/mu/head/kernel",
            count(3, 4),
            "step",
            count(4));

    assertThat(convert(step, "same." + ending, "flax", "flax").status()).isZero();

    assertThat(CheckpointFile.read(folder.resolve("same." + ending)).tensors())
        .isEqualTo(CheckpointFile.read(step).tensors())
        .hasSize(5);
  }

  @Test
  void fromFlaxToFlaxTextsStay() throws IOException {
    Path in = folder.resolve("in.safetensors");
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("params/w", count(0, 2));
    CheckpointFile.write(in, new Checkpoint(tensors, Map.of("license", "mine", "format", "np")));

    convert(in, "out.safetensors", "flax", "flax");

    assertThat(CheckpointFile.read(folder.resolve("out.safetensors")).metadata())
        .containsOnly(entry("license", "mine"), entry("format", "flax"));
  }

  private Heddle convert(Path in, String out, String from, String to, String... more) {
    Object[] words = {"convert", in, folder.resolve(out), "--from", from, "--to", to};
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Heddle.run(all);
  }

  /** first, first + 1, ... in a shape. */
  private static Array count(int first, int... shape) {
    int size = IntStream.of(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = first + i;
    }
    return Array.of(values, shape);
  }
}
