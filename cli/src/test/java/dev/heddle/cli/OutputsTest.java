package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.array.Array;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of every command before it writes: inputs and computations are not lost. */
class OutputsTest {
  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void files() throws IOException {
    work = new Workplace(folder);
    work.config(Workplace.CONFIG);
    work.tensors("I.npz", "inputs_q", Workplace.inputs());
    run("init --config C.json --inputs I.npz --output V.npz");
  }

  /** Runs the program; arguments with a dot are files of the folder. */
  private Heddle run(String words) {
    return Heddle.run(
        Arrays.stream(words.split(" "))
            .map(word -> word.matches("\\w.*\\.\\w+") ? folder.resolve(word) : word)
            .toArray());
  }

  @Test
  void noCommandReplacesOneOfItsInputs() throws IOException {
    Files.createSymbolicLink(folder.resolve("soft.npz"), folder.resolve("I.npz"));
    Files.createLink(folder.resolve("hard.npz"), folder.resolve("V.npz"));
    byte[] inputs = Files.readAllBytes(folder.resolve("I.npz"));
    byte[] variables = Files.readAllBytes(folder.resolve("V.npz"));

    refuses("init --config C.json --inputs I.npz --output I.npz", "I.npz", "--output", "--inputs");
    refuses(
        "init --config C.json --inputs I.npz --output soft.npz",
        "soft.npz",
        "--output",
        "--inputs");
    String call = " --config C.json --inputs I.npz --variables V.npz --output ";
    refuses("apply" + call + "I.npz", "I.npz", "--output", "--inputs");
    refuses("apply" + call + "hard.npz", "hard.npz", "--output", "--variables");
    refuses("grad" + call + "hard.npz", "hard.npz", "--output", "--variables");
    refuses("convert V.npz V.npz --from flax --to flax", "V.npz", "OUT", "IN");
    refuses("convert V.npz hard.npz --from flax --to flax", "hard.npz", "OUT", "IN");

    assertThat(folder.resolve("I.npz")).hasBinaryContent(inputs);
    assertThat(folder.resolve("V.npz")).hasBinaryContent(variables);
  }

  private void refuses(String words, String file, String output, String input) {
    assertThat(run(words))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: %s: %s names the same file as %s; expected another\n"
                    .formatted(folder.resolve(file), output, input)));
  }

  @Test
  void anotherOutputIsReplacedWhole() throws IOException {
    work.tensors("O.npz", "old", Workplace.inputs());

    assertThat(
            run("apply --config C.json --inputs I.npz --variables V.npz --output O.npz").status())
        .isZero();

    assertThat(work.names("O.npz")).containsExactly("output");
  }

  @Test
  void twoOutputsAreTwoFiles() {
    refuses("bench --json B.json --svg B.json", "B.json", "--json", "--svg");
  }

  @Test
  void aFolderThatMayNotBeWrittenToIsFoundFirst() {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "needs a folder that nobody may write to");

    for (String words :
        new String[] {
          "init --config none.json --inputs none.npz --output /proc/z.npz",
          "convert none.npz /proc/z.npz --from flax --to flax",
          "bench --json /proc/z.npz"
        }) {
      assertThat(run(words))
          .isEqualTo(
              new Heddle(
                  1, "", "heddle: /proc/z.npz: the folder \"/proc\" may not be written to\n"));
    }
  }

  @Test
  void nothingIsLeftOfTheTrial() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("C.json", "I.npz", "V.npz");
    }
    assertThat(work.tensor("V.npz", "params/query/bias")).isInstanceOf(Array.class);
  }
}
