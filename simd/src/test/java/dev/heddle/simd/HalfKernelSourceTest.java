package dev.heddle.simd;

import dev.heddle.support.GeneratedSource;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of 16-bit numbers are the generator's output, except for the formatting. */
class HalfKernelSourceTest {
  @ParameterizedTest
  @EnumSource
  void theCommittedSourceIsTheGeneratedOne(HalfKernelSource kernel) throws Exception {
    Path file = Path.of("src/main/java/dev/heddle/simd/" + kernel.className() + ".java");
    GeneratedSource.assertIsCurrent(file, kernel.text());
  }
}
