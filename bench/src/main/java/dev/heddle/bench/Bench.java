package dev.heddle.bench;

import dev.heddle.array.DType;
import dev.heddle.cli.BenchRequest;
import dev.heddle.cli.Benchmark;
import dev.heddle.cli.OperationsRequest;
import dev.heddle.kernel.Workers;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** {@code heddle bench}: opens the engines, measures row by row, writes the reports. */
public final class Bench implements Benchmark {
  /** Long enough to compile the loop and to find an interval without other load. */
  private static final double LIMIT_SECONDS = 0.6;

  private final List<String> names = new ArrayList<>();
  private final SequencedMap<String, String> versions = new LinkedHashMap<>();
  private final List<Result> results = new ArrayList<>();
  private final List<SkippedEngine> leftOut = new ArrayList<>();

  /** For the service loader. */
  public Bench() {}

  @Override
  public void run(BenchRequest request, PrintStream out) throws IOException {
    try (Placement placement = Placement.of(Workers.threads());
        Cleanup cleanup = new Cleanup()) {
      Setting setting = new Setting(Workers.threads(), request.dtype(), cleanup.folder());
      double load = Machine.loadAverage();
      double limit = FmaLimit.gflops(setting.threads(), LIMIT_SECONDS);
      try (Engines engines = new Engines(setting)) {
        open(request.engines(), engines, out);
        Machine machine =
            Machine.here(setting.threads(), placement.description(), load, limit, versions);
        TerminalTable.machine(machine, request, out);
        double typeLimit = setting.dtype() == DType.FLOAT64 ? limit / 2 : limit;
        for (String name : request.rows()) {
          measure(Row.of(name), engines, setting, request.seconds(), typeLimit, out);
        }
        BenchmarkResults findings =
            new BenchmarkResults(machine, request.dtype(), request.seconds(), results, leftOut);
        cleanup.whole(() -> Reports.write(findings, request));
      }
    }
  }

  @Override
  public void run(OperationsRequest request, PrintStream out) throws IOException {
    OperationBench.run(request, out);
  }

  private void open(List<String> asked, Engines engines, PrintStream out) {
    for (String name : asked) {
      try {
        versions.put(name, engines.open(name).version());
        names.add(name);
      } catch (UnavailableException e) {
        leaveOut(name, null, e, out);
      }
    }
  }

  private void measure(
      Row row, Engines engines, Setting setting, double seconds, double limit, PrintStream out)
      throws IOException {
    double limitMs = row.flops() / (limit * 1e6);
    TerminalTable.row(row, limitMs, out);
    Problem problem = Problem.of(row, setting.dtype(), setting.folder());
    long usedBefore = Heap.used();
    Map<String, Double> differences = new LinkedHashMap<>();
    Map<String, String> forms = new LinkedHashMap<>();
    SequencedMap<String, Engine> ready = ready(problem, engines, differences, out);
    ready.forEach((name, engine) -> forms.put(name, engine.form()));
    Rounds.Outcome outcome = Rounds.run(ready, seconds);
    outcome
        .failures()
        .forEach((name, reason) -> {
          engines.drop(name);
          leaveOut(new SkippedEngine(name, row, reason), out);
        });
    for (Map.Entry<String, Samples> entry : outcome.samples().entrySet()) {
      String name = entry.getKey();
      Samples samples = entry.getValue();
      results.add(
          new Result(
              row,
              name,
              setting.dtype(),
              setting.threads(),
              samples.best(),
              samples.median(),
              samples.count(),
              limitMs,
              differences.getOrDefault(name, 0.0),
              forms.getOrDefault(name, ""),
              engines.memory(name, usedBefore)));
    }
    TerminalTable.results(row, results, out);
  }

  /** The engines that compute the row and agree with Heddle about its output. */
  private SequencedMap<String, Engine> ready(
      Problem problem, Engines engines, Map<String, Double> differences, PrintStream out) {
    SequencedMap<String, Engine> ready = new LinkedHashMap<>();
    Outputs expected;
    try {
      expected = new HeddleEngine().load(problem);
    } catch (OutOfMemoryError e) {
      String reason = "no reference, since Heddle failed: " + Text.reason(e);
      names.forEach(name -> leaveOut(new SkippedEngine(name, problem.row(), reason), out));
      return ready;
    }
    for (String name : names) {
      try {
        Engines.checkPart(name, problem.row());
        Engine engine = engines.open(name);
        Outputs outputs = engine.load(problem);
        differences.put(name, Agreement.check(expected, outputs, problem.dtype()));
        ready.put(name, engine);
      } catch (UnavailableException e) {
        leaveOut(name, problem.row(), e, out);
      } catch (IOException e) { // the process ended
        engines.drop(name);
        leaveOut(name, problem.row(), e, out);
      }
    }
    return ready;
  }

  private void leaveOut(String engine, @Nullable Row row, Exception e, PrintStream out) {
    leaveOut(new SkippedEngine(engine, row, Text.reason(e)), out);
  }

  private void leaveOut(SkippedEngine one, PrintStream out) {
    leftOut.add(one);
    out.println(one.line());
  }
}
