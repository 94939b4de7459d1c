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

/** A JVM of its own, with flags of its own, that runs one of the programs of this package. */
final class Jvm {
  private Jvm() {}

  /**
   * What the program says on standard output, line by line.
   *
   * @param flags of the JVM; unknown ones, those of other processors, do not count
   * @throws IllegalStateException if the program fails; the message is all that it said
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

  /** Where the library, its kernels, and the tests' classes are. */
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
