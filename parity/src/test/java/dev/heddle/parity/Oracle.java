package dev.heddle.parity;

import dev.heddle.random.Era;
import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An environment with the Flax of an era, which {@code parity/oracle/setup} makes.
 *
 * @param era the era of Flax
 * @param python the path of its Python
 */
record Oracle(Era era, Path python) {
  /**
   * The folder of the environments: {@code -Dheddle.oracles}, else HEDDLE_ORACLES, else the default
   * of {@code parity/oracle/setup}.
   */
  static Path folder() {
    String given = System.getProperty("heddle.oracles", System.getenv("HEDDLE_ORACLES"));
    return given == null || given.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache", "heddle", "oracles")
        : Path.of(given);
  }

  /** The oracle of an era, if it is installed. */
  static Optional<Oracle> of(Era era) {
    Path python = folder().resolve(nameOf(era)).resolve("bin").resolve("python");
    return Files.isExecutable(python) ? Optional.of(new Oracle(era, python)) : Optional.empty();
  }

  private static String nameOf(Era era) {
    return era.name().toLowerCase(Locale.ROOT);
  }

  /** {@code modern} or {@code classic}. */
  String name() {
    return nameOf(era);
  }

  /** Starts drawing cases of some kinds, alternating, into a folder; prints a line for each. */
  Process draw(List<String> kinds, long seed, int start, int count, Path out, Path log)
      throws IOException {
    return start(
        log,
        "live",
        "--era",
        name(),
        "--kinds",
        String.join(",", kinds),
        "--seed",
        Long.toString(seed),
        "--start",
        Integer.toString(start),
        "--count",
        Integer.toString(count),
        "--out",
        out.toString());
  }

  /**
   * Starts measuring the cases of files; prints a line for each file.
   *
   * @param noise whether noise is also measured where there is an error
   */
  Process measure(List<Path> files, boolean noise, Path log) throws IOException {
    Stream<String> names = files.stream().map(Path::toString);
    Stream<String> options = noise ? Stream.empty() : Stream.of("--error");
    return start(log, "measure", Stream.concat(names, options).toArray(String[]::new));
  }

  private Process start(Path log, String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(python.toString(), "-m", "heddle_parity." + program));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(Repository.path("parity").toFile())
        .redirectError(log.toFile())
        .start();
  }
}
