package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code heddle apply} writes Flax's outputs. */
class ApplyCommandTest {
  /** The output of flax 0.12.8 for {@link Workplace} with the parameters of PRNGKey(0). */
  private static final float[] FLAX = {
    0.225832447f, 0.583287418f, -1.38332415f, 0.130902648f, //
    0.252161473f, 0.608691633f, -1.39029539f, 0.0810822845f, //
    0.276434511f, 0.631637156f, -1.39568079f, 0.0346924886f
  };

  /** The same with dropout of rate 0.5 and PRNGKey(1). */
  private static final float[] DROPPED = {
    0,
    0,
    0,
    0, //
    0.13694042f,
    0.372016758f,
    -0.899748623f,
    0.102506608f, //
    0.543463767f,
    1.21336758f,
    -2.49182677f,
    0.00486160815f
  };

  /** The same with jax_enable_x64. */
  private static final float[] DROPPED_X64 = {
    0.451664895f, 1.16657484f, -2.76664829f, 0.261805296f, //
    0.367382586f, 0.845366597f, -1.88084221f, 0.0596581027f, //
    0.543463767f, 1.21336758f, -2.49182677f, 0.00486160815f
  };

  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void files() throws IOException {
    work = new Workplace(folder);
    work.tensors("I.npz", "inputs_q", Workplace.inputs());
    variables(Workplace.CONFIG, "V.safetensors");
  }

  @Test
  void givesFlaxsOutput() throws IOException {
    assertThat(apply("O.npz")).satisfies(Heddle::requireDone);

    assertThat(work.names("O.npz")).containsExactly("output");
    assertThat(work.tensor("O.npz", "output").toFloatArray()).containsExactly(FLAX, within(1e-6f));
  }

  @Test
  void writesTheWeightsWhenAsked() throws IOException {
    assertThat(apply("O.safetensors", "--sow-weights").status()).isZero();

    assertThat(work.names("O.safetensors"))
        .containsExactlyInAnyOrder("output", "intermediates/attention_weights/0");
    Array weights = work.tensor("O.safetensors", "intermediates/attention_weights/0");
    assertThat(weights.shape().dims()).containsExactly(1, 2, 3, 3);
  }

  @Test
  void aMaskOfAnyTypeKeepsWhereItIsNotZero() throws IOException {
    work.tensors(
        "I.npz",
        "inputs_q",
        Workplace.inputs(),
        "mask",
        Array.of(new float[] {1, 0, 0, 0.5f, -2, 0, 1, 1, 1}, 3, 3));

    assertThat(apply("O.npz", "--sow-weights").status()).isZero();

    float[] weights = work.tensor("O.npz", "intermediates/attention_weights/0").toFloatArray();
    assertThat(Arrays.copyOf(weights, 3)).containsExactly(1, 0, 0);
    assertThat(weights[5]).isZero();
    assertThat(weights[4]).isPositive();
  }

  @Test
  void dropoutNeedsASeedAndTheSameSeedDropsTheSame() throws IOException {
    work.config("{\"num_heads\": 2, \"qkv_features\": 6, \"dropout_rate\": 0.5}");

    Heddle without = apply("O.npz", "--deterministic=false");
    assertThat(without)
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: --rng dropout=SEED is missing: the call draws from the random stream"
                    + " \"dropout\"\n"));
    assertThat(folder.resolve("O.npz")).doesNotExist();

    assertThat(apply("A.npz", "--deterministic=false", "--rng", "dropout=1").status()).isZero();
    assertThat(apply("B.npz", "--deterministic=false", "--rng", "dropout=1").status()).isZero();
    assertThat(apply("C.npz", "--deterministic=false", "--rng", "dropout=2").status()).isZero();
    assertThat(apply("D.npz", "--deterministic", "true").status()).isZero();
    assertThat(work.tensor("B.npz", "output")).isEqualTo(work.tensor("A.npz", "output"));
    assertThat(work.tensor("C.npz", "output")).isNotEqualTo(work.tensor("A.npz", "output"));
    assertThat(work.tensor("D.npz", "output").toFloatArray()).containsExactly(FLAX, within(1e-6f));
  }

  @Test
  void in64BitModeOtherWeightsAreDropped() throws IOException {
    work.config("{\"num_heads\": 2, \"qkv_features\": 6, \"dropout_rate\": 0.5}");

    apply("A.npz", "--deterministic=false", "--rng", "dropout=1");
    assertThat(apply("B.npz", "--deterministic=false", "--rng", "dropout=1", "--x64"))
        .satisfies(Heddle::requireDone);

    assertThat(work.tensor("A.npz", "output").toFloatArray())
        .containsExactly(DROPPED, within(1e-6f));
    assertThat(work.tensor("B.npz", "output").toFloatArray())
        .containsExactly(DROPPED_X64, within(1e-6f));
  }

  @Test
  void aStepsFileIsTheNextStepsCache() throws IOException {
    String decode = "{\"num_heads\": 2, \"qkv_features\": 6, \"decode\": true}";
    variables(decode, "V.npz");
    List<Path> files = new ArrayList<>(List.of(folder.resolve("V.npz")));
    float[] inputs = Workplace.inputs().toFloatArray();
    float[] decoded = new float[inputs.length];
    for (int step = 0; step < 3; step++) {
      float[] token = Arrays.copyOfRange(inputs, 4 * step, 4 * step + 4);
      work.tensors("token.npz", "inputs_q", Array.of(token, 1, 1, 4));
      Path output = folder.resolve("step" + step + ".npz");
      List<Object> words =
          new ArrayList<>(List.of("apply", "--config", folder.resolve("C.json"), "--variables"));
      words.addAll(files);
      words.addAll(
          List.of(
              "--inputs", folder.resolve("token.npz"), "--mutable", "cache", "--output", output));

      assertThat(Heddle.run(words.toArray())).satisfies(Heddle::requireDone);

      assertThat(work.names(output.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "output", "cache/cached_key", "cache/cached_value", "cache/cache_index");
      System.arraycopy(
          work.tensor("step" + step + ".npz", "output").toFloatArray(), 0, decoded, 4 * step, 4);
      files = new ArrayList<>(List.of(folder.resolve("V.npz"), output));
    }
    work.config(Workplace.CONFIG);
    work.tensors(
        "I.npz",
        "inputs_q",
        Workplace.inputs(),
        "mask",
        Array.of(new int[] {1, 0, 0, 1, 1, 0, 1, 1, 1}, 1, 1, 3, 3));
    assertThat(apply("causal.npz").status()).isZero();
    assertThat(decoded).isEqualTo(work.tensor("causal.npz", "output").toFloatArray());
  }

  @Test
  void aStepsWeightsAreItsOwn() throws IOException {
    assertThat(apply("V.npz", "--mutable", "params", "--sow-weights").status()).isZero();
    Array weights = work.tensor("V.npz", "intermediates/attention_weights/0");

    Heddle heddle =
        Heddle.run(
            "apply",
            "--config",
            folder.resolve("C.json"),
            "--variables",
            folder.resolve("V.npz"),
            "--inputs",
            folder.resolve("I.npz"),
            "--sow-weights",
            "--output",
            folder.resolve("O.npz"));

    assertThat(heddle).satisfies(Heddle::requireDone);
    assertThat(work.names("O.npz"))
        .containsExactlyInAnyOrder("output", "intermediates/attention_weights/0");
    assertThat(work.tensor("O.npz", "intermediates/attention_weights/0")).isEqualTo(weights);
  }

  @Test
  void parametersWithoutTheirCollectionAreRead() throws IOException {
    variables(Workplace.CONFIG, "V.npz");
    Array kernel = work.tensor("V.npz", "params/query/kernel");
    work.tensors("query.npz", "query/kernel", kernel);

    Heddle heddle =
        Heddle.run(
            "apply",
            "--config",
            folder.resolve("C.json"),
            "--variables",
            folder.resolve("V.npz"),
            folder.resolve("query.npz"),
            "--inputs",
            folder.resolve("I.npz"),
            "--output",
            folder.resolve("O.npz"));

    assertThat(heddle).satisfies(Heddle::requireDone);
    assertThat(work.tensor("O.npz", "output").toFloatArray()).containsExactly(FLAX, within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          input_q            | tensor "input_q": unknown name; did you mean "inputs_q"?; known: inputs_q, inputs_kv, inputs_k, inputs_v, mask; "inputs_q" is missing
          inputs_q weave     | tensor "weave": unknown name; known: inputs_q, inputs_kv, inputs_k, inputs_v, mask
          inputs_q cotangent | tensor "cotangent": unknown name; known: inputs_q, inputs_kv, inputs_k, inputs_v, mask
          mask               | tensor "inputs_q" is missing
          inputs_q inputs_v  | tensor "inputs_v": given without "inputs_k"; to have both the same, give inputs_kv
          inputs_q inputs_kv inputs_k | tensor "inputs_kv": given together with "inputs_k"; expected inputs_kv, or inputs_k and inputs_v
          inputs_q inputs_kv inputs_v | tensor "inputs_kv": given together with "inputs_v"; expected inputs_kv, or inputs_k and inputs_v
          """)
  void inputsGoByFlaxsNames(String names, String complaint) throws IOException {
    List<Object> tensors = new ArrayList<>();
    for (String name : names.split(" ")) {
      tensors.addAll(List.of(name, Workplace.inputs()));
    }
    Path inputs = work.tensors("I.npz", tensors.toArray());

    assertThat(apply("O.npz"))
        .isEqualTo(new Heddle(1, "", "heddle: " + inputs + ": " + complaint + "\n"));
    assertThat(folder.resolve("O.npz")).doesNotExist();
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Path inputs = folder.resolve("I.npz");
    Files.delete(inputs);

    assertThat(apply("O.npz"))
        .isEqualTo(new Heddle(1, "", "heddle: " + inputs + ": no such file\n"));
  }

  @Test
  void aTruncatedFileIsNamedAndNothingIsWritten() throws IOException {
    Path variables = folder.resolve("V.safetensors");
    byte[] whole = Files.readAllBytes(variables);
    Files.write(variables, Arrays.copyOf(whole, whole.length - 1));

    Heddle heddle = apply("O.npz");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err()).startsWith("heddle: " + variables + ": ").containsOnlyOnce("\n");
    assertThat(work.files()).containsExactly("C.json", "I.npz", "V.safetensors");
  }

  @Test
  void aMissingParameterNamesTheFilesItIsMissingFrom() throws IOException {
    Path variables = folder.resolve("V.safetensors");
    work.tensors("V.safetensors", "params/query/kernel", Array.zeros(DType.FLOAT32, 4, 2, 3));

    Heddle heddle = apply("O.npz");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: " + variables + ": ScopeParamNotFoundError: /query: ")
        .contains("\"bias\"")
        .containsOnlyOnce("\n");
  }

  @Test
  void aParameterOfAnotherShapeIsNamedWithBothShapes() throws IOException {
    Path variables = folder.resolve("V.safetensors");
    work.tensors("V.safetensors", "params/query/kernel", Array.zeros(DType.FLOAT32, 4, 3, 2));

    Heddle heddle = apply("O.npz");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: " + variables + ": ScopeParamShapeError: /query: ")
        .contains("\"kernel\"", "[4, 2, 3]", "[4, 3, 2]")
        .containsOnlyOnce("\n");
  }

  @Test
  void aMaskThatDoesNotFitNamesTheInputsFile() throws IOException {
    Path inputs =
        work.tensors(
            "I.npz", "inputs_q", Workplace.inputs(), "mask", Array.zeros(DType.BOOL, 5, 3, 3));

    Heddle heddle = apply("O.npz");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: " + inputs + ": ")
        .contains("\"mask\"", "[5, 3, 3]")
        .containsOnlyOnce("\n");
  }

  @Test
  void decodingTakesOnePositionAtATime() throws IOException {
    variables("{\"num_heads\": 2, \"qkv_features\": 6, \"decode\": true}", "V.safetensors");

    Heddle heddle = apply("O.npz", "--mutable", "cache");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: " + folder.resolve("I.npz") + ": ")
        .contains("one position at a time")
        .containsOnlyOnce("\n");
  }

  @Test
  void decodingWithoutACacheNamesTheVariables() throws IOException {
    work.config("{\"num_heads\": 2, \"qkv_features\": 6, \"decode\": true}");

    Heddle heddle = apply("O.npz", "--mutable", "cache");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: " + folder.resolve("V.safetensors") + ": ScopeCollectionNotFound: ")
        .contains("\"cached_key\"")
        .containsOnlyOnce("\n");
  }

  @Test
  void anOlderOutputStaysWhenTheNewOneFails() throws IOException {
    assertThat(apply("O.npz").status()).isZero();
    byte[] before = Files.readAllBytes(folder.resolve("O.npz"));
    work.tensors("V.safetensors", "params/query/kernel", Array.zeros(DType.FLOAT32, 4, 3, 2));

    assertThat(apply("O.npz").status()).isEqualTo(1);

    assertThat(folder.resolve("O.npz")).hasBinaryContent(before);
    assertThat(work.files()).containsExactly("C.json", "I.npz", "O.npz", "V.safetensors");
  }

  @Test
  void aFolderIsNoOutput() throws IOException {
    Path output = Files.createDirectory(folder.resolve("O.npz"));

    assertThat(apply("O.npz"))
        .isEqualTo(
            new Heddle(1, "", "heddle: " + output + ": is a folder, expected a file's name\n"));
  }

  @Test
  void aTensorOfNoCollectionIsAnError() throws IOException {
    Path variables =
        work.tensors(
            "V.safetensors",
            "params/query/bias",
            Array.zeros(DType.FLOAT32, 2, 3),
            "scale",
            Array.zeros(DType.FLOAT32, 1));

    assertThat(apply("O.npz"))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: "
                    + variables
                    + ": tensor \"scale\": expected a path such as params/query/kernel\n"));
  }

  @Test
  void namesThatMakeNoTreeAreAnErrorOfTheirFile() throws IOException {
    Path variables =
        work.tensors("V.safetensors", "params//bias", Array.zeros(DType.FLOAT32, 2, 3));

    assertThat(apply("O.npz"))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: "
                    + variables
                    + ": variables: expected paths of a collection and names, as params/kernel,"
                    + " got \"params//bias\"\n"));
  }

  @Test
  void inputsThatDoNotGoTogetherNameTheirFileAndTensor() throws IOException {
    Path inputs =
        work.tensors(
            "I.npz",
            "inputs_q",
            Workplace.inputs(),
            "inputs_kv",
            Array.zeros(DType.FLOAT32, 2, 3, 4));

    assertThat(apply("O.npz"))
        .isEqualTo(
            failure(
                inputs
                    + ": argument \"inputs_kv\": expected the batch axes [1] of inputs_q, got"
                    + " shape [2, 3, 4]"));
    work.tensors(
        "I.npz",
        "inputs_q",
        Workplace.inputs(),
        "inputs_k",
        Workplace.inputs(),
        "inputs_v",
        Array.zeros(DType.FLOAT32, 1, 5, 4));
    assertThat(apply("O.npz"))
        .isEqualTo(
            failure(
                inputs
                    + ": argument \"inputs_v\": expected a length of 3, as inputs_k has, got"
                    + " shape [1, 5, 4]"));
  }

  @Test
  void keysAloneAreNamedAsInTheFile() throws IOException {
    Path inputs =
        work.tensors(
            "I.npz",
            "inputs_q",
            Workplace.inputs(),
            "inputs_k",
            Array.zeros(DType.FLOAT32, 2, 3, 4));

    assertThat(apply("O.npz"))
        .isEqualTo(
            failure(
                inputs
                    + ": argument \"inputs_k\": expected the batch axes [1] of inputs_q, got"
                    + " shape [2, 3, 4]"));
  }

  private static Heddle failure(String message) {
    return new Heddle(1, "", "heddle: " + message + "\n");
  }

  @Test
  void aCacheThatMayNotBeWrittenNamesTheOption() throws IOException {
    variables("{\"num_heads\": 2, \"qkv_features\": 6, \"decode\": true}", "V.safetensors");
    work.tensors("I.npz", "inputs_q", Array.zeros(DType.FLOAT32, 1, 1, 4));

    assertThat(apply("O.npz"))
        .isEqualTo(failure("--mutable cache is missing: the call writes the collection \"cache\""));
  }

  @Test
  void aSettingGivenTwiceIsNamedOnce() throws IOException {
    Path config =
        work.config(
            "{\"num_heads\": 2, \"qkv_features\": 6, \"dropout_rate\": 0.5, \"deterministic\":"
                + " true}");

    assertThat(apply("O.npz", "--deterministic=false"))
        .isEqualTo(
            failure(
                config
                    + " with "
                    + folder.resolve("I.npz")
                    + ": argument \"deterministic\":"
                    + " expected once, got true when the module was built and false at the call"));
  }

  @Test
  void anEmptyVersionOfFlaxIsWrongUsage() {
    assertThat(apply("O.npz", "--flax-compat", "").status()).isEqualTo(2);
  }

  @Test
  void mutableNamesAreSeparatedByCommas() {
    assertThat(apply("O.npz", "--mutable", "cache,,intermediates"))
        .isEqualTo(
            new Heddle(
                2,
                "",
                "heddle: --mutable cache,,intermediates: expected names of cache, intermediates,"
                    + " params with commas between, got \"\"\n"));
    assertThat(apply("O.npz", "--mutable", "cach").err())
        .isEqualTo(
            "heddle: --mutable cach: expected names of cache, intermediates, params with commas"
                + " between, got \"cach\"; did you mean \"cache\"?\n");
  }

  private void variables(String config, String name) throws IOException {
    Path file = work.config(config);
    assertThat(
            Heddle.run(
                "init",
                "--config",
                file,
                "--inputs",
                folder.resolve("I.npz"),
                "--output",
                folder.resolve(name)))
        .satisfies(Heddle::requireDone);
  }

  private Heddle apply(String output, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "apply",
                "--config",
                folder.resolve("C.json"),
                "--variables",
                folder.resolve("V.safetensors"),
                "--inputs",
                folder.resolve("I.npz"),
                "--output",
                folder.resolve(output)));
    words.addAll(List.of(more));
    return Heddle.run(words.toArray());
  }
}
