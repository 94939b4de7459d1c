package dev.heddle.parity;

import dev.heddle.random.Era;
import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An environment with the Flax of an era, which {@code parity/oracle/setup} makes.
 *
 * @param era whose Flax
 * @param python its Python
 */
record Oracle(Era era, Path python) {
  /** Where the environments are said to be: {@code -Dheddle.oracles} or HEDDLE_ORACLES. */
  static Optional<Path> folder() {
    String said = System.getProperty("heddle.oracles", System.getenv("HEDDLE_ORACLES"));
    return Optional.ofNullable(said).filter(folder -> !folder.isBlank()).map(Path::of);
  }

  /** The oracle of an era, if it has been made. */
  static Optional<Oracle> of(Era era) {
    return folder()
        .map(folder -> folder.resolve(nameOf(era)).resolve("bin").resolve("python"))
        .filter(Files::isExecutable)
        .map(python -> new Oracle(era, python));
  }

  private static String nameOf(Era era) {
    return era.name().toLowerCase(Locale.ROOT);
  }

  /** {@code modern} or {@code classic}. */
  String name() {
    return nameOf(era);
  }

  /** The command that draws these cases and asks Flax, in the folder {@code parity}. */
  private List<String> command(String kind, long seed, int start, int count, String out) {
    return List.of(
        python.toString(),
        "-m",
        "heddle_parity.live",
        "--era",
        name(),
        "--kind",
        kind,
        "--seed",
        Long.toString(seed),
        "--start",
        Integer.toString(start),
        "--count",
        Integer.toString(count),
        "--out",
        out);
  }

  /** Starts drawing cases of a kind into a folder; a line on its output for each. */
  Process draw(String kind, long seed, int start, int count, Path out, Path log)
      throws IOException {
    return new ProcessBuilder(command(kind, seed, start, count, out.toString()))
        .directory(Repository.path("parity").toFile())
        .redirectError(log.toFile())
        .start();
  }
}
