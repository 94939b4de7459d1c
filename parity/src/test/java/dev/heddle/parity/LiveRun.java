package dev.heddle.parity;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.CaseFile;
import dev.heddle.parity.run.CaseRunner;
import dev.heddle.parity.run.Differences;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Draws random cases with one oracle and compares each as soon as it is written, until the number
 * or the time limit is reached. Cases that differ by more than four ulps are measured by the oracle
 * and compared again.
 */
final class LiveRun implements Callable<LiveRun.Result> {
  /** The kinds of cases that can be drawn, by the names of {@code heddle_parity.live}. */
  static final List<String> KINDS =
      List.of("attention", "gradient", "function", "optimizer", "training");

  private static final int NEWS = 100;

  private final Oracle oracle;
  private final List<String> kinds;
  private final long seed;
  private final int start;
  private final int count;
  private final Instant deadline;
  private final Path folder;
  private final Consumer<String> news;
  private final List<String> wrong = new ArrayList<>();
  private final List<Path> beyond = new ArrayList<>();
  private final Map<String, Integer> compared = new TreeMap<>();

  /**
   * Prepares a run.
   *
   * @param oracle the reference
   * @param kinds some of {@link #KINDS}
   * @param seed the seed of the cases
   * @param start the first case of each kind
   * @param count the number of cases of each kind
   * @param deadline the time after which no more cases are drawn
   * @param folder an empty folder, for the cases
   * @param news receives a line for every hundred cases
   */
  LiveRun(
      Oracle oracle,
      List<String> kinds,
      long seed,
      int start,
      int count,
      Instant deadline,
      Path folder,
      Consumer<String> news) {
    this.oracle = oracle;
    this.kinds = kinds;
    this.seed = seed;
    this.start = start;
    this.count = count;
    this.deadline = deadline;
    this.folder = folder;
    this.news = news;
  }

  /**
   * The results of a run.
   *
   * @param compared the number of compared cases, by kind
   * @param measured the number of them that differed by more than four ulps and were measured
   * @param wrong a message for each difference or failure, with the command that runs the case
   *     alone
   */
  record Result(Map<String, Integer> compared, int measured, List<String> wrong) {
    /** The number of cases of all kinds. */
    int total() {
      return compared.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  @Override
  public Result call() throws IOException, InterruptedException {
    Path log = folder.resolve(oracle.name() + ".log");
    read(oracle.draw(kinds, seed, start, count, folder, log), deadline, log, this::compare);
    int measured = beyond.size();
    for (boolean noise : new boolean[] {false, true}) { // the error is sufficient for most
      List<Path> files = List.copyOf(beyond);
      beyond.clear();
      if (!files.isEmpty()) {
        Process process = oracle.measure(files, noise, log);
        read(process, Instant.MAX, log, file -> compareMeasured(file, noise));
      }
    }
    return new Result(Map.copyOf(compared), measured, List.copyOf(wrong));
  }

  /** Processes a file of cases. */
  @FunctionalInterface
  private interface OnFile {
    void accept(Path file) throws IOException;
  }

  /** Reads the oracle's output, line by line, until it is done or the time limit is reached. */
  private void read(Process process, Instant end, Path log, OnFile onFile)
      throws IOException, InterruptedException {
    CompletableFuture<Void> timer = new CompletableFuture<>();
    if (end.isBefore(Instant.MAX)) {
      long left = Math.max(1, Duration.between(Instant.now(), end).toMillis());
      timer =
          CompletableFuture.runAsync(
              process::destroy, CompletableFuture.delayedExecutor(left, TimeUnit.MILLISECONDS));
    }
    String last = "";
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
        if (line.startsWith("case ")) {
          onFile.accept(Path.of(line.substring("case ".length())));
        } else if (!line.equals("done")) {
          wrong.add(oracle.name() + ": " + line);
        }
      }
    } catch (IOException destroyed) {
      if (Instant.now().isBefore(end)) {
        throw destroyed;
      }
    } finally {
      timer.cancel(false);
      process.destroy();
    }
    int status = process.waitFor();
    if (!last.equals("done") && Instant.now().isBefore(end)) {
      wrong.add(
          "%s: the oracle ended with status %d: %s"
              .formatted(oracle.name(), status, Files.readString(log).strip()));
    }
  }

  private void compare(Path file) throws IOException {
    Case asked = CaseFile.read(file).getFirst();
    compared.merge(kindOf(asked), 1, Integer::sum);
    Differences findings = run(asked);
    if (!findings.differences().isEmpty() && findings.canBeMeasured()) {
      beyond.add(file);
    } else {
      report(asked, findings);
      Files.delete(file);
    }
    int total = compared.values().stream().mapToInt(Integer::intValue).sum();
    if (total % NEWS == 0) {
      news.accept("%s: %d cases so far".formatted(oracle.name(), total));
    }
  }

  private void compareMeasured(Path file, boolean last) throws IOException {
    Case asked = CaseFile.read(file).getFirst();
    Differences findings = run(asked);
    if (!findings.differences().isEmpty() && !last) {
      beyond.add(file);
    } else {
      report(asked, findings);
      Files.delete(file);
    }
  }

  private Differences run(Case asked) {
    try {
      return CaseRunner.run(asked);
    } catch (RuntimeException refused) {
      return Differences.refused(asked, "Flax has a result, Heddle an error: " + refused);
    }
  }

  /** {@code modern-gradient-7-13} is case 13 of the kind {@code gradient} of the seed 7. */
  private static String kindOf(Case asked) {
    String[] words = asked.id().split("-");
    return words.length == 3 ? "attention" : words[1];
  }

  private void report(Case asked, Differences findings) {
    String index = asked.id().substring(asked.id().lastIndexOf('-') + 1);
    for (String difference : findings.differences()) {
      wrong.add(
          "%s\n    case: %s\n    again: ./heddle parity --era %s --kinds %s --seed %d --start %s --cases 1"
              .formatted(difference, asked.info(), oracle.name(), kindOf(asked), seed, index));
    }
  }
}
