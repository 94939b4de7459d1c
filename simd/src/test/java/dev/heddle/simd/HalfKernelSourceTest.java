package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of 16-bit numbers are the generator's output, except for the formatting. */
class HalfKernelSourceTest {
  @ParameterizedTest
  @EnumSource
  void theCommittedSourceIsTheGeneratedOne(HalfKernelSource kernel) throws Exception {
    Path file = Path.of("src/main/java/dev/heddle/simd/" + kernel.className() + ".java");
    if ("write".equals(System.getProperty("heddle.sources"))) {
      Files.writeString(file, kernel.text());
    }
    assertThat(tokens(Files.readString(file)))
        .as("%s; -Dheddle.sources=write writes it anew, then spotless:apply", file)
        .isEqualTo(tokens(kernel.text()));
  }

  /** The text without white space and the asterisks of comments, which the formatter moves. */
  private static String tokens(String text) {
    return text.replaceAll("(?m)^\\s*\\* ?", "").replaceAll("\\s+", "");
  }
}
