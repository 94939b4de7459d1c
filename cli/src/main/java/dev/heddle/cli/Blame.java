package dev.heddle.cli;

import dev.heddle.linen.LinenException;
import dev.heddle.linen.LinenException.InvalidRngError;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts the file that the library's complaint is about in front of it: the library knows arguments
 * and variables, the command line knows where they came from.
 *
 * @param config the file of the configuration
 * @param inputs the file of the inputs
 * @param variables the files of the variables; none when they are being made
 */
record Blame(Path config, Path inputs, List<Path> variables) {
  private static final Pattern OF_INPUTS =
      Pattern.compile(
          "\"(inputs_q|inputs_kv?|inputs_v|mask)\"|cache: expected a (query|key|value) "
              + "|dot_product_attention: expected (query|key) ");

  /**
   * Calls the library.
   *
   * @param work the call
   * @throws FailedException if the library refuses what a file holds
   */
  <T> T on(Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidRngError e) {
      throw new FailedException("--rng: " + e, e);
    } catch (LinenException e) {
      throw new FailedException((variables.isEmpty() ? config : files()) + ": " + e, e);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new FailedException(place(message) + ": " + message, e);
    }
  }

  private String place(String message) {
    if (OF_INPUTS.matcher(message).find()) {
      return inputs.toString();
    }
    return message.contains("cache: ") && !variables.isEmpty()
        ? files()
        : config + " with " + inputs;
  }

  private String files() {
    return variables.stream().map(Path::toString).collect(Collectors.joining(", "));
  }
}
