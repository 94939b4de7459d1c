package dev.heddle.cli;

import dev.heddle.array.DType;
import dev.heddle.io.Suggest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle bench}: compares the speed of Heddle and its peers in one run. */
final class BenchCommand implements Command {
  private static final List<String> DTYPES = List.of("float32", "bfloat16", "float16", "float64");

  /** Seconds per row, enough for some hundred calls of most rows. */
  private static final double USUAL_SECONDS = 10;

  /** Seconds per measurement of an operation; all operations then take two minutes. */
  private static final double OPERATION_SECONDS = 0.02;

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        list(
            "--rows",
            BenchRequest.ROWS,
            "The rows to measure (default: all but "
                + String.join(
                    ", ",
                    BenchRequest.ROWS.stream()
                        .filter(row -> !BenchRequest.USUAL_ROWS.contains(row))
                        .toList())
                + "): "));
    spec.addOption(
        list("--engines", BenchRequest.ENGINES, "The engines to measure (default: all): "));
    spec.addOption(
        OptionSpec.builder("--dtype")
            .paramLabel("T")
            .type(String.class)
            .completionCandidates(DTYPES)
            .description("float32 (default), bfloat16, float16 or float64.")
            .build());
    spec.addOption(
        OptionSpec.builder("--seconds")
            .paramLabel("S")
            .type(Double.class)
            .description(
                "Time per row, all engines together (default: 10), or per measurement with"
                    + " --operations (default: 0.02); without warm-up.")
            .build());
    spec.addOption(
        OptionSpec.builder("--operations")
            .description(
                "Measures every array operation, in every dtype, and writes a page"
                    + " (--markdown).")
            .build());
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
            names(options, "--rows", BenchRequest.ROWS, BenchRequest.USUAL_ROWS),
            names(options, "--engines", BenchRequest.ENGINES, BenchRequest.ENGINES),
            dtype(options.matchedOptionValue("--dtype", "float32")),
            seconds(options.matchedOptionValue("--seconds", USUAL_SECONDS)),
            options.matchedOptionValue("--json", Path.of("")),
            fileOrNull(options, "--markdown"),
            fileOrNull(options, "--svg"));
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
        seconds(options.matchedOptionValue("--seconds", OPERATION_SECONDS)),
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

  /** The names in a comma-separated list, or the default. */
  private static List<String> names(
      ParseResult options, String option, List<String> known, List<String> usual) {
    @Nullable String given = options.matchedOptionValue(option, null);
    if (given == null) {
      return usual;
    }
    Set<String> names = new LinkedHashSet<>();
    for (String name : given.split(",", -1)) {
      if (!known.contains(name)) {
        throw new UsageException(
            "%s %s: expected names of %s with commas between, got \"%s\"%s"
                .formatted(
                    option, given, String.join(", ", known), name, Suggest.hint(name, known)));
      }
      if (!names.add(name)) {
        throw new UsageException(option + " " + given + ": \"" + name + "\" is given twice");
      }
    }
    return List.copyOf(names);
  }

  private static DType dtype(String name) {
    if (!DTYPES.contains(name)) {
      throw new UsageException(
          "--dtype %s: expected one of %s%s"
              .formatted(name, String.join(", ", DTYPES), Suggest.hint(name, DTYPES)));
    }
    return DType.of(name);
  }

  private static double seconds(double given) {
    if (!(given > 0 && given <= 3600)) { // NaN too
      throw new UsageException("--seconds " + given + ": expected a number above 0, at most 3600");
    }
    return given;
  }

  private static @Nullable Path fileOrNull(ParseResult options, String option) {
    return options.matchedOptionValue(option, null);
  }

  private static OptionSpec list(String name, List<String> known, String description) {
    String label = name.substring(2, name.length() - 1).toUpperCase(Locale.ROOT);
    return OptionSpec.builder(name)
        .paramLabel(label + "," + label)
        .type(String.class)
        .completionCandidates(known)
        .description(description + String.join(", ", known) + ".")
        .build();
  }

  private static OptionSpec file(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("F")
        .type(Path.class)
        .userObject(FileRole.OUTPUT)
        .description(description)
        .build();
  }
}
