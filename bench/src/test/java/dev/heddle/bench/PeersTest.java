package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.cli.BenchRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The versions of the peers in the benchmark's files. */
class PeersTest {
  private static final Path PEERS = Path.of("peers");

  @Test
  void onnxRuntimeHasOneVersionInBothLanguages() throws IOException {
    assertThat(version("pom.xml", "<onnxruntime.version>(.+)</onnxruntime.version>"))
        .isEqualTo(version("python/ort.txt", "(?m)^onnxruntime==(.+)$"));
  }

  @Test
  void everyEngineIsInTheReadme() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    for (String engine : BenchRequest.ENGINES) {
      assertThat(readme).contains("| `" + engine + "` |");
    }
  }

  @Test
  void everyPythonPeerHasItsPackagesPinned() throws IOException {
    try (var scripts = Files.newDirectoryStream(PEERS.resolve("python"), "*_peer.py")) {
      for (Path script : scripts) {
        String name = script.getFileName().toString().replace("_peer.py", "");
        assertThat(BenchRequest.ENGINES).contains(name);
        assertThat(PEERS.resolve("python/" + name + ".txt")).isRegularFile();
      }
    }
  }

  private static String version(String file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(PEERS.resolve(file)));
    assertThat(matcher.find()).as(file).isTrue();
    return matcher.group(1);
  }
}
