package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.CaseFile;
import dev.heddle.parity.run.CommandLineRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line gives the same bits as the library for the golden cases of attention, which
 * {@link GoldenTest} compares with Flax: configurations in JSON, tensors in npz, safetensors and
 * msgpack.
 */
class CommandLineTest {
  @TestFactory
  Stream<DynamicTest> everyCaseThatFilesCanSay(@TempDir Path folder) {
    List<Case> cases =
        GoldenFiles.all().stream()
            .flatMap(file -> CaseFile.read(file).stream())
            .filter(CommandLineRunner::isExpressible)
            .toList();
    assertThat(cases).hasSizeGreaterThan(300);
    return cases.stream().map(asked -> test(asked, folder));
  }

  private static DynamicTest test(Case asked, Path folder) {
    return DynamicTest.dynamicTest(
        asked.id(),
        () -> {
          Path own = Files.createTempDirectory(folder, "case");
          assertThat(CommandLineRunner.run(asked, own).differences()).as(asked.id()).isEmpty();
        });
  }
}
