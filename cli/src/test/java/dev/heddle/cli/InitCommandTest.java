package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.io.CheckpointFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code heddle init} writes Flax's initial parameters. */
class InitCommandTest {
  /** The first initial parameters of flax 0.12.8 for {@link Workplace} and PRNGKey(0). */
  private static final float[] MODERN = {0.479258746f, -0.235756293f, 0.261408746f};

  /** The same by flax 0.7.2. */
  private static final float[] CLASSIC = {-0.530913174f, 0.118778214f, -0.714995742f};

  @TempDir Path folder;
  private Workplace work;
  private Path config;
  private Path inputs;

  @BeforeEach
  void files() throws IOException {
    work = new Workplace(folder);
    config = work.config(Workplace.CONFIG);
    inputs = work.tensors("I.npz", "inputs_q", Workplace.inputs());
  }

  @Test
  void anInitializersComplaintNamesTheParameter() throws IOException {
    Path config = work.config("{\"num_heads\": 2, \"bias_init\": \"lecun_normal\"}");
    Path inputs = work.tensors("I.npz", "inputs_q", Workplace.inputs());

    Heddle heddle =
        Heddle.run("init", "--config", config, "--inputs", inputs, "--output", work.file("V.npz"));

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: " + config + " with " + inputs + ": /query: parameter \"bias\": ")
        .contains("got [4]")
        .containsOnlyOnce("\n");
    assertThat(work.file("V.npz")).doesNotExist();
  }

  @Test
  void makesTheParametersThatFlaxMakesForSeedZero() throws IOException {
    Heddle heddle = init("V.safetensors");

    assertThat(heddle).satisfies(Heddle::requireDone);
    assertThat(work.names("V.safetensors"))
        .containsExactly(
            "params/query/kernel",
            "params/query/bias",
            "params/key/kernel",
            "params/key/bias",
            "params/value/kernel",
            "params/value/bias",
            "params/out/kernel",
            "params/out/bias");
    assertThat(firstParameters("V.safetensors")).isEqualTo(MODERN);
    assertThat(CheckpointFile.read(work.file("V.safetensors")).metadata())
        .containsEntry("rng", "--rng params=0")
        .containsKeys("config", "heddle");
  }

  @Test
  void theClassicEraMakesItsOwn() throws IOException {
    assertThat(init("V.npz", "--flax-compat", "0.7").status()).isZero();

    assertThat(firstParameters("V.npz")).isEqualTo(CLASSIC);
  }

  @Test
  void everySeedMakesOthers() throws IOException {
    assertThat(init("V.msgpack", "--rng", "params=7").status()).isZero();

    assertThat(firstParameters("V.msgpack"))
        .isEqualTo(new float[] {0.0747937113f, 0.198651969f, 0.174066812f});
  }

  @Test
  void decodingMakesACacheAsLongAsTheInputs() throws IOException {
    work.config("{\"num_heads\": 2, \"qkv_features\": 6, \"decode\": true}");

    assertThat(init("V.npz").status()).isZero();

    assertThat(work.tensor("V.npz", "cache/cached_key").shape().dims()).containsExactly(1, 3, 2, 3);
    assertThat(work.tensor("V.npz", "cache/cache_index").toLongArray()).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rng params                 | --rng params: expected NAME=SEED, such as dropout=1
          --rng =1                     | --rng =1: expected NAME=SEED, such as dropout=1
          --rng params=one             | --rng params=one: expected an integer, got "one"
          --rng a=1 --rng a=2          | --rng a=2: stream "a" is given twice
          --rng a=9223372036854775808  | --rng a=9223372036854775808: expected an integer from -9223372036854775808 to 9223372036854775807, got 9223372036854775808
          --rng a=-9223372036854775809 | --rng a=-9223372036854775809: expected an integer from -9223372036854775808 to 9223372036854775807, got -9223372036854775809
          --flax-compat 0.6            | --flax-compat 0.6: expected 0.7 (without the option: the random numbers of current Flax)
          --deterministic=maybe        | --deterministic maybe: expected true or false
          --deterministic              | init: --deterministic: expected a value, B (see heddle init --help)
          """)
  void aWrongOptionIsAUsageError(String words, String line) throws IOException {
    Heddle heddle = init("V.npz", words.split(" "));

    assertThat(heddle).isEqualTo(new Heddle(2, "", "heddle: " + line + "\n"));
    assertThat(work.files()).containsExactly("C.json", "I.npz");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"nun_heads": 2}                     | did you mean "num_heads" or "num_kv_heads"?
          {"num_heads": 2, "num_heads": 2}     | "num_heads" is given twice
          {"num_heads": "two"}                 | "num_heads"
          {"num_heads": 5, "qkv_features": 6}  | "qkv_features"
          {"num_heads": 2, "dropout_rate": NaN}| "dropout_rate"
          {"num_heads": 2                      | JSON
          """)
  void aWrongConfigurationIsOneLineThatNamesTheKey(String json, String named) throws IOException {
    work.config(json);

    Heddle heddle = init("V.npz");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: " + config + ": ")
        .contains(named)
        .containsOnlyOnce("\n");
    assertThat(work.files()).containsExactly("C.json", "I.npz");
  }

  @Test
  void aConfigurationThatDoesNotFitTheInputsIsNamedByItsKey() throws IOException {
    work.config("{\"num_heads\": 5}");

    assertThat(init("V.npz").err())
        .isEqualTo(
            "heddle: %s with %s: argument \"qkv_features\": expected a multiple of the number of heads (5), got 4%n"
                .formatted(config, folder.resolve("I.npz")));
  }

  @Test
  void withoutAParamsStreamThereAreNoParameters() throws IOException {
    Heddle heddle = init("V.npz", "--rng", "dropout=1");

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .startsWith("heddle: --rng params=SEED is missing: ")
        .containsOnlyOnce("\n");
    assertThat(work.files()).containsExactly("C.json", "I.npz");
  }

  @Test
  void theFolderOfTheOutputMustExist() {
    Path lost = folder.resolve("lost");

    assertThat(init("lost/V.npz"))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: " + lost.resolve("V.npz") + ": folder does not exist: " + lost + "\n"));
  }

  @Test
  void theOutputsNameSaysAFormat() {
    Path text = folder.resolve("V.txt");

    assertThat(init("V.txt"))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: "
                    + text
                    + ": expected a name that ends in .safetensors, .npz or .msgpack\n"));
  }

  private Heddle init(String output, String... more) {
    Object[] words = {
      "init", "--config", config, "--inputs", inputs, "--output", folder.resolve(output)
    };
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Heddle.run(all);
  }

  private float[] firstParameters(String file) throws IOException {
    return Arrays.copyOf(work.tensor(file, "params/query/kernel").toFloatArray(), 3);
  }
}
