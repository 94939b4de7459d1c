package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The command {@code ./heddle parity}: its options and their error messages. */
class ParityTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  private int run(String... arguments) throws Exception {
    return Parity.run(
        arguments,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(errors, true, StandardCharsets.UTF_8));
  }

  @Test
  void theHelpNamesEveryOptionAndKind() throws Exception {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("--cases", "--minutes", "--seed", "--start", "--kinds", "--era")
        .contains(String.join(", ", LiveRun.KINDS));
  }

  @Test
  void wrongUsageIsOneLineAndStatusTwo() throws Exception {
    assertThat(run("--kinds", "attention,grad")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            "heddle: parity: --kinds: expected names of attention, gradient, function, optimizer,"
                + " training with commas between, got \"grad\"");
    errors.reset();
    assertThat(run("--era", "new")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            "heddle: parity: --era: expected modern or classic, got \"new\"");
    errors.reset();
    assertThat(run("--cases", "0")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("heddle: parity: --cases: expected 1 or more, got 0");
    errors.reset();
    assertThat(run("--case", "1")).isEqualTo(2);
    assertThat(errors.toString(StandardCharsets.UTF_8)).contains("--case");
  }
}
