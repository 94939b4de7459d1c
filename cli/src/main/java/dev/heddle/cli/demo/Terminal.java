package dev.heddle.cli.demo;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The capabilities of a terminal.
 *
 * @param shading how weights are drawn
 * @param columns its width
 * @param unicode whether it supports Unicode
 */
public record Terminal(Shading shading, int columns, boolean unicode) {
  private static final int USUAL_COLUMNS = 80;
  private static final int MIN_COLUMNS = 40;

  /**
   * Detects the terminal of a stream: colours are used only on an interactive terminal and where
   * {@code NO_COLOR} is unset.
   *
   * @param out the stream to draw to
   * @param colour {@code auto}, {@code always} or {@code never}
   * @param environment the environment variables
   */
  public static Terminal of(PrintStream out, String colour, Map<String, String> environment) {
    boolean inColour =
        switch (colour) {
          case "always" -> true;
          case "never" -> false;
          default ->
              environment.getOrDefault("NO_COLOR", "").isEmpty()
                  && !environment.getOrDefault("TERM", "dumb").equals("dumb")
                  && isInteractive(out);
        };
    boolean unicode = out.charset().newEncoder().canEncode('░');
    Shading shading = inColour ? Shading.COLOUR : unicode ? Shading.BLOCKS : Shading.LETTERS;
    return new Terminal(shading, columns(environment.get("COLUMNS")), unicode);
  }

  /** Whether a stream is standard output and an interactive terminal. */
  public static boolean isInteractive(PrintStream out) {
    @Nullable Console console = System.console();
    return out == System.out && console != null && console.isTerminal();
  }

  /**
   * A terminal's width.
   *
   * @param text the value of {@code COLUMNS}, or null
   */
  public static int columns(@Nullable String text) {
    if (text == null || !text.matches("[0-9]{1,4}")) {
      return USUAL_COLUMNS;
    }
    return Math.max(MIN_COLUMNS, Integer.parseInt(text));
  }
}
