package dev.heddle.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The demo's training. */
class TrainingDemoTest {
  @Test
  void theLossFallsAndAllIsDrawn() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    TrainingDemo.show(8, out, new Terminal(Shading.BLOCKS, 80, true));

    String shown = bytes.toString(StandardCharsets.UTF_8);
    assertThat(shown)
        .contains("Training a language model of 0.8 million parameters on Heddle's documentation, ")
        .contains("step 1 of 8: loss 5.5")
        .contains("█")
        .contains("\n  | The attention ");
    assertThat(shown.lines()).allMatch(line -> line.length() <= 100);
    String last = shown.lines().filter(line -> line.startsWith("step 8 of 8")).findFirst().get();
    assertThat(Double.parseDouble(last.replaceAll(".*loss ([0-9.]+),.*", "$1"))).isLessThan(5.4);
  }

  @Test
  void everyPageOfTheDocumentationIsRead() throws IOException {
    try (Stream<java.nio.file.Path> pages = Files.list(Repository.path("docs"))) {
      List<String> found =
          pages
              .map(page -> "docs/" + page.getFileName())
              .filter(page -> page.endsWith(".md"))
              .filter(page -> !page.matches("docs/(coverage|performance)[.]md"))
              .sorted()
              .toList();
      assertThat(TrainingDemo.PAGES).containsAll(found).contains("README.md", "CHANGELOG.md");
    }
  }

  @Test
  void aSampleDoesNotSteerTheTerminal() {
    assertThat(TrainingDemo.lines("ab\u001b[2Jcd\nefghij", 5, true))
        .containsExactly("ab?[2", "Jcd", "efghi", "j");
    assertThat(TrainingDemo.lines("né\n", 5, false)).containsExactly("n?", "");
  }
}
