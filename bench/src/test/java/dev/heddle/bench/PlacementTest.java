package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** All engines of a run on the same processors. */
class PlacementTest {
  @Test
  void aListHasNumbersAndRanges() throws IOException {
    assertThat(Placement.processors("0-3,6")).containsExactly(0, 1, 2, 3, 6);
    assertThat(Placement.processors("5")).containsExactly(5);
    assertThatThrownBy(() -> Placement.processors("none"))
        .hasMessage("taskset: expected a list of processors, got \"none\"");
  }

  @Test
  void processesThatARunStartsHaveItsProcessors() throws IOException {
    int all = Runtime.getRuntime().availableProcessors();
    try (Placement placement = Placement.of(1)) {
      if (all == 1) {
        assertThat(placement.description()).isEqualTo("all processors");
      } else if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
        assertThat(placement.description()).startsWith("all engines on processors ");
        assertThat(allowed()).as("processors of a child").isEqualTo("1");
      } else {
        assertThat(placement.description()).startsWith("engines in Python on the first");
      }
    }
    assertThat(Runtime.getRuntime().availableProcessors()).isEqualTo(all);
  }

  private static String allowed() throws IOException {
    Process process = new ProcessBuilder("nproc").start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
