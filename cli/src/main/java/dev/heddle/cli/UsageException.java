package dev.heddle.cli;

import dev.heddle.io.Suggest;
import java.io.Serial;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** An invalid command line; exit status 2. */
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }

  UsageException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The parser's error in one line, with a reference to the help.
   *
   * @param command the command's name
   * @param words the words after it
   * @param e the parser's error
   */
  static String text(String command, List<String> words, ParameterException e) {
    Set<String> known = e.getCommandLine().getCommandSpec().optionsMap().keySet();
    String what =
        switch (e) {
          case UnmatchedArgumentException unmatched ->
              unmatched(unmatched.getUnmatched().getFirst(), known);
          case MissingParameterException missing when !missing.getMissing().isEmpty() ->
              words.stream()
                  .filter(word -> word.startsWith("--") && !known.contains(optionOf(word)))
                  .findFirst()
                  .map(word ->
                      unmatched(word, known)) // a misspelled option explains what is missing
                  .orElseGet(() -> missing(missing));
          case OverwrittenOptionException twice -> name(twice.getOverwritten()) + ": given twice";
          default -> lowerFirst(String.valueOf(e.getMessage()));
        };
    return command + ": " + what + " (see heddle " + command + " --help)";
  }

  private static String unmatched(String word, Set<String> known) {
    return word.startsWith("-")
        ? "unknown option " + optionOf(word) + Suggest.hint(optionOf(word), known)
        : "unexpected word " + word;
  }

  private static String optionOf(String word) {
    return word.split("=", 2)[0];
  }

  private static String missing(MissingParameterException e) {
    List<String> names = e.getMissing().stream().map(UsageException::name).toList();
    if (names.size() == 1 && e.getMissing().getFirst() instanceof OptionSpec option) {
      boolean withoutValue = String.valueOf(e.getMessage()).contains("parameter for option");
      return withoutValue
          ? option.longestName() + ": expected a value, " + option.paramLabel()
          : "missing " + names.getFirst();
    }
    return "missing " + String.join(", ", names);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String lowerFirst(String text) {
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
