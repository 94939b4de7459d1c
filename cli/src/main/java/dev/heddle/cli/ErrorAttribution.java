package dev.heddle.cli;

import dev.heddle.linen.ArgumentException;
import dev.heddle.linen.LinenException;
import dev.heddle.linen.LinenException.InvalidRngError;
import dev.heddle.linen.LinenException.ModifyScopeVariableError;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Adds the name of the file to an error of the library: the library knows arguments and variables,
 * the command line knows the files that they come from.
 *
 * @param config the file of the configuration
 * @param inputs the file of the inputs
 * @param variables the files of the variables; empty for {@code init}
 */
record ErrorAttribution(Path config, InputsFile inputs, List<Path> variables) {
  /** An argument's name in Java, with the name of the key. */
  private static final Pattern JAVA_NAME = Pattern.compile("\"\\w+\" \\((\\w+)\\)");

  /** The path of the root module, which is removed from messages. */
  private static final Pattern ROOT = Pattern.compile("(^|: )(/: )+");

  /**
   * Calls the library.
   *
   * @param work the call
   * @throws FailedException if the library rejects the content of a file, or an option is missing
   */
  <T> T on(Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidRngError e) {
      throw new FailedException(
          "--rng %s=SEED is missing: the call draws from the random stream \"%s\""
              .formatted(e.stream(), e.stream()),
          e);
    } catch (ModifyScopeVariableError e) {
      throw new FailedException(
          "--mutable %s is missing: the call writes the collection \"%s\""
              .formatted(e.collection(), e.collection()),
          e);
    } catch (LinenException e) {
      throw new FailedException(
          (variables.isEmpty() ? config : files()) + ": " + withoutRoot(e.toString()), e);
    } catch (IllegalArgumentException e) {
      String message = named(withoutRoot(String.valueOf(e.getMessage())));
      String argument = e instanceof ArgumentException wrong ? wrong.argument() : "";
      String place =
          switch (argument) {
            case "" -> config + " with " + inputs.path();
            case "cache" -> files();
            default -> inputs.path().toString();
          };
      throw new FailedException(place + ": " + message, e);
    }
  }

  private static String withoutRoot(String message) {
    return ROOT.matcher(message).replaceFirst("$1");
  }

  /** Replaces the names of arguments and inputs by those in the files. */
  private String named(String text) {
    String message = JAVA_NAME.matcher(text).replaceAll("\"$1\"");
    return inputs.sequences().containsKey("inputs_kv")
        ? message
        : message.replace("\"inputs_kv\"", "\"inputs_k\"");
  }

  private String files() {
    return variables.stream().map(Path::toString).collect(Collectors.joining(", "));
  }
}
