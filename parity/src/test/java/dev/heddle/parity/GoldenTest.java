package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.CaseFile;
import dev.heddle.parity.run.CaseRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Heddle agrees with Flax in every golden case. */
class GoldenTest {
  private static final List<Path> FILES = GoldenFiles.all();

  @Test
  void goldenCasesAreThere() {
    assertThat(FILES).hasSizeGreaterThan(300);
  }

  /** A test for each file; a bundle's cases are tests within it. */
  @TestFactory
  Stream<DynamicNode> everyCase() {
    return FILES.stream().map(GoldenTest::ofFile);
  }

  private static DynamicNode ofFile(Path file) {
    String name = GoldenFiles.nameOf(file);
    List<Case> cases = CaseFile.read(file);
    return cases.size() == 1
        ? test(name, cases.getFirst())
        : DynamicContainer.dynamicContainer(name, cases.stream().map(one -> test(one.id(), one)));
  }

  private static DynamicTest test(String name, Case asked) {
    String property = asked.info().text("property");
    return DynamicTest.dynamicTest(
        name + ": " + property,
        () -> assertThat(CaseRunner.run(asked).differences()).as(asked.id()).isEmpty());
  }
}
