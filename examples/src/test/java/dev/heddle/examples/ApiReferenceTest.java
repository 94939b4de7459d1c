package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API reference, made as {@code ./heddle site} makes it. */
class ApiReferenceTest {
  @Test
  void isMadeOfAllLibraryModulesWithoutAWarning(@TempDir Path folder) throws Exception {
    String annotations =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.contains("jspecify"))
            .collect(Collectors.joining());
    List<String> arguments =
        List.of(
            "@docs/javadoc.options",
            "--module-path",
            Jdk.modulePath() + File.pathSeparator + annotations,
            "-d",
            folder.toString());

    assertThat(Jdk.run("javadoc", arguments)).isEqualTo(new Jdk.Result(0, "", ""));

    for (String module : List.of("dev.heddle", "dev.heddle.io", "dev.heddle.models")) {
      assertThat(folder.resolve(module).resolve("module-summary.html")).exists();
    }
    assertThat(
            folder.resolve(
                "dev.heddle/dev/heddle/linen/attention/MultiHeadDotProductAttention.html"))
        .exists();
  }
}
