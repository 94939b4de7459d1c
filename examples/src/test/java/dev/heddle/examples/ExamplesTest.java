package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs in {@code examples}, run by the command in their first line, print the output in
 * their last lines.
 */
class ExamplesTest {
  private static final String PRINTS = "\n/* Prints:\n";

  @TempDir Path temporary;

  @TestFactory
  List<DynamicTest> everyProgramPrintsWhatItSays() throws IOException {
    try (Stream<Path> files = Files.list(Repository.path("examples"))) {
      List<DynamicTest> tests =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .sorted()
              .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)))
              .toList();
      assertThat(tests).hasSizeGreaterThanOrEqualTo(4);
      return tests;
    }
  }

  private void run(Path file) throws Exception {
    String source = Files.readString(file);
    assertThat(source.lines().findFirst().orElseThrow())
        .startsWith("// ")
        .endsWith(": ./heddle java examples/" + file.getFileName());
    int end = source.indexOf(PRINTS);
    assertThat(end).as("a closing comment that begins with \"Prints:\"").isPositive();
    String expected = source.substring(end + PRINTS.length(), source.lastIndexOf("*/"));

    Jdk.Result run =
        Jdk.run(
            "java",
            List.of(
                "-Dstdout.encoding=UTF-8",
                "-Djava.io.tmpdir=" + temporary,
                "--module-path",
                Jdk.modulePath(),
                "--add-modules",
                "dev.heddle,dev.heddle.io,dev.heddle.models",
                file.toString()));

    assertThat(run).isEqualTo(new Jdk.Result(0, expected, Jdk.INCUBATES));
  }
}
