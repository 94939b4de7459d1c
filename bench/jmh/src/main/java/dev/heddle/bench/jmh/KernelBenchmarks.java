package dev.heddle.bench.jmh;

import dev.heddle.kernel.KernelChoice;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs JMH with its command line and {@link LimitBenchmark}, and prints each kernel's speed
 * relative to the limit measured in that run.
 *
 * <p>{@code bench/jmh/run} builds and starts it: {@code bench/jmh/run ProductBenchmark -p
 * size=384,768}.
 */
public final class KernelBenchmarks {
  private static final String LIMIT = LimitBenchmark.class.getSimpleName();

  private KernelBenchmarks() {}

  /**
   * Runs the benchmarks; leaves the JVM with status 2 if JMH does not know an option.
   *
   * @param args as JMH's
   * @throws RunnerException if JMH cannot run them
   * @throws IOException if JMH cannot print its help
   */
  public static void main(String[] args) throws RunnerException, IOException {
    try {
      run(new CommandLineOptions(args), args);
    } catch (CommandLineOptionException e) {
      System.err.println("jmh: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void run(CommandLineOptions options, String[] args)
      throws RunnerException, CommandLineOptionException, IOException {
    if (options.shouldHelp() || options.shouldList() || options.shouldListWithParams()) {
      Main.main(args);
      return;
    }
    OptionsBuilder builder = new OptionsBuilder();
    builder.parent(options);
    if (!options.getIncludes().isEmpty()) {
      options.getIncludes().forEach(builder::include);
      builder.include(LIMIT);
    }
    print(new Runner(builder.build()).run(), System.out);
  }

  /** One kernel of a run. */
  record Line(String name, String parameters, double bestMicros, double meanMicros, double flops) {
    /** 10^9 operations per second of the best iteration. */
    double gflops() {
      return flops / (bestMicros * 1e3);
    }
  }

  private static void print(Collection<RunResult> results, PrintStream out) {
    double limit = 0;
    List<Line> lines = new ArrayList<>();
    for (RunResult run : results) {
      Result<?> primary = run.getPrimaryResult();
      BenchmarkParams params = run.getParams();
      if (params.getBenchmark().contains(LIMIT)) {
        limit = run.getSecondaryResults().get("flops").getStatistics().getMax() / 1e9;
      } else {
        lines.add(
            new Line(
                name(params),
                parameters(params),
                primary.getStatistics().getMin(),
                primary.getScore(),
                flops(params)));
      }
    }
    out.printf(
        "%nKernels of auto: %s%n%s", KernelChoice.current().kernels().name(), table(lines, limit));
  }

  /**
   * The table of the kernels, relative to the limit.
   *
   * @param limit 10^9 operations per second on one thread, 0 if it was not measured
   */
  static String table(List<Line> lines, double limit) {
    StringBuilder table = new StringBuilder();
    table.append(format("Limit of multiply-adds, one thread: %.1f GF/s%n%n", limit));
    table.append(
        "kernel                                        best us     mean us     GF/s  of limit\n");
    for (Line line : lines) {
      table.append(
          format(
              "%-41s %11.2f %11.2f %8s %8s%n",
              line.name() + " " + line.parameters(),
              line.bestMicros(),
              line.meanMicros(),
              line.flops() > 0 ? format("%.1f", line.gflops()) : "-",
              line.flops() > 0 && limit > 0
                  ? format("%.1f %%", 100 * line.gflops() / limit)
                  : "-"));
    }
    return table.toString();
  }

  /** {@code ProductBenchmark.product}, without the package. */
  private static String name(BenchmarkParams params) {
    String[] parts = params.getBenchmark().split("\\.");
    return parts[parts.length - 1];
  }

  private static String parameters(BenchmarkParams params) {
    List<String> words = new ArrayList<>();
    params.getParamsKeys().forEach(key -> words.add(key + "=" + params.getParam(key)));
    return String.join(" ", words);
  }

  /** The floating-point operations of products and attention; 0 for other kernels. */
  private static double flops(BenchmarkParams params) {
    String benchmark = params.getBenchmark();
    if (benchmark.contains(ProductBenchmark.class.getSimpleName())) {
      return ProductBenchmark.flops(Integer.parseInt(params.getParam("size")));
    }
    if (benchmark.contains(AttentionBenchmark.class.getSimpleName())) {
      return AttentionBenchmark.flops(
          Integer.parseInt(params.getParam("length")),
          Boolean.parseBoolean(params.getParam("causal")));
    }
    return 0;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format.replace("%n", "\n"), values);
  }
}
