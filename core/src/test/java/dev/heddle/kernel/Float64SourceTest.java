package dev.heddle.kernel;

import dev.heddle.support.GeneratedSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The float64 forms of classes are the generator's output, except for the formatting. */
class Float64SourceTest {
  @ParameterizedTest
  @EnumSource
  void theCommittedSourceIsTheGeneratedOne(Float64Source source) throws Exception {
    GeneratedSource.assertIsCurrent(source.file(), source.text());
  }
}
