package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as a whole: help, usage errors, global options. */
class MainTest {

  @Test
  void withoutWordsItShowsWhatThereIs() {
    Heddle heddle = Heddle.run();

    assertThat(heddle.status()).isZero();
    assertThat(heddle.out())
        .contains("init", "apply", "grad", "convert", "demo", "bench", "version", "completion");
    assertThat(heddle.err()).isEmpty();
    assertThat(Heddle.run("--help")).isEqualTo(heddle);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "init",
        "apply",
        "grad",
        "train",
        "generate",
        "inspect",
        "convert",
        "demo",
        "bench",
        "version",
        "help",
        "completion"
      })
  void everyCommandHasHelpWithExamples(String command) {
    Heddle heddle = Heddle.run(command, "--help");

    assertThat(heddle.status()).isZero();
    assertThat(heddle.out())
        .startsWith("Usage: heddle " + command)
        .contains("Examples:\n  ", "heddle " + command, "--debug")
        .doesNotContain("%n");
    assertThat(heddle.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void helpShowsTheOptionsOfTheComputationWhereThereIsOne() {
    for (String command : List.of("init", "apply", "grad", "train", "bench", "demo")) {
      assertThat(Heddle.run(command, "--help").out()).contains("--threads", "--kernels", "--x64");
    }
    for (String command : List.of("version", "completion", "help", "inspect")) {
      assertThat(Heddle.run(command, "--help").out())
          .doesNotContain("--threads", "--kernels", "--x64");
    }
  }

  @Test
  void helpOfACommandIsItsHelp() {
    assertThat(Heddle.run("help", "apply")).isEqualTo(Heddle.run("apply", "--help"));
    assertThat(Heddle.run("help")).isEqualTo(Heddle.run("--help"));
    assertThat(Heddle.run("help", "aply"))
        .isEqualTo(
            new Heddle(
                2,
                "",
                "heddle: unknown command aply; did you mean \"apply\"? (see heddle --help)\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          aply                       | unknown command aply; did you mean "apply"? (see heddle --help)
          weave                      | unknown command weave (see heddle --help)
          --bogus                    | unknown option --bogus (see heddle --help)
          --threads 2                | a command is missing (see heddle --help)
          version now                | version: unexpected word now (see heddle version --help)
          version --thread 2         | version: unknown option --thread; did you mean "--threads"? (see heddle version --help)
          version --threads 0        | --threads 0: expected a number from 1 to 32767
          version --threads          | version: --threads: expected a value, N (see heddle version --help)
          version --kernels fast     | --kernels fast: expected one of auto, scalar, simd128, simd256, simd512
          version --x64 --x64        | version: --x64: given twice (see heddle version --help)
          bench                      | bench: missing --json (see heddle bench --help)
          init --confg C.json        | init: unknown option --confg; did you mean "--config"? (see heddle init --help)
          init --output V.npz        | init: missing --config, --inputs (see heddle init --help)
          completion --x64 fish      | completion: shell fish: expected one of bash, zsh
          init --config=             | init: invalid value for option '--config': expected a file name, got an empty string (see heddle init --help)
          grad --config C.json       | grad: missing --inputs, --output, --variables (see heddle grad --help)
          apply --variables          | apply: --variables: expected a value, V (see heddle apply --help)
          """)
  void aWrongWordIsOneLineAndStatus2(String words, String line) {
    Heddle heddle = Heddle.run((Object[]) words.split(" "));

    assertThat(heddle).isEqualTo(new Heddle(2, "", "heddle: " + line + "\n"));
  }

  @Test
  void whatSteersATerminalIsEscaped() {
    assertThat(Heddle.run("wea\nve\u001b[31m\u202e").err())
        .isEqualTo("heddle: unknown command wea\\nve\\u001b[31m\\u202e (see heddle --help)\n");
  }

  /** In a separate JVM, because this one may have the module, which IDEs add. */
  @Test
  void simdKernelsThatAreNotHereAreAnError() throws Exception {
    assertThat(Heddle.runInPlainJvm("version", "--kernels", "simd256"))
        .isEqualTo(
            new Heddle(
                1,
                "",
                "heddle: --kernels: simd256 is not available: the module dev.heddle.simd needs"
                    + " --add-modules jdk.incubator.vector on the class path\n"));
  }

  @ParameterizedTest
  @CsvSource({"heddle.kernels, fast", "heddle.threads, 0"})
  void aPropertyThatIsWrongIsNamed(String property, String value) {
    String before = System.getProperty(property);
    System.setProperty(property, value);
    try {
      assertThat(Heddle.run("version").status()).isEqualTo(1);
      assertThat(Heddle.run("version").err())
          .startsWith("heddle: " + property + ": expected ")
          .endsWith("got \"" + value + "\"\n");
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  @Test
  void commonOptionsMayComeBeforeTheCommand() {
    Heddle heddle = Heddle.run("--kernels", "scalar", "--x64", "version");

    assertThat(heddle.status()).isZero();
    assertThat(heddle.out()).contains("kernels scalar", "tiles   as the JIT compiler makes them");
  }

  @Test
  void versionNamesTheJavaItRunsOn() {
    Heddle heddle = Heddle.run("--version");

    assertThat(heddle.status()).isZero();
    assertThat(heddle.out().lines().map(line -> line.split(" ")[0]))
        .isEqualTo(List.of("heddle", "java", "kernels", "tiles", "threads"));
    assertThat(heddle.out()).contains(System.getProperty("java.version"));
  }

  @Test
  void lostOutputIsAnError() {
    var full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    for (String command : List.of("version", "completion", "--help")) {
      var err = new ByteArrayOutputStream();
      int status =
          Main.run(
              new String[] {command},
              new PrintStream(full, false, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8));
      assertThat(status).as(command).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .isEqualTo("heddle: standard output: cannot be written\n");
    }
  }

  @Test
  void debugAddsTheStackTrace() {
    assertThat(Heddle.run("weave", "--debug").err())
        .startsWith("heddle: unknown command weave (see heddle --help)\n")
        .contains("dev.heddle.cli.Main.run");
  }
}
