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

/** {@code heddle bench}: Heddle and its peers side by side, in one run. */
final class BenchCommand implements Command {
  private static final List<String> DTYPES = List.of("float32", "bfloat16", "float16", "float64");

  /** Seconds for a row that are enough for some hundred calls of most. */
  private static final double USUAL_SECONDS = 10;

  /** Seconds for one number of an operation: all take two minutes then. */
  private static final double OPERATION_SECONDS = 0.02;

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        list(
            "--rows",
            BenchRequest.ROWS,
            "What is measured (default: all but "
                + String.join(
                    ", ",
                    BenchRequest.ROWS.stream()
                        .filter(row -> !BenchRequest.USUAL_ROWS.contains(row))
                        .toList())
                + "): "));
    spec.addOption(list("--engines", BenchRequest.ENGINES, "Who is measured (default: all): "));
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
                "Time for a row, all engines together (default: 10), or for one number of"
                    + " --operations (default: 0.02); warm-up is extra.")
            .build());
    spec.addOption(
        OptionSpec.builder("--operations")
            .description(
                "Measure every operation on arrays alone, in every type, and write a page"
                    + " (--markdown).")
            .build());
    spec.addOption(file("--json", "Where the results go."));
    spec.addOption(file("--markdown", "Where the table goes as Markdown."));
    spec.addOption(file("--svg", "Where a chart goes."));
    Examples.of(
        spec,
        "heddle bench --json results.json",
        "heddle bench --rows bert,gpt --engines heddle,ort-java --threads 1 --json results.json",
        "heddle bench --json results.json --markdown results.md --svg results.svg",
        "heddle bench --operations --markdown performance.md",
        "",
        "bench/peers/setup makes the environments of the engines that run in Python.");
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
        throw new UsageException("--operations: expected no " + other + " beside it");
      }
    }
    if (!options.hasMatchedOption("--markdown")) {
      throw new UsageException("--operations: expected --markdown beside it");
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
                "bench: the benchmark is not here; in a source checkout, ./heddle bench builds"
                    + " it"));
  }

  /** The names of a list with commas, the usual ones where there is none. */
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
