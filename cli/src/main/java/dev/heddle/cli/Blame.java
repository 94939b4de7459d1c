package dev.heddle.cli;

import dev.heddle.linen.LinenException;
import dev.heddle.linen.LinenException.InvalidRngError;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Puts in front of the library's complaint the file that it is about. */
final class Blame {
  private Blame() {}

  /**
   * Runs a piece of work that reads inputs only.
   *
   * @param inputs the file of the inputs
   * @param work a call of the library
   * @throws FailedException if the library refuses the inputs; its message begins with the file
   */
  static <T> T on(Path inputs, Supplier<T> work) {
    return on(inputs, List.of(), work);
  }

  /**
   * Runs a piece of work that reads inputs and variables.
   *
   * @param inputs the file of the inputs
   * @param variables the files of the variables
   * @param work a call of the library
   * @throws FailedException if the library refuses one of them; its message begins with the file
   */
  static <T> T on(Path inputs, List<Path> variables, Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidRngError e) {
      throw new FailedException("--rng: " + e, e);
    } catch (LinenException e) {
      String files = variables.stream().map(Path::toString).collect(Collectors.joining(", "));
      throw new FailedException((files.isEmpty() ? inputs : files) + ": " + e, e);
    } catch (IllegalArgumentException e) {
      throw new FailedException(inputs + ": " + e.getMessage(), e);
    }
  }
}
