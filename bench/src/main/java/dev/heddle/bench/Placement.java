package dev.heddle.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The processors that all engines of a run share: this process and every process that it starts are
 * restricted to one processor per thread, by {@code taskset} where it is available. Otherwise
 * engines in Python would be restricted, while those in a JVM could use all processors.
 */
final class Placement implements AutoCloseable {
  private static final String LIST = "affinity list:";

  private final String description;
  private final @Nullable String before;

  private Placement(String description, @Nullable String before) {
    this.description = description;
    this.before = before;
  }

  /**
   * Restricts this process to the first of its processors; {@link #close} lifts the restriction.
   *
   * @param threads the number of threads
   */
  static Placement of(int threads) {
    if (threads >= Runtime.getRuntime().availableProcessors()) {
      return new Placement("all processors", null);
    }
    try {
      String before = list(taskset("-c", "-p", pid()));
      String first =
          processors(before).stream()
              .limit(threads)
              .map(String::valueOf)
              .collect(Collectors.joining(","));
      taskset("-a", "-c", "-p", first, pid());
      return new Placement("all engines on processors " + first, before);
    } catch (IOException e) {
      return new Placement(
          "engines in Python on the first processors, the others on all: " + Text.reason(e), null);
    }
  }

  /** The processors that the engines run on, for the reports. */
  String description() {
    return description;
  }

  @Override
  public void close() throws IOException {
    if (before != null) {
      taskset("-a", "-c", "-p", before, pid());
    }
  }

  /** Parses a list in the format of {@code taskset}: {@code 0-3,6}. */
  static List<Integer> processors(String list) throws IOException {
    try {
      return List.of(list.split(",")).stream()
          .map(range -> range.split("-", 2))
          .flatMapToInt(ends ->
              IntStream.rangeClosed(
                  Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])))
          .boxed()
          .toList();
    } catch (NumberFormatException e) {
      throw new IOException("taskset: expected a list of processors, got \"%s\"".formatted(list));
    }
  }

  private static String list(String answer) throws IOException {
    int at = answer.lastIndexOf(LIST);
    if (at < 0) {
      throw new IOException("taskset: expected \"%s\", got \"%s\"".formatted(LIST, answer));
    }
    return answer.substring(at + LIST.length()).strip();
  }

  private static String taskset(String... arguments) throws IOException {
    List<String> command =
        IntStream.rangeClosed(0, arguments.length)
            .mapToObj(i -> i == 0 ? "taskset" : arguments[i - 1])
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("taskset: status %d: %s".formatted(status, answer));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return answer;
  }

  private static String pid() {
    return Long.toString(ProcessHandle.current().pid());
  }
}
