package dev.heddle.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares checked-in source files with the output of their generators, or writes them. */
public final class GeneratedSource {
  private GeneratedSource() {}

  /**
   * Asserts that a file is a generator's output, except for the formatting. With {@code
   * -Dheddle.sources=write} the file is written first.
   */
  public static void assertIsCurrent(Path file, String text) throws IOException {
    if ("write".equals(System.getProperty("heddle.sources"))) {
      Files.writeString(file, text);
    }
    assertThat(tokens(Files.readString(file)))
        .as("%s; -Dheddle.sources=write writes it anew, then spotless:apply", file)
        .isEqualTo(tokens(text));
  }

  /** The text without white space and the asterisks of comments, which the formatter moves. */
  private static String tokens(String text) {
    return text.replaceAll("(?m)^\\s*\\* ?", "").replaceAll("\\s+", "");
  }
}
