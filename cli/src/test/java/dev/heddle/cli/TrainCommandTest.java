package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.cli.train.TextFile;
import dev.heddle.io.CheckpointFile;
import dev.heddle.models.TextDigest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle train}: from a text to a checkpoint, uninterrupted or resumed. */
class TrainCommandTest {
  private static final String TEXT = "over and under goes the weft, and back again. ".repeat(12);

  @TempDir Path folder;
  private Path text;

  @BeforeEach
  void aText() throws IOException {
    text = Files.writeString(folder.resolve("text.txt"), TEXT);
  }

  /** A training of a tiny model. */
  private Heddle train(Object... more) {
    List<Object> words = new ArrayList<>(List.of("train", "--text", text));
    words.addAll(Arrays.asList(more));
    words.addAll(
        List.of(
            "--batch",
            4,
            "--length",
            8,
            "--features",
            8,
            "--heads",
            2,
            "--layers",
            1,
            "--every",
            5));
    return Heddle.run(words.toArray());
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private List<String> files() throws IOException {
    return new Workplace(folder).files();
  }

  @Test
  void leavesACheckpointWithItsLossesBesideIt() throws IOException {
    Heddle heddle =
        train(
            "--out", file("model.msgpack"), "--steps", 12, "--warmup", 2, "--learning-rate", 0.02);

    assertThat(heddle.err()).isEmpty();
    assertThat(heddle.status()).isZero();
    assertThat(heddle.out())
        .startsWith("3,000 parameters, 32 tokens a step\nstep 1 of 12: loss 5.5")
        .containsPattern("step 12 of 12: loss \\d\\.\\d{3}, [\\d,]+ tokens/s, 0:00 left\n")
        .containsPattern("step 10: \\d\\.\\d{3} on held-out text\n")
        .endsWith("model.msgpack, model.msgpack.csv and model.msgpack.svg\n");
    assertThat(files())
        .containsExactly("model.msgpack", "model.msgpack.csv", "model.msgpack.svg", "text.txt");
    List<String> csv = Files.readAllLines(file("model.msgpack.csv"));
    assertThat(csv)
        .hasSize(13)
        .first()
        .isEqualTo("step,loss,learning_rate,gradient_norm,evaluation");
    assertThat(csv.get(1)).startsWith("1,5.5").endsWith(",");
    assertThat(csv.get(5)).startsWith("5,").doesNotEndWith(",");
    assertThat(loss(csv.get(12))).isLessThan(loss(csv.get(1)) - 0.5);
    assertThat(Files.readString(file("model.msgpack.svg")))
        .startsWith("<svg ")
        .contains("<polyline");
  }

  private static double loss(String line) {
    return Double.parseDouble(line.split(",")[1]);
  }

  @Test
  void tenStepsAndTenMoreAreTwenty() throws IOException {
    Object[] usual = {"--dropout", 0.1, "--accumulate", 2, "--shards", 2, "--seed", 7};
    train(with(usual, "--out", file("whole.safetensors"), "--steps", 20));
    Heddle half = train(with(usual, "--out", file("half.safetensors"), "--steps", 10));
    assertThat(half.status()).isZero();

    Heddle rest = train("--resume", file("half.safetensors"), "--steps", 20);

    assertThat(rest.err()).isEmpty();
    assertThat(rest.out()).contains("; from step 10 on\nstep 11 of 20: ");
    assertThat(CheckpointFile.read(file("half.safetensors")).tensors())
        .isEqualTo(CheckpointFile.read(file("whole.safetensors")).tensors());
    assertThat(file("half.safetensors.csv")).hasSameTextualContentAs(file("whole.safetensors.csv"));
  }

  @Test
  void tenStepsAndTenMoreAreTwentyWhereTheLearningRateDecays() throws IOException {
    Object[] decay = {"--warmup", 2, "--decay-steps", 20, "--min-learning-rate", 0, "--b2", 0.9};
    train(with(decay, "--out", file("whole.npz"))); // to the end of the decay
    train(with(decay, "--out", file("half.npz"), "--steps", 10));

    assertThat(train("--resume", file("half.npz")).err()).isEmpty();

    assertThat(CheckpointFile.read(file("half.npz")).tensors())
        .isEqualTo(CheckpointFile.read(file("whole.npz")).tensors());
    assertFails(
        train("--resume", file("half.npz"), "--steps", 30, "--decay-steps", 30),
        "half.npz: tensor \"config/decay_steps\": expected 30 as --decay-steps says, got 20");
  }

  @Test
  void aCheckpointThatExistsNeedsResumeOrOverwrite() throws IOException {
    train("--out", file("a.npz"), "--steps", 5);
    byte[] before = Files.readAllBytes(file("a.npz"));
    String kept = ": exists; --resume " + file("a.npz") + " continues it, --overwrite replaces it";

    assertFails(train("--out", file("a.npz"), "--steps", 5), "a.npz" + kept);
    train("--out", file("b.npz"), "--steps", 6);
    assertFails(
        train("--resume", file("b.npz"), "--out", file("a.npz"), "--steps", 7), "a.npz" + kept);
    assertThat(Files.readAllBytes(file("a.npz"))).isEqualTo(before);

    assertThat(train("--out", file("a.npz"), "--steps", 3, "--overwrite").status()).isZero();
    assertThat(CheckpointFile.read(file("a.npz")).tensor("step").item()).isEqualTo(3);
    Path link = Files.createSymbolicLink(file("link.npz"), file("a.npz"));
    Heddle own = train("--resume", file("a.npz"), "--out", link, "--steps", 4);
    assertThat(own.err()).isEmpty();
    assertThat(CheckpointFile.read(file("a.npz")).tensor("step").item()).isEqualTo(4);
    assertThat(link).isSymbolicLink();
  }

  @Test
  void theTextIsNeverWrittenOver() throws IOException {
    Path corpus = Files.writeString(file("corpus.msgpack.csv"), TEXT);
    Path other = Files.createLink(file("hard.npz"), corpus);

    assertThat(Heddle.run("train", "--text", corpus, "--out", file("corpus.msgpack")))
        .isEqualTo(
            failure(
                corpus
                    + ": is written in addition to the output, and is the file of --text; expected"
                    + " another name"));
    assertThat(Heddle.run("train", "--text", corpus, "--out", other, "--overwrite"))
        .isEqualTo(failure(other + ": --out names the same file as --text; expected another"));
    assertThat(Heddle.run("train", "--text", corpus, "--resume", other))
        .isEqualTo(failure(other + ": --resume names the same file as --text; expected another"));
    assertThat(corpus).hasContent(TEXT);
    assertThat(files()).containsExactly("corpus.msgpack.csv", "hard.npz", "text.txt");
  }

  private static Heddle failure(String message) {
    return new Heddle(1, "", "heddle: " + message + "\n");
  }

  @Test
  void onlyTablesAndChartsOfATrainingAreReplaced() throws IOException {
    Files.writeString(file("a.npz.csv"), "name,price\n");
    assertFails(
        train("--out", file("a.npz"), "--steps", 5),
        "a.npz.csv: exists, and heddle train did not write it; it is not replaced");
    Files.delete(file("a.npz.csv"));
    Files.writeString(file("a.npz.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    assertFails(
        train("--out", file("a.npz"), "--steps", 5),
        "a.npz.svg: exists, and heddle train did not write it; it is not replaced");
    Files.delete(file("a.npz.svg"));
    assertThat(files()).containsExactly("text.txt");

    train("--out", file("a.npz"), "--steps", 5);
    train("--out", file("a.msgpack"), "--steps", 6); // has its own table
    Files.delete(file("a.npz"));

    assertThat(train("--out", file("a.npz"), "--steps", 7).status()).isZero();
    assertThat(Files.readAllLines(file("a.npz.csv"))).hasSize(8);
    assertThat(Files.readAllLines(file("a.msgpack.csv"))).hasSize(7);
  }

  @Test
  void anotherTextIsAnErrorUnlessItIsMeant() throws IOException {
    train("--out", file("a.npz"), "--steps", 5);
    Files.writeString(text, TEXT + "And more. ");

    Heddle heddle = train("--resume", file("a.npz"), "--steps", 6);

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .isEqualTo(
            "heddle: %s: was trained on another text (%s) than %s (%s); --new-text continues with that\n"
                .formatted(
                    file("a.npz"),
                    TextDigest.of(TEXT.getBytes(StandardCharsets.UTF_8)),
                    text,
                    TextDigest.of(Files.readAllBytes(text))));
    assertThat(train("--resume", file("a.npz"), "--steps", 6, "--new-text").status()).isZero();
    assertThat(train("--resume", file("a.npz"), "--steps", 7).status()).isZero(); // its text now
  }

  @Test
  void whatCannotBeWrittenIsFoundBeforeTheTraining() {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "needs a folder that nobody may write to");

    assertThat(train("--out", "/proc/z.msgpack", "--steps", 5))
        .isEqualTo(failure("/proc/z.msgpack: the folder \"/proc\" may not be written to"));
  }

  @Test
  void whatDoesNotFitIntoMemoryIsAnErrorThatSaysHowMuchItTakes() {
    assertThat(Heddle.run("train", "--text", text, "--out", file("a.npz"), "--batch", 1000000000))
        .satisfies(heddle -> assertThat(heddle.status()).isEqualTo(1))
        .satisfies(heddle ->
            assertThat(heddle.err())
                .matches(
                    "heddle: train: 842,496 parameters and 128,000,000,000 tokens a step need at"
                        + " least 3,[0-9]{3},[0-9]{3}\\.[0-9] GB of memory, and the JVM has"
                        + " [0-9.,]+ GB; make the model or the batch smaller, split the batch by"
                        + " --shards, or give the JVM more, for instance"
                        + " HEDDLE_JAVA_OPTS=-Xmx[0-9]+g\n"));
    assertThat(
            Heddle.run("train", "--text", text, "--out", file("a.npz"), "--layers", 100000).err())
        .startsWith("heddle: train: 19,827,249,408 parameters and ");
  }

  @Test
  void aTextWithoutEndIsAnError() {
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero), "needs a file without end");

    assertThatThrownBy(() -> TextFile.read(zero, 1 << 20))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(
            "/dev/zero: expected a text of at most 1,048,576 bytes, a quarter of the JVM's memory;"
                + " it is longer");
    assertThatThrownBy(() -> TextFile.read(text, 9))
        .hasMessage(
            text
                + ": expected a text of at most 9 bytes, a quarter of the JVM's memory; it is"
                + " longer");
  }

  private static Object[] with(Object[] some, Object... more) {
    Object[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  @Test
  void anotherPlaceForWhatGoesOnLeavesTheCheckpointAlone() throws IOException {
    train("--out", file("a.npz"), "--steps", 5);
    byte[] before = Files.readAllBytes(file("a.npz"));

    Heddle heddle = train("--resume", file("a.npz"), "--out", file("b.msgpack"), "--steps", 6);

    assertThat(heddle.status()).isZero();
    assertThat(Files.readAllBytes(file("a.npz"))).isEqualTo(before);
    assertThat(CheckpointFile.read(file("b.msgpack")).tensor("step").item()).isEqualTo(6);
  }

  @Test
  void aCheckpointOfAnotherConfigurationIsAnError() {
    train("--out", file("a.npz"), "--steps", 5);

    assertFails(
        train("--resume", file("a.npz"), "--steps", 9, "--seed", 3),
        "a.npz: tensor \"config/seed\": expected 3 as --seed says, got 0");
    assertFails(
        train("--resume", file("a.npz"), "--steps", 9, "--learning-rate", 0.5),
        "a.npz: tensor \"config/learning_rate\": expected 0.5 as --learning-rate says, got 0.001");
    assertFails(
        train("--resume", file("a.npz"), "--steps", 9, "--dtype", "bfloat16"),
        "a.npz: tensor \"config/dtype\": expected bfloat16 as --dtype says, got float32");
    assertFails(
        train("--resume", file("a.npz"), "--steps", 5),
        "a.npz: has 5 steps already, and --steps asks for 5");
  }

  @Test
  void aCheckpointThatIsNoneIsAnErrorThatNamesFileAndTensor() throws IOException {
    Files.write(file("cut.msgpack"), new byte[] {(byte) 0x81, (byte) 0xa1, 'a'});
    new Workplace(folder).tensors("other.npz", "params/kernel", Workplace.inputs());

    assertThat(train("--resume", file("cut.msgpack"), "--steps", 9).err())
        .startsWith("heddle: " + file("cut.msgpack") + ": ");
    assertFails(
        train("--resume", file("other.npz"), "--steps", 9),
        "other.npz: tensor \"config/vocabulary\": is missing; heddle train did not write this");
    assertFails(train("--resume", file("none.npz"), "--steps", 9), "none.npz: no such file");
  }

  @Test
  void aTextThatCannotBeLearnedIsAnError() throws IOException {
    Files.writeString(text, "");
    assertFails(train("--out", file("a.npz")), "text.txt: is empty, expected a text");
    Files.writeString(text, "short");
    assertFails(
        train("--out", file("a.npz")),
        "text.txt: the part to train on: expected at least 9 bytes of text for a length of 8, got"
            + " 5");
    Files.writeString(text, "a text of thirty letters or so");
    assertFails(
        train("--out", file("a.npz")),
        "text.txt: the part held out: expected at least 9 bytes of text for a length of 8, got 3");
    Files.delete(text);
    assertFails(train("--out", file("a.npz")), "text.txt: no such file");
    Files.createDirectory(text);
    assertFails(train("--out", file("a.npz")), "text.txt: is a folder, expected a file");
    assertThat(files()).containsExactly("text.txt");
  }

  @Test
  void theFolderIsLookedAtFirst() {
    assertFails(
        train("--out", file("none/a.npz")), "none/a.npz: folder does not exist: " + file("none"));
  }

  private void assertFails(Heddle heddle, String message) {
    assertThat(heddle)
        .isEqualTo(
            new Heddle(1, "", "heddle: " + folder.resolve("x").resolveSibling(message) + "\n"));
  }

  @Test
  void aLossThatIsNoNumberStopsAndLeavesTheLastCheckpoint() throws IOException {
    Object[] wild = {"--steps", 20, "--learning-rate", 1e38, "--warmup", 7, "--clip", 1e38};

    Heddle heddle = train(with(wild, "--out", file("a.npz")));

    assertThat(heddle.status()).isEqualTo(1);
    assertThat(heddle.err())
        .matches(
            "heddle: train: step \\d+: expected finite numbers, got a loss of \\S+ and a gradient"
                + " norm of \\S+; there is no checkpoint yet; --debug-nans names the operation\n");
    Heddle watched = train(with(wild, "--out", file("a.npz"), "--debug-nans"));
    assertThat(watched.err())
        .matches("heddle: train: step \\d+: \\w+: .*NaN from .*; there is no checkpoint yet\n");

    train("--out", file("a.npz"), "--steps", 5);
    byte[] before = Files.readAllBytes(file("a.npz"));
    assertThat(train(with(wild, "--out", file("a.npz"), "--overwrite")).err())
        .contains("; " + file("a.npz") + " is unchanged; ");
    assertThat(Files.readAllBytes(file("a.npz"))).isEqualTo(before);
  }

  @Test
  void optionsThatMakeNoSenseAreWrongUsage() {
    assertUsage("--steps 0: expected a positive number", "--steps", 0);
    assertUsage(
        "train: invalid value for option '--steps': expected an integer from -2147483648 to"
            + " 2147483647, got 99999999999 (see heddle train --help)",
        "--steps",
        "99999999999");
    assertUsage(
        "train: invalid value for option '--seed': expected an integer, got \"x\" (see heddle"
            + " train --help)",
        "--seed",
        "x");
    assertUsage(
        "train: invalid value for option '--clip': expected a number, got \"x\" (see heddle train"
            + " --help)",
        "--clip",
        "x");
    assertUsage("train: --batch: expected a positive number, got 0", "--batch", 0);
    assertUsage("train: --heads: expected a divisor of the 128 features, got 3", "--heads", 3);
    assertUsage("train: --dropout: expected a rate from 0 to below 1, got 1.0", "--dropout", 1);
    assertUsage("train: --held-out: expected a share from 0 to 0.9, got 1.0", "--held-out", 1);
    assertUsage("train: --warmup: expected 0 steps or more, got -1", "--warmup", -1);
    assertUsage(
        "--dtype float: expected one of float32, bfloat16, float16, float64; did you mean"
            + " \"float32\" or \"float16\" or \"float64\"?",
        "--dtype",
        "float");
    assertThat(Heddle.run("train", "--text", text))
        .isEqualTo(new Heddle(2, "", "heddle: train: missing --out (see heddle train --help)\n"));
    assertThat(Heddle.run("train", "--text", text, "--out", file("a.npz"), "--batches", 3).err())
        .isEqualTo(
            "heddle: train: unknown option --batches; did you mean \"--batch\"? (see heddle"
                + " train --help)\n");
  }

  private void assertUsage(String message, Object... more) {
    Object[] words = with(new Object[] {"train", "--text", text, "--out", file("a.npz")}, more);
    assertThat(Heddle.run(words)).isEqualTo(new Heddle(2, "", "heddle: " + message + "\n"));
  }

  @Test
  void ctrlCFinishesTheStepAndSaves() throws IOException, InterruptedException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.isReadable(status), "cannot see whether SIGINT is ignored here");
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    long mask = Long.parseUnsignedLong(ignored.substring(ignored.indexOf(':') + 1).strip(), 16);
    assumeTrue((mask & 2) == 0, "SIGINT is ignored here, as in a job in the background");
    aSignalFinishesTheStepAndSaves("INT", 130);
  }

  @Test
  void theEndByAnotherSignalFinishesTheStepAndSaves() throws IOException, InterruptedException {
    aSignalFinishesTheStepAndSaves("TERM", 143);
  }

  private void aSignalFinishesTheStepAndSaves(String signal, int status)
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "needs kill");
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.heddle.cli.Main"));
    words.addAll(List.of("train", "--text", text.toString(), "--out", file("a.npz").toString()));
    words.addAll(List.of("--length", "8", "--features", "8", "--layers", "1"));
    words.addAll(List.of("--steps", "1000000", "--every", "1000000", "--threads", "1"));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process
        .onExit()
        .orTimeout(2, TimeUnit.MINUTES)
        .exceptionally(late -> process.destroyForcibly()); // the signal had no effect
    List<String> lines = new ArrayList<>();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (line.startsWith("step 1 of ")) {
          new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(process.pid()))
              .start()
              .waitFor();
        }
      }
    }

    assertThat(process.waitFor()).isEqualTo(status);
    int step = (int) CheckpointFile.read(file("a.npz")).tensor("step").item();
    assertThat(step).isPositive();
    assertThat(lines)
        .contains(
            "interrupted after step %d; --resume %s --steps 1000000 continues"
                .formatted(step, file("a.npz")));
    assertThat(files()).containsExactly("a.npz", "a.npz.csv", "a.npz.svg", "text.txt");
  }
}
