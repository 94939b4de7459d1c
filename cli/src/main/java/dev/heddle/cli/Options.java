package dev.heddle.cli;

import dev.heddle.array.DType;
import dev.heddle.io.Suggest;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** The kinds of options that commands declare; the parser checks their values. */
final class Options {
  /** The dtypes of a computation. */
  private static final List<String> DTYPES = List.of("float32", "bfloat16", "float16", "float64");

  private Options() {}

  /** The names of a comma-separated list, each once. */
  record Names(List<String> names) {}

  /** An option with a value. */
  static OptionSpec.Builder of(String name, String label, Class<?> type, String description) {
    return OptionSpec.builder(name).paramLabel(label).type(type).description(description);
  }

  static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
  }

  static OptionSpec integer(String name, String description) {
    return of(name, "N", Integer.class, description).build();
  }

  /** An integer with a default, for the help. */
  static OptionSpec integer(String name, int usual, String description) {
    return withDefault(of(name, "N", Integer.class, description), Integer.toString(usual));
  }

  private static OptionSpec withDefault(OptionSpec.Builder option, String usual) {
    String description = option.description()[0] + " (default: ${DEFAULT-VALUE}).";
    return option.description(description).defaultValue(usual).build();
  }

  /**
   * An integer in a range.
   *
   * @param expected the range, for the error
   */
  static OptionSpec integer(String name, int min, int max, String expected, String description) {
    return of(name, "N", Integer.class, description)
        .converters(word -> {
          int number = Numbers.int32(word);
          if (number < min || number > max) {
            throw new UsageException(name + " " + number + ": expected " + expected);
          }
          return number;
        })
        .build();
  }

  static OptionSpec number(String name, String description) {
    return of(name, "X", Double.class, description).build();
  }

  /** A number with a default, for the help. */
  static OptionSpec number(String name, double usual, String description) {
    String text =
        BigDecimal.valueOf(usual).stripTrailingZeros().toString().toLowerCase(Locale.ROOT);
    return withDefault(of(name, "X", Double.class, description), text);
  }

  /** One of some words. */
  static OptionSpec.Builder choice(
      String name, String label, List<String> values, String description) {
    return of(name, label, String.class, description)
        .completionCandidates(values)
        .converters(word -> {
          if (!values.contains(word)) {
            throw new UsageException(
                "%s %s: expected one of %s%s"
                    .formatted(name, word, String.join(", ", values), Suggest.hint(word, values)));
          }
          return word;
        });
  }

  /** A dtype of a computation. */
  static OptionSpec dtype(String description) {
    return choice(
            "--dtype",
            "T",
            DTYPES,
            description + "float32 (default), bfloat16, float16 or float64.")
        .build();
  }

  /** The value of {@link #dtype}, if it is given. */
  static @Nullable DType dtype(ParseResult options) {
    String name = options.matchedOptionValue("--dtype", null);
    return name == null ? null : DType.of(name);
  }

  /** A list of some words with commas between. */
  static OptionSpec names(String name, String label, List<String> known, String description) {
    return of(name, label + "," + label, Names.class, description)
        .completionCandidates(known)
        .converters(word -> names(name, word, known))
        .build();
  }

  private static Names names(String option, String given, List<String> known) {
    List<String> names = Arrays.asList(given.split(",", -1));
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new UsageException(
            "%s %s: expected names of %s with commas between, got \"%s\"%s"
                .formatted(
                    option, given, String.join(", ", known), name, Suggest.hint(name, known)));
      }
      if (!seen.add(name)) {
        throw new UsageException(option + " " + given + ": \"" + name + "\" is given twice");
      }
    }
    return new Names(names);
  }

  /** The value of {@link #names}, or others if it is not given. */
  static List<String> names(ParseResult options, String name, List<String> others) {
    return options.matchedOptionValue(name, new Names(others)).names();
  }

  /** A file that a command reads or writes. */
  static OptionSpec.Builder file(String name, String label, String description, FileRole role) {
    return of(name, label, Path.class, description).userObject(role);
  }

  /** A file by position. */
  static PositionalParamSpec positional(
      String label, int index, String description, FileRole role) {
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .type(Path.class)
        .userObject(role)
        .index(Integer.toString(index))
        .arity("1")
        .required(true)
        .description(description)
        .build();
  }

  /** Parses a path. */
  static Path path(String word) {
    if (word.isEmpty()) {
      throw new TypeConversionException("expected a file name, got an empty string");
    }
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("not a valid file name: " + word);
    }
  }

  /** {@code --config} of attention. */
  static OptionSpec config() {
    String description = "Flax's constructor arguments as JSON, by Flax's names.";
    return file("--config", "C.json", description, FileRole.INPUT).required(true).build();
  }

  /**
   * {@code --inputs} of attention.
   *
   * @param needed the tensors that it must hold
   */
  static OptionSpec inputs(String needed) {
    String description =
        needed + "; optionally inputs_kv, or inputs_k and inputs_v; optionally mask.";
    return file("--inputs", "I", description, FileRole.INPUT).required(true).build();
  }

  static OptionSpec output(String label, String description) {
    return file("--output", label, description, FileRole.OUTPUT).required(true).build();
  }
}
