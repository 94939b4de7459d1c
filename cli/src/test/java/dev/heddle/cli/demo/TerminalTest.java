package dev.heddle.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Detection of the terminal's capabilities. */
class TerminalTest {

  @Test
  void aFileGetsShadesWithoutColourAnd80Columns() {
    assertThat(terminal(StandardCharsets.UTF_8, "auto", Map.of("TERM", "xterm-256color")))
        .isEqualTo(new Terminal(Shading.BLOCKS, 80, true));
  }

  @Test
  void anEncodingWithoutShadesGetsLetters() {
    assertThat(terminal(StandardCharsets.US_ASCII, "auto", Map.of()).shading())
        .isEqualTo(Shading.LETTERS);
  }

  @Test
  void colourCanBeAskedFor() {
    assertThat(terminal(StandardCharsets.UTF_8, "always", Map.of("NO_COLOR", "1")).shading())
        .isEqualTo(Shading.COLOUR);
    assertThat(terminal(StandardCharsets.UTF_8, "never", Map.of()).shading())
        .isEqualTo(Shading.BLOCKS);
  }

  @Test
  void columnsComeFromTheShell() {
    assertThat(terminal(StandardCharsets.UTF_8, "never", Map.of("COLUMNS", "132")).columns())
        .isEqualTo(132);
    assertThat(terminal(StandardCharsets.UTF_8, "never", Map.of("COLUMNS", "wide")).columns())
        .isEqualTo(80);
  }

  private static Terminal terminal(
      Charset encoding, String colour, Map<String, String> environment) {
    return Terminal.of(
        new PrintStream(new ByteArrayOutputStream(), true, encoding), colour, environment);
  }
}
