package dev.heddle.cli;

import dev.heddle.linen.Rngs;
import dev.heddle.random.Era;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The options for random numbers: {@code --rng}, {@code --flax-compat} and {@code --deterministic}.
 *
 * @param seeds a seed for each named stream, in the order of the command line
 * @param era whose random bits are drawn
 * @param deterministic whether dropout is off; null if the command line does not say
 */
record RandomOptions(SequencedMap<String, Long> seeds, Era era, @Nullable Boolean deterministic) {
  /**
   * Adds the options to a command.
   *
   * @param spec the command's specification
   * @param defaults the default of {@code --rng}, for the help
   */
  static void declare(CommandSpec spec, String defaults) {
    spec.addOption(
        OptionSpec.builder("--rng")
            .paramLabel("NAME=SEED")
            .type(String[].class)
            .arity("1")
            .description(
                "A random stream and its seed, as jax.random.PRNGKey(SEED); repeatable.", defaults)
            .build());
    spec.addOption(
        Options.of(
                "--deterministic",
                "B",
                Boolean.class,
                "Whether dropout is off: true or false. Not both here and in the configuration.")
            .arity("1")
            .converters(RandomOptions::deterministic)
            .build());
    spec.addOption(
        Options.of(
                "--flax-compat",
                "0.7",
                Era.class,
                "Draws the random numbers of Flax 0.7 and JAX 0.4.20.")
            .converters(RandomOptions::era)
            .build());
  }

  /**
   * Reads and checks the options.
   *
   * @param options the parsed command line
   * @throws UsageException if a value is malformed or a stream is given twice
   */
  static RandomOptions of(ParseResult options) {
    SequencedMap<String, Long> seeds = new LinkedHashMap<>();
    for (String given : options.matchedOptionValue("--rng", new String[0])) {
      int equals = given.indexOf('=');
      if (equals < 1) {
        throw new UsageException("--rng " + given + ": expected NAME=SEED, such as dropout=1");
      }
      String name = given.substring(0, equals);
      if (seeds.put(name, seed(given, given.substring(equals + 1))) != null) {
        throw new UsageException("--rng " + given + ": stream \"" + name + "\" is given twice");
      }
    }
    return new RandomOptions(
        seeds,
        options.matchedOptionValue("--flax-compat", Era.MODERN),
        options.matchedOptionValue("--deterministic", null));
  }

  /**
   * The random streams.
   *
   * @param x64 whether JAX's 64-bit mode is on
   */
  Rngs rngs(boolean x64) {
    Rngs rngs = Rngs.none();
    for (Map.Entry<String, Long> one : seeds.entrySet()) {
      rngs = rngs.and(one.getKey(), one.getValue());
    }
    rngs = rngs.era(era);
    return x64 ? rngs.x64(true) : rngs;
  }

  /** The same with a default stream, if none is named. */
  RandomOptions orElse(String name, long seed) {
    return seeds.isEmpty()
        ? new RandomOptions(new LinkedHashMap<>(Map.of(name, seed)), era, deterministic)
        : this;
  }

  private static long seed(String given, String text) {
    try {
      return Numbers.int64(text);
    } catch (TypeConversionException e) {
      throw new UsageException("--rng " + given + ": " + e.getMessage(), e);
    }
  }

  private static Era era(String version) {
    if (version.equals("0.7")) {
      return Era.CLASSIC;
    }
    throw new UsageException(
        "--flax-compat "
            + version
            + ": expected 0.7 (without the option: the random numbers of current Flax)");
  }

  private static boolean deterministic(String word) {
    return switch (word) {
      case "true", "True" -> true;
      case "false", "False" -> false;
      default -> throw new UsageException("--deterministic " + word + ": expected true or false");
    };
  }

  /** The options as on a command line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    seeds.forEach((name, seed) -> text.append("--rng " + name + "=" + seed + " "));
    text.append(era == Era.CLASSIC ? "--flax-compat 0.7 " : "");
    text.append(deterministic == null ? "" : "--deterministic=" + deterministic);
    return text.toString().strip();
  }
}
