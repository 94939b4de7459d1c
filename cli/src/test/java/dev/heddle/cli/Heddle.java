package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The result of a run of the program.
 *
 * @param status the exit status
 * @param out standard output
 * @param err standard error
 */
record Heddle(int status, String out, String err) {

  /** Asserts success, and that the output names the result file. */
  void requireDone() {
    assertThat(err).isEmpty();
    assertThat(status).isZero();
    assertThat(out).matches("\\S+: [\\d,]+ tensors?, [\\d,]+ bytes of data\n");
  }

  /** Runs the program with arguments; a {@link Path} is converted to a string. */
  static Heddle run(Object... words) {
    return run(StandardCharsets.UTF_8, words);
  }

  /** Runs the program in a separate JVM, on this class path and without options. */
  static Heddle runInPlainJvm(Object... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Arrays.stream(words).map(Object::toString).forEach(command::add);
    Path err = Files.createTempFile("heddle", ".err");
    try {
      Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Heddle(process.waitFor(), out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }

  /** Runs the program with an encoding of standard output. */
  static Heddle run(Charset encoding, Object... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    String[] args = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
    int status =
        Main.run(
            args,
            new PrintStream(out, true, encoding),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Heddle(status, out.toString(encoding), err.toString(StandardCharsets.UTF_8));
  }
}
