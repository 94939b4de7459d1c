package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.io.CheckpointFile;
import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command line of README.md and docs/, in a folder with the repository's examples, and
 * checks the result that the page describes. A command line without a test fails {@link
 * #everyLineHasATest}.
 */
class DocumentedCommandsTest {
  private static final String INIT =
      "heddle init --config examples/attention.json --inputs examples/inputs.npz"
          + " --output variables.safetensors";
  private static final String APPLY =
      "heddle apply --config examples/attention.json --inputs examples/inputs.npz"
          + " --variables variables.safetensors --output output.npz";
  private static final String TRAIN =
      "heddle train --text README.md --out model.msgpack --steps 300";
  private static final String RESUME =
      "heddle train --text README.md --resume model.msgpack --steps 600";

  private static final String GENERATE =
      "heddle generate --model model.msgpack --prompt Heddle --max-tokens 200 --temperature 0.8";
  private static final String INSPECT = "heddle inspect model.msgpack";

  /** Lines that this class runs. */
  private static final List<String> RUN = List.of(INIT, APPLY, TRAIN, RESUME, GENERATE, INSPECT);

  /** Lines that run elsewhere, and where. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "heddle demo", "DemoCommandTest",
          "heddle java First.java", "ReadmeTest, and LauncherBuildTest for the options",
          "heddle test", "the build itself",
          "heddle parity", "ParityTest, for the options",
          "heddle parity --minutes 30", "ParityTest, for the options",
          "heddle parity --cases 1000 --kinds gradient --era modern", "ParityTest, for the options",
          "heddle tidy", "the build itself, which checks the format",
          "heddle mutate optim", "LauncherBuildTest, with a Maven that stands in",
          "heddle bench --json speed.json", "BenchTest, with peers that stand in");

  /** Options that make README's training small enough for a test. */
  private static final String SMALL = " --batch 2 --length 16 --features 16 --layers 1";

  @TempDir Path folder;

  @BeforeEach
  void aCheckout() throws IOException {
    Files.createDirectory(folder.resolve("examples"));
    for (String file : List.of("README.md", "examples/attention.json", "examples/inputs.npz")) {
      Files.copy(Repository.path(file), folder.resolve(file));
    }
  }

  @Test
  void everyLineHasATest() throws IOException {
    Map<String, String> untested = new LinkedHashMap<>();
    for (Path page : pages()) {
      for (String line : commandLines(Files.readString(page))) {
        if (!RUN.contains(line) && !ELSEWHERE.containsKey(line)) {
          untested.put(line, page.getFileName().toString());
        }
      }
    }
    assertThat(untested).as("command lines without a test, and the page of each").isEmpty();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(Repository.path("docs"))) {
      return Stream.concat(
              Stream.of(Repository.path("README.md"), Repository.path("CONTRIBUTING.md")),
              docs.filter(file -> file.toString().endsWith(".md")).sorted())
          .toList();
    }
  }

  /** The lines of code blocks that call the program, without trailing comments. */
  private static List<String> commandLines(String page) {
    List<String> lines = new ArrayList<>();
    boolean inFence = false;
    for (String line : page.replaceAll("\\\\\n\\s+", "").lines().toList()) {
      inFence ^= line.startsWith("```");
      String words = line.strip().replaceFirst("^\\$ ", "").replaceFirst("^\\./", "");
      if ((inFence || line.startsWith("    ")) && words.startsWith("heddle ")) {
        lines.add(words.replaceFirst("\\s{3,}.*", ""));
      }
    }
    return lines;
  }

  @Test
  void commandLinesAreFoundInPages() {
    assertThat(
            commandLines(
                """
                Call `./heddle apply`, or

                    ./heddle demo     shows something
                    $ ./heddle init --config C.json \\
                        --inputs I.npz

                ```
                ./heddle version
                ```
                """))
        .containsExactly(
            "heddle demo", "heddle init --config C.json --inputs I.npz", "heddle version");
  }

  @Test
  void readmesFilesAreMadeAndRead() throws IOException {
    run(INIT);
    run(APPLY);

    Array output = CheckpointFile.read(folder.resolve("output.npz")).tensor("output");
    Array inputs = CheckpointFile.read(folder.resolve("examples/inputs.npz")).tensor("inputs_q");
    assertThat(output.shape()).isEqualTo(inputs.shape());
  }

  @Test
  void readmesResumedTrainingHasTheBitsOfOneRun() throws IOException {
    run(TRAIN.replace("300", "3") + SMALL); // a hundredth of the steps
    run(RESUME.replace("600", "6") + SMALL);
    run(TRAIN.replace("300", "6").replace("model", "whole") + SMALL);

    assertThat(CheckpointFile.read(folder.resolve("model.msgpack")).tensors())
        .isEqualTo(CheckpointFile.read(folder.resolve("whole.msgpack")).tensors());
    assertThat(folder.resolve("model.msgpack.csv"))
        .hasSameTextualContentAs(folder.resolve("whole.msgpack.csv"));
    assertThat(folder.resolve("model.msgpack.svg"))
        .hasSameTextualContentAs(folder.resolve("whole.msgpack.svg"));
  }

  @Test
  void readmesModelWritesAndIsShown() throws IOException {
    run(TRAIN.replace("300", "3") + SMALL);

    assertThat(run(GENERATE)).startsWith("Heddle").hasSizeGreaterThan(100);
    assertThat(run(INSPECT)).contains("params/block_0/attention/query/kernel", "\nplan: ");
  }

  /** Runs a line in the folder: file names in it are resolved against the folder. */
  private String run(String line) {
    Object[] words =
        Arrays.stream(line.split(" "))
            .skip(1)
            .map(word ->
                word.matches("[\\w/]+\\.(json|npz|safetensors|msgpack|md)")
                    ? folder.resolve(word)
                    : word)
            .toArray();
    Heddle heddle = Heddle.run(words);
    assertThat(heddle.err()).isEmpty();
    assertThat(heddle.status()).isZero();
    return heddle.out();
  }
}
