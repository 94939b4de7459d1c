package dev.heddle.cli.demo;

/**
 * Draws a weight between 0 and 1 in one cell: as a background colour, a block or, where the
 * terminal supports neither, a letter. Shades are linear in the square root of the weight, so that
 * small weights are visible.
 */
public enum Shading {
  /** A ramp of 256-colour backgrounds. */
  COLOUR(" "),
  /** Unicode's block characters. */
  BLOCKS(" ░▒▓█"),
  /** ASCII. */
  LETTERS(" .:*#");

  private static final int[] RAMP = {236, 237, 23, 24, 31, 38, 44, 80, 122, 159};
  private static final int DARK_TEXT_FROM = 6;
  private static final String RESET = "\u001b[0m";

  private final String steps;

  Shading(String steps) {
    this.steps = steps;
  }

  /**
   * Draws one cell per weight, side by side.
   *
   * @param weights from 0 to 1
   */
  String cells(double[] weights) {
    StringBuilder cells = new StringBuilder();
    int count = this == COLOUR ? RAMP.length : steps.length();
    int before = -1;
    for (double weight : weights) {
      int step = step(weight, count);
      if (this == COLOUR && step != before) {
        cells.append("\u001b[48;5;").append(RAMP[step]).append('m');
        before = step;
      }
      cells.append(this == COLOUR ? ' ' : steps.charAt(step));
    }
    return this == COLOUR ? cells.append(RESET).toString() : cells.toString();
  }

  /**
   * The text with the weight's background colour; without colours, unchanged.
   *
   * @param weight from 0 to 1
   * @param text what to show
   */
  String text(double weight, String text) {
    if (this != COLOUR) {
      return text;
    }
    int step = step(weight, RAMP.length);
    int foreground = step >= DARK_TEXT_FROM ? 16 : 252;
    return "\u001b[38;5;" + foreground + ";48;5;" + RAMP[step] + "m" + text + RESET;
  }

  /** The legend of the shades, in one line. */
  String legend() {
    if (this == COLOUR) {
      return "brighter is more";
    }
    StringBuilder legend = new StringBuilder();
    for (int step = 1; step < steps.length(); step++) {
      double from = Math.pow((step - 0.5) / (steps.length() - 1), 2);
      legend.append(step == 1 ? "" : ", ").append(steps.charAt(step));
      legend.append(" from ").append(Math.round(100 * from)).append(" %");
    }
    return legend.toString();
  }

  private static int step(double weight, int count) {
    return (int) Math.round(Math.sqrt(Math.clamp(weight, 0.0, 1.0)) * (count - 1));
  }
}
