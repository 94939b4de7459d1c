package dev.heddle.cli.demo;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a terminal can show.
 *
 * @param shading how weights are drawn
 * @param columns its width
 * @param unicode whether it has more than ASCII
 */
public record Terminal(Shading shading, int columns, boolean unicode) {
  private static final int USUAL_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 40;

  /**
   * Looks at the terminal behind a stream: colours only where a person looks and {@code NO_COLOR}
   * is unset.
   *
   * @param out where the drawing goes
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

  /** Whether a stream is standard output, and a person looks at it. */
  public static boolean isInteractive(PrintStream out) {
    @Nullable Console console = System.console();
    return out == System.out && console != null && console.isTerminal();
  }

  /**
   * A terminal's width.
   *
   * @param text what the shell says it is, or null
   */
  public static int columns(@Nullable String text) {
    if (text == null || !text.matches("[0-9]{1,4}")) {
      return USUAL_COLUMNS;
    }
    return Math.max(FEWEST_COLUMNS, Integer.parseInt(text));
  }
}
