package dev.heddle.cli.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Losses as a bar chart of characters; each column is the mean of several steps. */
public final class LossPlot {
  private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
  private static final String LETTERS = " .:#";
  private static final int LABEL = 6; // columns

  private LossPlot() {}

  /**
   * Draws losses above the lowest one, with the numbers of the steps below.
   *
   * @param losses at each step, at least one
   * @param columns the maximum width
   * @param rows the height, without the line of the steps
   * @param unicode whether Unicode is supported
   */
  public static List<String> of(float[] losses, int columns, int rows, boolean unicode) {
    double[] means = means(losses, Math.min(columns - LABEL, losses.length));
    double highest = Arrays.stream(means).max().orElseThrow();
    double lowest = Arrays.stream(means).min().orElseThrow();
    double rise = Math.max(highest - lowest, 1e-3) / (rows - 0.5); // the lowest has half a cell
    double bottom = highest - rows * rise;
    String steps = unicode ? BLOCKS : LETTERS;
    int fine = steps.length() - 1;
    List<String> lines = new ArrayList<>();
    for (int row = rows - 1; row >= 0; row--) {
      StringBuilder line = new StringBuilder();
      double label = bottom + (row + 1) * rise;
      line.append(String.format(Locale.ROOT, "%" + (LABEL - 2) + ".1f  ", label));
      for (double mean : means) {
        double height = (mean - bottom) / rise - row; // in this row's cell
        line.append(steps.charAt(Math.clamp(Math.round(height * fine), 0, fine)));
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add(axis(means.length, losses.length));
    return lines;
  }

  /** The first step and the last, at the ends of the x-axis. */
  private static String axis(int columns, int steps) {
    String first = "step 1";
    String last = Integer.toString(steps);
    int space = Math.max(1, columns - first.length() - last.length());
    return " ".repeat(LABEL) + first + " ".repeat(space) + last;
  }

  private static double[] means(float[] values, int count) {
    double[] means = new double[count];
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) i * values.length / count);
      int to = (int) ((long) (i + 1) * values.length / count);
      for (int j = from; j < to; j++) {
        means[i] += values[j] / (to - from);
      }
    }
    return means;
  }
}
