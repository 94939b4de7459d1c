package dev.heddle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program in the README is compiled and run as its reader would, and prints what stands there.
 */
class ReadmeTest {
  @Test
  void theFirstProgramPrintsWhatTheReadmeSays(@TempDir Path directory) throws Exception {
    String readme = Files.readString(Repository.path("README.md"));
    Path program = Files.writeString(directory.resolve("First.java"), block("java", readme));
    assertThat(run(program)).isEqualTo(block("text", readme));
  }

  private static String block(String language, String page) {
    Matcher found =
        Pattern.compile("(?s)^```" + language + "\n(.*?)^```$", Pattern.MULTILINE).matcher(page);
    assertThat(found.find()).as("a block of %s in the README", language).isTrue();
    return found.group(1);
  }

  private static String run(Path program) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                Path.of("target", "classes").toAbsolutePath().toString(),
                "--add-modules",
                "dev.heddle",
                program.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT) // which kernels run is said there
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
