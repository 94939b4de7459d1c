package dev.heddle.parity;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.CaseFile;
import dev.heddle.parity.run.CaseRunner;
import dev.heddle.parity.run.Findings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Draws fresh cases with one oracle and compares each as soon as it is there, until there are
 * enough or time is up.
 */
final class LiveRun implements Callable<LiveRun.Result> {
  private static final int NEWS = 100;

  /**
   * What is asked.
   *
   * @param name the oracle's word for it
   * @param prefix in front of the property that says how many, {@code heddle.live.PREFIX.modern}
   */
  record Kind(String name, String prefix) {
    static final Kind ATTENTION = new Kind("attention", "heddle.live.");
    static final Kind GRADIENT = new Kind("gradient", "heddle.live.gradients.");
    static final Kind TRAINING = new Kind("training", "heddle.live.training.");
  }

  private final Oracle oracle;
  private final Kind kind;
  private final long seed;
  private final int start;
  private final int count;
  private final Instant deadline;
  private final Path folder;
  private final List<String> wrong = new ArrayList<>();
  private final List<String> noisy = new ArrayList<>();
  private int compared;
  private int decoded;

  LiveRun(
      Oracle oracle, Kind kind, long seed, int start, int count, Instant deadline, Path folder) {
    this.oracle = oracle;
    this.kind = kind;
    this.seed = seed;
    this.start = start;
    this.count = count;
    this.deadline = deadline;
    this.folder = folder;
  }

  /**
   * What came of it.
   *
   * @param compared how many cases were compared
   * @param decoded how many of them were step-by-step decoding
   * @param wrong a line for each difference or failure
   * @param noisy a line for each case with normalize_qk that is beyond the figure, but within the
   *     noise of its inputs
   */
  record Result(int compared, int decoded, List<String> wrong, List<String> noisy) {}

  @Override
  public Result call() throws IOException, InterruptedException {
    Path log = folder.resolve(oracle.name() + "-" + kind.name() + ".log");
    Process process = oracle.draw(kind.name(), seed, start, count, folder, log);
    long left = Math.max(1, Duration.between(Instant.now(), deadline).toMillis());
    CompletableFuture<Void> timer =
        CompletableFuture.runAsync(
            process::destroy, CompletableFuture.delayedExecutor(left, TimeUnit.MILLISECONDS));
    String last = "";
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
        if (line.startsWith("case ")) {
          compare(Path.of(line.substring("case ".length())));
        } else if (!line.equals("done")) {
          wrong.add(oracle.name() + ": " + line);
        }
      }
    } catch (IOException destroyed) {
      if (Instant.now().isBefore(deadline)) {
        throw destroyed;
      }
    } finally {
      timer.cancel(false);
      process.destroy();
    }
    int status = process.waitFor();
    if (!last.equals("done") && Instant.now().isBefore(deadline)) {
      wrong.add(
          "%s: the oracle ended with status %d: %s"
              .formatted(oracle.name(), status, Files.readString(log).strip()));
    }
    return new Result(compared, decoded, List.copyOf(wrong), List.copyOf(noisy));
  }

  private void compare(Path file) throws IOException {
    for (Case asked : CaseFile.read(file)) {
      compared++;
      decoded += asked.info().has("steps") ? 1 : 0;
      try {
        Findings findings = CaseRunner.runFresh(asked);
        for (String difference : findings.differences()) {
          report(asked, difference);
        }
        findings.noise().stream().findFirst().ifPresent(noisy::add);
      } catch (RuntimeException refused) {
        report(asked, asked.id() + ": Flax answers, Heddle does not: " + refused);
      }
    }
    Files.delete(file);
    if (compared % NEWS == 0) {
      System.out.printf(
          "live parity: %s: %d %s cases so far%n", oracle.name(), compared, kind.name());
    }
  }

  private void report(Case asked, String difference) {
    int index = Integer.parseInt(asked.id().substring(asked.id().lastIndexOf('-') + 1));
    wrong.add(
        "%s\n    case: %s\n    again: -Dheddle.live.seed=%d -Dheddle.live.start=%d -D%s%s=1"
            .formatted(difference, asked.info(), seed, index, kind.prefix(), oracle.name()));
  }
}
