package dev.heddle.parity;

import dev.heddle.random.Era;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code ./heddle parity}: compares random cases with Flax of both eras. */
public final class Parity {
  private static final List<String> USUAL =
      List.of("attention", "gradient", "function", "optimizer");

  private final PrintStream out;
  private final PrintStream errors;

  private Parity(PrintStream out, PrintStream errors) {
    this.out = out;
    this.errors = errors;
  }

  /** Runs the command and exits with its status. */
  public static void main(String[] arguments) throws Exception {
    System.exit(run(arguments, System.out, System.err));
  }

  /**
   * Runs the command.
   *
   * @return 0 if all cases agree with Flax, 1 if one does not or Flax is not installed, 2 for a
   *     usage error
   */
  static int run(String[] arguments, PrintStream out, PrintStream errors)
      throws IOException, InterruptedException, ExecutionException {
    CommandSpec spec = spec();
    try {
      ParseResult options = new CommandLine(spec).parseArgs(arguments);
      if (options.isUsageHelpRequested()) {
        spec.commandLine().usage(out);
        return 0;
      }
      return new Parity(out, errors).run(options);
    } catch (ParameterException wrong) {
      errors.println("heddle: parity: " + wrong.getMessage());
      return 2;
    }
  }

  private static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("heddle parity");
    spec.usageMessage()
        .sortOptions(false)
        .width(100)
        .description(
            "Draws random cases, runs them with Flax (0.12.8 and 0.7.2, in Python) and Heddle,"
                + " and compares the results by the rule of docs/parity.md.")
        .footerHeading("%nExamples:%n")
        .footer(
            "  heddle parity --cases 1000 --kinds attention --era modern",
            "  heddle parity --minutes 30",
            "  heddle parity --era classic --kinds gradient --seed 5 --start 13 --cases 1",
            "",
            "parity/oracle/setup creates the Python environments, in HEDDLE_ORACLES or below ~/.cache.",
            "Exit status: 0 all agree, 1 one does not or Flax is not installed, 2 usage error.");
    spec.addOption(
        option(
            "--cases",
            "N",
            Integer.class,
            "The number of cases of each kind and era (default: 100)."));
    spec.addOption(
        option("--minutes", "M", Integer.class, "The time limit in minutes (default: none)."));
    spec.addOption(option("--seed", "S", Long.class, "The seed of the cases (default: random)."));
    spec.addOption(
        option("--start", "I", Integer.class, "The index of the first case (default: 0)."));
    spec.addOption(
        OptionSpec.builder("--kinds")
            .paramLabel("KINDS")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .splitRegex(",")
            .completionCandidates(LiveRun.KINDS)
            .description(
                "Some of "
                    + String.join(", ", LiveRun.KINDS)
                    + " (default: all but training, which takes half a minute a case).")
            .build());
    spec.addOption(
        option(
            "--era",
            "ERA",
            String.class,
            "modern (Flax 0.12.8) or classic (0.7.2); default: both."));
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Shows this help.").build());
    return spec;
  }

  private static OptionSpec option(String name, String label, Class<?> type, String description) {
    return OptionSpec.builder(name).paramLabel(label).type(type).description(description).build();
  }

  private int run(ParseResult options)
      throws IOException, InterruptedException, ExecutionException {
    int cases = positive(options, "--cases", 100);
    @Nullable Integer minutes = options.matchedOptionValue("--minutes", null);
    Instant begun = Instant.now();
    Instant deadline =
        minutes == null
            ? Instant.MAX
            : begun.plus(Duration.ofMinutes(positive(options, "--minutes", 1)));
    long seed =
        options.matchedOptionValue("--seed", (long) ThreadLocalRandom.current().nextInt(1 << 30));
    int start = options.matchedOptionValue("--start", 0);
    if (start < 0 || seed < 0) {
      throw wrong(options, "--seed and --start: expected 0 or more");
    }
    List<String> kinds = options.matchedOptionValue("--kinds", USUAL);
    for (String kind : kinds) {
      if (!LiveRun.KINDS.contains(kind)) {
        throw wrong(
            options,
            "--kinds: expected names of %s with commas between, got \"%s\""
                .formatted(String.join(", ", LiveRun.KINDS), kind));
      }
    }
    Map<Era, Oracle> oracles = new EnumMap<>(Era.class);
    for (Era era : eras(options)) {
      Oracle oracle = Oracle.of(era).orElse(null);
      if (oracle == null) {
        errors.printf(
            "heddle: parity: no Python with Flax for %s in %s: create it with parity/oracle/setup%n",
            nameOf(era), Oracle.folder());
        return 1;
      }
      oracles.put(era, oracle);
    }
    out.printf("parity: seed %d, kinds %s%n", seed, String.join(",", kinds));
    Path folder = Files.createTempDirectory("heddle-parity");
    try {
      return run(oracles, kinds, seed, start, cases, deadline, folder, begun);
    } finally {
      delete(folder);
    }
  }

  private int run(
      Map<Era, Oracle> oracles,
      List<String> kinds,
      long seed,
      int start,
      int cases,
      Instant deadline,
      Path folder,
      Instant begun)
      throws InterruptedException, ExecutionException {
    Map<Era, Future<LiveRun.Result>> runs = new EnumMap<>(Era.class);
    try (ExecutorService both = Executors.newFixedThreadPool(oracles.size())) {
      oracles.forEach((era, oracle) ->
          runs.put(
              era,
              both.submit(
                  new LiveRun(
                      oracle,
                      kinds,
                      seed,
                      start,
                      cases,
                      deadline,
                      folder,
                      line -> out.println("parity: " + line)))));
    }
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<Era, Future<LiveRun.Result>> run : runs.entrySet()) {
      LiveRun.Result result = run.getValue().get();
      out.printf(
          "parity: %s: %d cases in %d s: %s; %d beyond 4 ulps and measured; %d differences%n",
          nameOf(run.getKey()),
          result.total(),
          begun.until(Instant.now()).toSeconds(),
          new TreeMap<>(result.compared()),
          result.measured(),
          result.wrong().size());
      wrong.addAll(result.wrong());
    }
    wrong.forEach(out::println);
    return wrong.isEmpty() ? 0 : 1;
  }

  private static int positive(ParseResult options, String name, int usual) {
    int given = options.matchedOptionValue(name, usual);
    if (given < 1) {
      throw wrong(options, name + ": expected 1 or more, got " + given);
    }
    return given;
  }

  private static List<Era> eras(ParseResult options) {
    @Nullable String given = options.matchedOptionValue("--era", null);
    if (given == null) {
      return List.of(Era.values());
    }
    for (Era era : Era.values()) {
      if (nameOf(era).equals(given)) {
        return List.of(era);
      }
    }
    throw wrong(options, "--era: expected modern or classic, got \"" + given + "\"");
  }

  private static ParameterException wrong(ParseResult options, String message) {
    return new ParameterException(options.commandSpec().commandLine(), message);
  }

  private static String nameOf(Era era) {
    return era.name().toLowerCase(Locale.ROOT);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
