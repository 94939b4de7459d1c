package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.simd.SimdProvider;
import dev.heddle.support.Numbers;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A separate JVM with its own flags, which runs a program of this package. */
final class Jvm {
  private Jvm() {}

  /**
   * Runs a program; returns the lines of its standard output.
   *
   * @param flags the JVM's flags; unknown ones, for other processors, are ignored
   * @throws IllegalStateException if the program fails; the message has its output
   */
  static List<String> run(List<String> flags, Class<?> program, String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-XX:+IgnoreUnrecognizedVMOptions");
    words.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    words.addAll(flags);
    words.addAll(List.of("-cp", classPath(), program.getName()));
    words.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException("status " + status + " of " + words + "\n" + said);
      }
      return said.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The class path of the library, its kernels and the tests. */
  private static String classPath() {
    List<Path> places = new ArrayList<>();
    for (Class<?> one : List.of(Array.class, SimdProvider.class, Numbers.class, Jvm.class)) {
      try {
        places.add(Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()));
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
    return places.stream()
        .distinct()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
