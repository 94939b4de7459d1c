package dev.heddle.cli;

import dev.heddle.array.DType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle bench}: compares the speed of Heddle and its peers in one run. */
final class BenchCommand implements Command {
  private static final String UNUSUAL_ROWS =
      BenchRequest.ROWS.stream()
          .filter(row -> !BenchRequest.USUAL_ROWS.contains(row))
          .collect(Collectors.joining(", "));

  /** Seconds per row, enough for some hundred calls of most rows. */
  private static final double USUAL_SECONDS = 10;

  /** Seconds per measurement of an operation; all operations then take two minutes. */
  private static final double OPERATION_SECONDS = 0.02;

  @Override
  public void declare(CommandSpec spec) {
    String rows = "The rows to measure (default: all but " + UNUSUAL_ROWS + "): ";
    spec.addOption(
        Options.names("--rows", "ROW", BenchRequest.ROWS, rows + list(BenchRequest.ROWS)));
    String engines = "The engines to measure (default: all): ";
    spec.addOption(
        Options.names(
            "--engines", "ENGINE", BenchRequest.ENGINES, engines + list(BenchRequest.ENGINES)));
    spec.addOption(Options.dtype(""));
    spec.addOption(
        Options.of(
                "--seconds",
                "S",
                Double.class,
                "Time per row, all engines together (default: 10), or per measurement with"
                    + " --operations (default: 0.02); without warm-up.")
            .converters(BenchCommand::seconds)
            .build());
    spec.addOption(
        Options.flag(
            "--operations",
            "Measures every array operation, in every dtype, and writes a page (--markdown)."));
    spec.addOption(file("--json", "The file for the results."));
    spec.addOption(file("--markdown", "The file for the table in Markdown."));
    spec.addOption(file("--svg", "The file for a chart."));
    Examples.of(
        spec,
        "heddle bench --json results.json",
        "heddle bench --rows bert,gpt --engines heddle,ort-java --threads 1 --json results.json",
        "heddle bench --json results.json --markdown results.md --svg results.svg",
        "heddle bench --operations --markdown performance.md",
        "",
        "bench/peers/setup creates the environments of the engines that run in Python.");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    if (options.hasMatchedOption("--operations")) {
      OperationsRequest request = operations(options);
      benchmark().run(request, out);
      return;
    }
    if (!options.hasMatchedOption("--json")) {
      throw new UsageException("bench: missing --json (see heddle bench --help)");
    }
    BenchRequest request =
        new BenchRequest(
            Options.names(options, "--rows", BenchRequest.USUAL_ROWS),
            Options.names(options, "--engines", BenchRequest.ENGINES),
            Objects.requireNonNullElse(Options.dtype(options), DType.FLOAT32),
            options.matchedOptionValue("--seconds", USUAL_SECONDS),
            options.matchedOptionValue("--json", Path.of("")),
            options.matchedOptionValue("--markdown", null),
            options.matchedOptionValue("--svg", null));
    benchmark().run(request, out);
  }

  private static OperationsRequest operations(ParseResult options) {
    for (String other : List.of("--rows", "--engines", "--dtype", "--json", "--svg")) {
      if (options.hasMatchedOption(other)) {
        throw new UsageException("--operations: cannot be combined with " + other);
      }
    }
    if (!options.hasMatchedOption("--markdown")) {
      throw new UsageException("--operations: requires --markdown");
    }
    return new OperationsRequest(
        options.matchedOptionValue("--seconds", OPERATION_SECONDS),
        options.matchedOptionValue("--markdown", Path.of("")));
  }

  private static Benchmark benchmark() {
    return ServiceLoader.load(Benchmark.class)
        .findFirst()
        .orElseThrow(() ->
            new FailedException(
                "bench: the benchmark is not installed; in a source checkout, ./heddle bench builds"
                    + " it"));
  }

  private static double seconds(String word) {
    double given = Numbers.parseDouble(word);
    if (!(given > 0 && given <= 3600)) { // NaN too
      throw new UsageException("--seconds " + given + ": expected a number above 0, at most 3600");
    }
    return given;
  }

  private static String list(List<String> names) {
    return String.join(", ", names) + ".";
  }

  private static OptionSpec file(String name, String description) {
    return Options.file(name, "F", description, FileRole.OUTPUT).build();
  }
}
