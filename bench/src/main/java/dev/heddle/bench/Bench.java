package dev.heddle.bench;

import dev.heddle.array.DType;
import dev.heddle.cli.BenchRequest;
import dev.heddle.cli.Benchmark;
import dev.heddle.kernel.Workers;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** {@code heddle bench}: opens the engines, measures row by row, reports. */
public final class Bench implements Benchmark {
  private static final double LONGEST_FMA_SECONDS = 1;

  private final SequencedMap<String, Engine> engines = new LinkedHashMap<>();
  private final SequencedMap<String, String> versions = new LinkedHashMap<>();
  private final List<Result> results = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();

  /** For the service loader. */
  public Bench() {}

  @Override
  public void run(BenchRequest request, PrintStream out) throws IOException {
    Path folder = Files.createTempDirectory("heddle-bench");
    try {
      Setting setting = new Setting(Workers.threads(), request.dtype(), folder);
      double load = Machine.loadAverage();
      double limit =
          FmaLimit.gflops(setting.threads(), Math.min(LONGEST_FMA_SECONDS, request.seconds()));
      open(request.engines(), setting, out);
      Machine machine = Machine.here(setting.threads(), load, limit, versions);
      TerminalTable.machine(machine, out);
      for (String name : request.rows()) {
        measure(Row.of(name), setting, request.seconds(), limit, out);
      }
      Reports.write(new Findings(machine, results, leftOut), request);
    } finally {
      engines.values().forEach(Engine::close);
      remove(folder);
    }
  }

  private void open(List<String> names, Setting setting, PrintStream out) {
    for (String name : names) {
      try {
        Engine engine = Engines.open(name, setting);
        engines.put(name, engine);
        versions.put(name, engine.version());
      } catch (UnavailableException e) {
        leaveOut(new LeftOut(name, null, String.valueOf(e.getMessage())), out);
      }
    }
  }

  private void measure(Row row, Setting setting, double seconds, double limit, PrintStream out)
      throws IOException {
    TerminalTable.row(row, out);
    Problem problem = Problem.of(row, setting.dtype(), setting.folder());
    Map<String, Double> differences = new LinkedHashMap<>();
    SequencedMap<String, Engine> ready = ready(problem, differences, out);
    if (ready.isEmpty()) {
      return;
    }
    double typeLimit = setting.dtype() == DType.FLOAT64 ? limit / 2 : limit;
    Rounds.run(ready, seconds)
        .forEach((name, samples) ->
            results.add(
                new Result(
                    row,
                    name,
                    setting.dtype(),
                    setting.threads(),
                    samples.best(),
                    samples.median(),
                    samples.count(),
                    row.flops() / (typeLimit * samples.best() * 1e6),
                    differences.getOrDefault(name, 0.0))));
    TerminalTable.results(row, results, out);
  }

  /** The engines that compute the row and agree with Heddle about its output. */
  private SequencedMap<String, Engine> ready(
      Problem problem, Map<String, Double> differences, PrintStream out) {
    float[] expected = new HeddleEngine().load(problem);
    SequencedMap<String, Engine> ready = new LinkedHashMap<>();
    for (Map.Entry<String, Engine> engine : engines.entrySet()) {
      try {
        float[] output = engine.getValue().load(problem);
        differences.put(engine.getKey(), Agreement.check(expected, output, problem.dtype()));
        ready.put(engine.getKey(), engine.getValue());
      } catch (UnavailableException | IOException e) { // or its process ended
        String reason = String.valueOf(e.getMessage());
        leaveOut(new LeftOut(engine.getKey(), problem.row(), reason), out);
      }
    }
    return ready;
  }

  private void leaveOut(LeftOut one, PrintStream out) {
    leftOut.add(one);
    out.println(one.line());
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
