package dev.heddle.parity;

import dev.heddle.parity.cases.CaseFile;
import dev.heddle.support.Repository;
import java.nio.file.Path;
import java.util.List;

/** The files of the golden cases; {@code -Dheddle.golden=DIR} selects another folder. */
final class GoldenFiles {
  private static final Path FOLDER = folder();

  private GoldenFiles() {}

  private static Path folder() {
    String other = System.getProperty("heddle.golden");
    return other == null ? Repository.path("parity/src/test/resources/golden") : Path.of(other);
  }

  /** Every file of both eras, in order. */
  static List<Path> all() {
    return CaseFile.in(FOLDER);
  }

  /** {@code modern/attention-mask-b11k}. */
  static String nameOf(Path file) {
    return FOLDER.relativize(file).toString().replaceFirst("\\.npz$", "").replace('\\', '/');
  }
}
