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
 * The process of a peer, which lives for the whole run: a line with words between tabs asks, a line
 * answers, {@code ok} with a word or {@code unavailable} with the reason. Other lines are passed
 * over: native libraries print what they like.
 */
final class Peer implements AutoCloseable {
  private static final String DONE = "ok\t";
  private static final String UNAVAILABLE = "unavailable\t";

  /** How a JVM that crashed names the signal. */
  private static final String SIGNAL = "#  SIG";

  /** How a JVM begins what is no reason to end. */
  private static final String WARNING = "WARNING: ";

  private static final int SECONDS_TO_END = 5;

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final Path complaints;
  private final int patience;

  private Peer(Process process, Path complaints, int patience) {
    this.process = process;
    this.answers = process.inputReader();
    this.questions = process.outputWriter();
    this.complaints = complaints;
    this.patience = patience;
  }

  /**
   * Starts a process.
   *
   * @param command the program and its arguments
   * @param complaints the file for what it writes to standard error
   * @param patience after how many seconds without an answer it is stopped
   * @throws IOException if there is no such program
   */
  static Peer start(List<String> command, Path complaints, int patience) throws IOException {
    Process process = new ProcessBuilder(command).redirectError(complaints.toFile()).start();
    return new Peer(process, complaints, patience);
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws UnavailableException if it answers that it cannot
   * @throws IOException if it ends, or gives no answer in time; it is stopped then
   */
  String ask(String... words) throws UnavailableException, IOException {
    try {
      questions.write(String.join("\t", words) + "\n");
      questions.flush();
    } catch (IOException e) { // nobody reads any more
      throw ended(e);
    }
    return answer();
  }

  /** Waits for an answer, as {@link #ask}. */
  String answer() throws UnavailableException, IOException {
    @Nullable String line = patiently(new FutureTask<>(this::read));
    if (line == null) {
      throw ended(null);
    }
    if (line.startsWith(UNAVAILABLE)) {
      throw new UnavailableException(line.substring(UNAVAILABLE.length()));
    }
    return line.substring(DONE.length());
  }

  /** The next answer; null at the end. */
  private @Nullable String read() throws IOException {
    @Nullable String line = answers.readLine();
    while (line != null && !line.startsWith(DONE) && !line.startsWith(UNAVAILABLE)) {
      line = answers.readLine();
    }
    return line;
  }

  private @Nullable String patiently(FutureTask<@Nullable String> reading) throws IOException {
    Thread.startVirtualThread(reading);
    try {
      return reading.get(patience, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new IOException("no answer in %d seconds: its process was stopped".formatted(patience));
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
    return new IOException("its process ended%s: %s".formatted(status, lastWords()), cause);
  }

  private String lastWords() throws IOException {
    List<String> lines =
        Files.readAllLines(complaints).stream()
            .filter(line -> !line.isBlank() && !line.startsWith(WARNING))
            .toList();
    return lines.stream()
        .filter(line -> line.startsWith(SIGNAL))
        .findFirst()
        .map(line -> line.substring(1).strip())
        .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
  }

  /** Ends the process: by the end of its input, or without its consent. */
  @Override
  public void close() {
    try {
      questions.close();
    } catch (IOException e) { // it has ended already
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
