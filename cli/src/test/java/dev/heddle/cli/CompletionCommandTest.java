package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle completion}. */
class CompletionCommandTest {

  @Test
  void theScriptKnowsCommandsAndOptions() {
    Heddle heddle = Heddle.run("completion");

    assertThat(heddle.status()).isZero();
    assertThat(heddle.out())
        .contains("init apply grad train generate inspect convert demo", "--variables", "simd512");
    assertThat(Heddle.run("completion", "zsh").out()).isEqualTo(heddle.out());
  }

  @Test
  void bashAcceptsTheScriptAndCompletes(@TempDir Path folder)
      throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs a bash");
    Path script = Files.writeString(folder.resolve("heddle"), Heddle.run("completion").out());
    String ask =
        """
        source '%s'
        COMP_WORDS=(heddle con); COMP_CWORD=1; COMP_LINE='heddle con'; COMP_POINT=10
        _complete_heddle heddle con heddle
        echo "${COMPREPLY[@]}"
        """
            .formatted(script);

    Process bash = new ProcessBuilder("/bin/bash", "-c", ask).redirectErrorStream(true).start();

    assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("convert\n");
    assertThat(bash.waitFor()).isZero();
  }

  @Test
  void anotherShellIsAnError() {
    assertThat(Heddle.run("completion", "fish"))
        .isEqualTo(
            new Heddle(2, "", "heddle: completion: shell fish: expected one of bash, zsh\n"));
  }
}
