package dev.heddle.kernel;

import dev.heddle.support.GeneratedSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The generated loops are their generator's output, except for the formatting. */
class LoopSourceTest {
  @ParameterizedTest
  @EnumSource
  void theCommittedSourceIsTheGeneratedOne(LoopSource source) throws Exception {
    GeneratedSource.assertIsCurrent(source.file(), source.text());
  }
}
