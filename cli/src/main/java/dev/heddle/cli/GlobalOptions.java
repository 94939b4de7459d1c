package dev.heddle.cli;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Workers;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that every command has.
 *
 * @param threads the number of threads; null for one per processor
 * @param kernels the kernels; null for the fastest available
 * @param x64 whether JAX's 64-bit mode is on for all inputs
 */
record GlobalOptions(@Nullable Integer threads, @Nullable String kernels, boolean x64) {
  private static final int MAX_THREADS = Short.MAX_VALUE;
  private static final String RANGE = "a number from 1 to " + MAX_THREADS;

  /**
   * Adds the options to a command.
   *
   * @param spec the command's specification
   * @param computes whether the command computes; otherwise options without effect are accepted but
   *     not shown in its help
   */
  static void declare(CommandSpec spec, boolean computes) {
    String description = "Computes on N threads (default: all processors), with the same bits.";
    List<OptionSpec> computing =
        List.of(
            Options.integer("--threads", 1, MAX_THREADS, RANGE, description),
            Options.choice(
                    "--kernels",
                    "WHICH",
                    KernelChoice.NAMES,
                    "auto (default), scalar, simd128, simd256 or simd512, with the same bits.")
                .build(),
            Options.flag(
                "--x64",
                "JAX's 64-bit mode; enabled automatically if a configuration or input is float64."));
    for (OptionSpec option : computing) {
      spec.addOption(OptionSpec.builder(option).hidden(!computes).build());
    }
    spec.addOption(Options.flag("--debug", "Adds the stack trace to an error."));
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Shows this help.").build());
  }

  /** Reads the options. */
  static GlobalOptions of(ParseResult options) {
    return new GlobalOptions(
        options.matchedOptionValue("--threads", null),
        options.matchedOptionValue("--kernels", null),
        options.matchedOptionValue("--x64", false));
  }

  /**
   * Applies the options to the library, before any computation.
   *
   * @throws FailedException if the requested kernels are not available, or a system property that
   *     replaces an option is invalid
   */
  void apply() {
    choose(kernels, KernelChoice.PROPERTY, KernelChoice::of);
    choose(threads == null ? null : threads.toString(), Workers.PROPERTY, Workers::parse);
  }

  private static void choose(@Nullable String option, String property, Consumer<String> parser) {
    String wish = option == null ? System.getProperty(property) : option;
    if (wish == null) {
      return;
    }
    try {
      parser.accept(wish);
    } catch (IllegalArgumentException e) {
      throw new FailedException((option == null ? "heddle." : "--") + e.getMessage(), e);
    }
    System.setProperty(property, wish);
  }

  /** Whether a word before the command's name is one of these options. */
  static boolean isGlobal(String word) {
    return word.equals("--x64")
        || word.equals("--debug")
        || takesNextWord(word)
        || word.startsWith("--threads=")
        || word.startsWith("--kernels=");
  }

  /** Whether the value of this option is the next word. */
  static boolean takesNextWord(String word) {
    return word.equals("--threads") || word.equals("--kernels");
  }
}
