package dev.heddle.simd;

import dev.heddle.support.GeneratedSource;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated kernels are their generators' output, except for the formatting. */
class KernelSourceTest {
  @ParameterizedTest
  @EnumSource
  void registerTilesAreCurrent(MicroKernelSource kernel) throws IOException {
    assertIsCurrent(kernel.className(), kernel.text());
  }

  @Test
  void functionsAreCurrent() throws IOException {
    assertIsCurrent("WideFunctions", WideFunctionSource.text());
  }

  @Test
  void unrolledLoopsAreCurrent() throws IOException {
    assertIsCurrent("UnrolledLoops", UnrolledSource.text());
  }

  @Test
  void transposesAreCurrent() throws IOException {
    assertIsCurrent("TransposeTiles", TransposeSource.text());
  }

  @ParameterizedTest
  @EnumSource
  void kernelsOfSixteenBitNumbersAreCurrent(HalfKernelSource kernel) throws IOException {
    assertIsCurrent(kernel.className(), kernel.text());
  }

  private static void assertIsCurrent(String className, String text) throws IOException {
    Path file = Path.of("src/main/java/dev/heddle/simd/" + className + ".java");
    GeneratedSource.assertIsCurrent(file, text);
  }
}
