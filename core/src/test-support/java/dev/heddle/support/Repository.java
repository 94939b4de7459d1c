package dev.heddle.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checkout that the tests run in. */
public final class Repository {
  private static final Path ROOT = findRoot();

  private Repository() {}

  /** The directory of the launcher, absolute. */
  public static Path root() {
    return ROOT;
  }

  /** A path below the root, as in {@code path("parity/oracle/setup")}. */
  public static Path path(String relative) {
    return ROOT.resolve(relative);
  }

  /**
   * Every file that is tracked by Git or would be added, relative to the root, in order; without
   * Git, every file outside the directories of build outputs.
   */
  public static List<Path> files() {
    try {
      Process git =
          new ProcessBuilder("git", "ls-files", "-z", "-c", "-o", "--exclude-standard")
              .directory(ROOT.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String listed = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (git.waitFor() == 0) {
        return Stream.of(listed.split("\0"))
            .map(Path::of)
            .filter(file -> Files.isRegularFile(ROOT.resolve(file)))
            .distinct()
            .sorted()
            .toList();
      }
      return walk();
    } catch (IOException noGit) {
      return walk();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private static List<Path> walk() {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(Files::isRegularFile)
          .map(ROOT::relativize)
          .filter(file -> !file.toString().matches("(.*/)?(target|[.]git|[.]idea|__pycache__)/.*"))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Path findRoot() {
    Path here = Path.of("").toAbsolutePath();
    for (Path place = here; place != null; place = place.getParent()) {
      if (Files.isExecutable(place.resolve("heddle"))
          && Files.isRegularFile(place.resolve("mvnw"))) {
        return place;
      }
    }
    throw new IllegalStateException("tests run inside the repository; this is not: " + here);
  }
}
