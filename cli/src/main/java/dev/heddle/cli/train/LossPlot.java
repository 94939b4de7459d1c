package dev.heddle.cli.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Losses drawn with letters: a column for some steps together, as high as their mean. */
public final class LossPlot {
  private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
  private static final String LETTERS = " .:#";
  private static final int LABEL = 6; // columns

  private LossPlot() {}

  /**
   * Draws losses over zero.
   *
   * @param losses at each step, at least one
   * @param columns how wide the drawing may be, beside the numbers at its left
   * @param rows how high
   * @param unicode whether there is more than ASCII
   */
  public static List<String> of(float[] losses, int columns, int rows, boolean unicode) {
    double[] means = means(losses, Math.min(columns - LABEL, losses.length));
    double highest = Arrays.stream(means).max().orElseThrow();
    String steps = unicode ? BLOCKS : LETTERS;
    int fine = steps.length() - 1;
    List<String> lines = new ArrayList<>();
    for (int row = rows - 1; row >= 0; row--) {
      StringBuilder line = new StringBuilder();
      double label = highest * (row + 1) / rows;
      line.append(String.format(Locale.ROOT, "%" + (LABEL - 2) + ".1f  ", label));
      for (double mean : means) {
        double height = mean / highest * rows - row; // of this row's cell
        line.append(steps.charAt(Math.clamp(Math.round(height * fine), 0, fine)));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
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
