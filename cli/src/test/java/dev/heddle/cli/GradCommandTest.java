package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code heddle grad} writes Flax's gradients. */
class GradCommandTest {
  /** The result of jax.vjp with flax 0.12.8 for {@link Workplace} and PRNGKey(0). */
  private static final float[] OF_INPUTS = {
    -0.239890367f, 0.24879761f, -0.0519754216f, 0.289630264f, //
    -0.275707006f, 0.286840051f, -0.0510480478f, 0.479556382f, //
    -0.263743818f, 0.249099076f, 0.00447248667f, 0.842795134f
  };

  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void files() throws IOException {
    work = new Workplace(folder);
    work.tensors("I.npz", "inputs_q", Workplace.inputs());
    work.config(Workplace.CONFIG);
    assertThat(heddle("init", "V.npz").status()).isZero();
    inputs("inputs_q", Workplace.inputs());
  }

  /** 1 - i/4, shape [1, 3, 4]. */
  private static Array cotangent() {
    return Workplace.inputs().times(-2).plus(1);
  }

  private Path inputs(Object... namesAndArrays) throws IOException {
    List<Object> all = new ArrayList<>(List.of(namesAndArrays));
    all.addAll(List.of("cotangent", cotangent()));
    return work.tensors("I.npz", all.toArray());
  }

  @Test
  void givesFlaxsGradients() throws IOException {
    assertThat(grad("G.npz")).satisfies(Heddle::requireDone);

    assertThat(work.names("G.npz"))
        .containsExactlyInAnyOrder(
            "output",
            "grads/params/query/kernel",
            "grads/params/query/bias",
            "grads/params/key/kernel",
            "grads/params/key/bias",
            "grads/params/value/kernel",
            "grads/params/value/bias",
            "grads/params/out/kernel",
            "grads/params/out/bias",
            "grads/inputs_q");
    assertThat(work.tensor("G.npz", "grads/inputs_q").shape().dims()).containsExactly(1, 3, 4);
    assertThat(work.tensor("G.npz", "grads/inputs_q").toFloatArray())
        .containsExactly(OF_INPUTS, within(1e-6f));
    assertThat(work.tensor("G.npz", "grads/params/out/bias").toFloatArray())
        .containsExactly(0, -0.75f, -1.5f, -2.25f);
  }

  @Test
  void theOutputIsThatOfApply() throws IOException {
    work.config("{\"num_heads\": 2, \"qkv_features\": 6, \"dropout_rate\": 0.5}");
    String[] options = {"--deterministic=false", "--rng", "dropout=1", "--sow-weights"};
    assertThat(grad("G.npz", options)).satisfies(Heddle::requireDone);
    work.tensors("I.npz", "inputs_q", Workplace.inputs());
    assertThat(run("apply", "O.npz", options)).satisfies(Heddle::requireDone);

    for (String tensor : List.of("output", "intermediates/attention_weights/0")) {
      assertThat(work.tensor("G.npz", tensor)).isEqualTo(work.tensor("O.npz", tensor));
    }
  }

  @Test
  void eachInputHasItsOwnAndOneThatServesTwiceTheSum() throws IOException {
    Array x = Workplace.inputs();
    inputs("inputs_q", x, "inputs_k", x, "inputs_v", x, "mask", Array.zeros(DType.BOOL, 3, 3));
    assertThat(grad("APART.npz")).satisfies(Heddle::requireDone);
    inputs("inputs_q", x, "inputs_kv", x, "mask", Array.zeros(DType.BOOL, 3, 3));
    assertThat(grad("KV.npz")).satisfies(Heddle::requireDone);

    assertThat(work.names("APART.npz"))
        .contains("grads/inputs_q", "grads/inputs_k", "grads/inputs_v")
        .doesNotContain("grads/mask", "grads/cotangent");
    assertThat(work.tensor("KV.npz", "grads/inputs_kv"))
        .isEqualTo(
            work.tensor("APART.npz", "grads/inputs_k")
                .plus(work.tensor("APART.npz", "grads/inputs_v")));
  }

  @Test
  void integersHaveNoGradientTheRestDoes() throws IOException {
    inputs("inputs_q", Workplace.inputs().times(8).astype(DType.INT32));

    assertThat(grad("G.npz")).satisfies(Heddle::requireDone);

    assertThat(work.names("G.npz"))
        .contains("grads/params/query/kernel")
        .doesNotContain("grads/inputs_q");
  }

  @Test
  void aNarrowerCotangentIsWidened() throws IOException {
    assertThat(grad("G.npz").status()).isZero();
    Array narrow = cotangent().astype(DType.BFLOAT16); // exact: quarters
    work.tensors("I.npz", "inputs_q", Workplace.inputs(), "cotangent", narrow);

    assertThat(grad("H.npz")).satisfies(Heddle::requireDone);

    assertThat(work.tensor("H.npz", "grads/inputs_q"))
        .isEqualTo(work.tensor("G.npz", "grads/inputs_q"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          float32 | 1, 3, 5 | float32[1, 3, 5]
          float32 | 3, 4    | float32[3, 4]
          float64 | 1, 3, 4 | float64[1, 3, 4]
          int32   | 1, 3, 4 | int32[1, 3, 4]
          """)
  void aCotangentIsLikeTheOutput(String dtype, String shape, String got) throws IOException {
    int[] dims = List.of(shape.split(", ")).stream().mapToInt(Integer::parseInt).toArray();
    Array wrong = Array.zeros(DType.of(dtype), dims);
    Path inputs = work.tensors("I.npz", "inputs_q", Workplace.inputs(), "cotangent", wrong);

    assertThat(grad("G.npz"))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: "
                    + inputs
                    + ": tensor \"cotangent\": expected float32[1, 3, 4], as the output, got "
                    + got
                    + "\n"));
    assertThat(folder.resolve("G.npz")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          inputs_q           | tensor "cotangent" is missing
          inputs_q cotangnt  | tensor "cotangnt": unknown name; did you mean "cotangent"?; known: inputs_q, inputs_kv, inputs_k, inputs_v, mask, cotangent; "cotangent" is missing
          cotangent          | tensor "inputs_q" is missing
          """)
  void inputsHoldACotangent(String names, String complaint) throws IOException {
    List<Object> tensors = new ArrayList<>();
    for (String name : names.split(" ")) {
      tensors.addAll(List.of(name, Workplace.inputs()));
    }
    Path inputs = work.tensors("I.npz", tensors.toArray());

    assertThat(grad("G.npz"))
        .isEqualTo(new Heddle(1, "", "heddle: " + inputs + ": " + complaint + "\n"));
  }

  @Test
  void dropoutNeedsASeed() throws IOException {
    work.config("{\"num_heads\": 2, \"qkv_features\": 6, \"dropout_rate\": 0.5}");

    Heddle heddle = grad("G.npz", "--deterministic=false");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: --rng dropout=SEED is missing: ")
        .containsOnlyOnce("\n");
  }

  private Heddle grad(String output, String... more) {
    return run("grad", output, more);
  }

  private Heddle run(String command, String output, String... more) {
    List<String> options = new ArrayList<>(List.of("--variables", work.file("V.npz").toString()));
    options.addAll(List.of(more));
    return heddle(command, output, options.toArray(String[]::new));
  }

  private Heddle heddle(String command, String output, String... more) {
    List<Object> words = new ArrayList<>(List.of(command, "--config", work.file("C.json")));
    words.addAll(List.of("--inputs", work.file("I.npz"), "--output", work.file(output)));
    words.addAll(List.of(more));
    return Heddle.run(words.toArray());
  }
}
