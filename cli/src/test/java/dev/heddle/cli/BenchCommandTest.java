package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of {@code heddle bench}; the benchmark has its own tests. */
class BenchCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rows bret          | --rows bret: expected names of tiny, bert, mid, gpt, long, bert-train, gpt-train, lm-step, long-train with commas between, got "bret"; did you mean "bert"?
          --rows tiny,         | --rows tiny,: expected names of tiny, bert, mid, gpt, long, bert-train, gpt-train, lm-step, long-train with commas between, got ""
          --rows mid,bert,mid  | --rows mid,bert,mid: "mid" is given twice
          --engines onnx       | --engines onnx: expected names of heddle, ort-java, djl-pytorch, openvino, flax, torch, ort with commas between, got "onnx"
          --dtype bfloat       | --dtype bfloat: expected one of float32, bfloat16, float16, float64; did you mean "bfloat16"?
          --seconds 0          | --seconds 0.0: expected a number above 0, at most 3600
          --seconds NaN        | --seconds NaN: expected a number above 0, at most 3600
          """)
  void aWrongWordIsOneLineAndStatus2(String words, String line) {
    String[] option = words.split(" ");
    Heddle heddle =
        Heddle.run("bench", option[0], option[1], "--json", folder.resolve("results.json"));

    assertThat(heddle).isEqualTo(new Heddle(2, "", "heddle: " + line + "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --operations                 | --operations: requires --markdown
          --operations --dtype float64 | --operations: cannot be combined with --dtype
          --operations --rows mid      | --operations: cannot be combined with --rows
          --operations --json x        | --operations: cannot be combined with --json
          """)
  void operationsAreMeasuredInEveryTypeAndWrittenAsAPage(String words, String line) {
    String[] options = ("bench " + words).split(" ");
    Heddle heddle = Heddle.run((Object[]) options);

    assertThat(heddle).isEqualTo(new Heddle(2, "", "heddle: " + line + "\n"));
  }

  @Test
  void aFolderThatIsMissingIsSaidBeforeMinutesOfMeasuring() {
    Path file = folder.resolve("none/results.svg");
    assertThat(Heddle.run("bench", "--json", folder.resolve("results.json"), "--svg", file))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: %s: folder does not exist: %s\n".formatted(file, file.getParent())));
  }

  @Test
  void withoutTheBenchmarkItSaysWhereThatIs() {
    assertThat(Heddle.run("bench", "--json", folder.resolve("results.json")))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: bench: the benchmark is not installed; in a source checkout, ./heddle bench"
                    + " builds it\n"));
    assertThat(folder).isEmptyDirectory();
  }
}
