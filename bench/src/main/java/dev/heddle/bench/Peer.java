package dev.heddle.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The process of a peer, which lasts for the whole run. A request is a line of tab-separated words,
 * a response is a line with {@code ok} and a result or {@code unavailable} and the reason. Other
 * lines, which native libraries may print, are ignored.
 */
final class Peer implements AutoCloseable {
  private static final String DONE = "ok\t";
  private static final String UNAVAILABLE = "unavailable\t";

  /** The pattern of the signal in the output of a crashed JVM. */
  private static final String SIGNAL = "#  SIG";

  /** The prefix of warnings of a JVM, which are not the reason of a failure. */
  private static final String WARNING = "WARNING: ";

  private static final int SECONDS_TO_END = 5;

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter requests;
  private final Path errors;
  private final int timeout;

  private Peer(Process process, Path errors, int timeout) {
    this.process = process;
    this.answers = process.inputReader();
    this.requests = process.outputWriter();
    this.errors = errors;
    this.timeout = timeout;
  }

  /**
   * Starts a process.
   *
   * @param command the program and its arguments
   * @param errors the file for its standard error
   * @param timeout the number of seconds without a response after which it is stopped
   * @throws IOException if there is no such program
   */
  static Peer start(List<String> command, Path errors, int timeout) throws IOException {
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    return new Peer(process, errors, timeout);
  }

  /**
   * Sends a request and waits for the response.
   *
   * @throws UnavailableException if it responds that it is unavailable
   * @throws IOException if it ends or does not respond in time; then it is stopped
   */
  String ask(String... words) throws UnavailableException, IOException {
    try {
      requests.write(String.join("\t", words) + "\n");
      requests.flush();
    } catch (IOException e) { // the process has ended
      throw ended(e);
    }
    return answer();
  }

  /** Waits for a response, as {@link #ask}. */
  String answer() throws UnavailableException, IOException {
    @Nullable String line = await(new FutureTask<>(this::read));
    if (line == null) {
      throw ended(null);
    }
    if (line.startsWith(UNAVAILABLE)) {
      throw new UnavailableException(line.substring(UNAVAILABLE.length()));
    }
    return line.substring(DONE.length());
  }

  /** The next response; null at the end. */
  private @Nullable String read() throws IOException {
    @Nullable String line = answers.readLine();
    while (line != null && !line.startsWith(DONE) && !line.startsWith(UNAVAILABLE)) {
      line = answers.readLine();
    }
    return line;
  }

  private @Nullable String await(FutureTask<@Nullable String> reading) throws IOException {
    Thread.startVirtualThread(reading);
    try {
      return reading.get(timeout, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new IOException(
          "no response in %d seconds: its process was stopped".formatted(timeout));
    } catch (ExecutionException e) {
      throw ended(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private IOException ended(@Nullable Throwable cause) throws IOException {
    close();
    String status = process.isAlive() ? "" : ", status " + process.exitValue();
    return new IOException("its process ended%s: %s".formatted(status, reason()), cause);
  }

  private String reason() throws IOException {
    List<String> lines =
        Files.readAllLines(errors).stream()
            .filter(line -> !line.isBlank() && !line.startsWith(WARNING))
            .toList();
    return lines.stream()
        .filter(line -> line.startsWith(SIGNAL))
        .findFirst()
        .map(line -> line.substring(1).strip())
        .orElse(lines.isEmpty() ? "no output" : lines.getLast());
  }

  /** Ends the process: closes its input, then kills it. */
  @Override
  public void close() {
    try {
      requests.close();
    } catch (IOException e) { // it has ended
      process.destroy();
    }
    try {
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
