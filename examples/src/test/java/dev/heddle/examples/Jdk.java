package dev.heddle.examples;

import dev.heddle.support.Repository;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs programs of the JDK that runs the tests, in separate processes. */
final class Jdk {
  /** The warning that the JVM prints wherever the Vector API is resolved. */
  static final String INCUBATES = "WARNING: Using incubator modules: jdk.incubator.vector\n";

  private Jdk() {}

  /**
   * The result of a process.
   *
   * @param status its exit status
   * @param out standard output
   * @param err standard error
   */
  record Result(int status, String out, String err) {}

  /** Runs a program of the JDK's bin folder, from the root of the checkout. */
  static Result run(String tool, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(arguments);
    return run(command);
  }

  /** Runs a command from the root of the checkout. */
  static Result run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).directory(Repository.root().toFile()).start();
    process.getOutputStream().close();
    var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
    String out = text(process.getInputStream());
    return new Result(process.waitFor(), out, err.join());
  }

  private static String text(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The module path of the library and its dependencies. */
  static String modulePath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry ->
            entry
                .replace(File.separatorChar, '/')
                .matches(".*/(core|simd|io|models)/target/[^/]*|.*/(jackson|msgpack)-core-.*"))
        .filter(entry -> !entry.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
