package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.parity.cases.CaseFile;
import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The coverage page agrees with the golden cases. */
class CoverageTest {
  private static final Path PAGE = Repository.path("docs/coverage.md");

  @Test
  void thePageIsTheOneThatTheCasesMake() throws IOException {
    String page =
        new Coverage(
                GoldenFiles.all().stream().flatMap(file -> CaseFile.read(file).stream()).toList())
            .page();
    if ("write".equals(System.getProperty("heddle.coverage"))) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as("docs/coverage.md; -Dheddle.coverage=write regenerates it")
        .hasContent(page);
  }
}
