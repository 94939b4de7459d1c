package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without JVM options, no command causes a warning about {@code sun.misc.Unsafe}. */
class WarningsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"msgpack", "npz", "safetensors"})
  void readingAndWritingAFileWarnsOfNothing(String ending) throws Exception {
    Path in = new Workplace(folder).tensors("in." + ending, "params/w", Array.of(new float[4], 4));
    for (String to : List.of("msgpack", "npz", "safetensors")) {
      Heddle convert =
          run("convert", in, folder.resolve("out." + to), "--from", "flax", "--to", "flax");
      assertThat(convert.status()).isZero();
      assertThat(convert.err()).isEmpty();
    }
  }

  @Test
  void helpAndTrainingDoNotWarnOfUnsafe() throws Exception {
    Path text = Files.writeString(folder.resolve("text.txt"), "a text. ".repeat(50));

    assertThat(run("--help").err()).isEmpty();
    assertThat(run("version").err()).doesNotContain("Unsafe");
    Heddle training =
        run(
            "train",
            "--text",
            text,
            "--out",
            folder.resolve("a.msgpack"),
            "--length",
            8,
            "--features",
            8,
            "--layers",
            1,
            "--steps",
            1,
            "--threads",
            1);
    assertThat(training.status()).isZero();
    assertThat(training.err()).doesNotContain("Unsafe");
  }

  /** Runs a command in a separate JVM without options. */
  private Heddle run(Object... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.heddle.cli.Main"));
    for (Object word : words) {
      command.add(word.toString());
    }
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    int status =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Heddle(
        status,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
