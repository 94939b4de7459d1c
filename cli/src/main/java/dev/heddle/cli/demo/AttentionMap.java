package dev.heddle.cli.demo;

import dev.heddle.array.Array;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention weights drawn for a terminal: a row for each word piece as a query, a column for each
 * as a key, in the same order.
 */
public final class AttentionMap {
  private static final int MAX_LABEL = 10;
  private static final int GAP = 2;

  private final List<String> pieces;
  private final HeadWeights[] heads;
  private final Shading shading;
  private final int columns;
  private final String arrow;

  /**
   * Holds the data of a map.
   *
   * @param pieces the word pieces, L of them
   * @param weights the weights, shape {@code [1, H, L, L]}
   * @param terminal the terminal to draw for
   */
  public AttentionMap(List<String> pieces, Array weights, Terminal terminal) {
    this.pieces = List.copyOf(pieces);
    this.heads = HeadWeights.of(weights);
    this.shading = terminal.shading();
    this.columns = terminal.columns();
    this.arrow = terminal.unicode() ? "→" : "->";
  }

  /** Draws all heads, small, as many side by side as fit the terminal. */
  public List<String> overview() {
    int length = pieces.size();
    int label = labelWidth();
    int beside = Math.max(1, (columns - label - 1 + GAP - 1) / (length + GAP));
    List<String> lines = new ArrayList<>();
    for (int first = 0; first < heads.length; first += beside) {
      int last = Math.min(first + beside, heads.length);
      StringBuilder title = new StringBuilder(" ".repeat(label + 1));
      for (int head = first; head < last; head++) {
        title.append(pad("head " + head, length + GAP));
      }
      lines.add(title.toString().stripTrailing());
      for (int row = 0; row < length; row++) {
        lines.add(overviewRow(first, last, row));
      }
      lines.add("");
    }
    lines.add("Shades: " + shading.legend() + ".");
    return lines;
  }

  private String overviewRow(int first, int last, int row) {
    StringBuilder line = new StringBuilder(right(label(row), labelWidth())).append(' ');
    for (int head = first; head < last; head++) {
      line.append(shading.cells(heads[head].row(row))).append(" ".repeat(GAP));
    }
    return line.toString().stripTrailing();
  }

  /**
   * Draws one head, large, with its weights in percent.
   *
   * @param head its number, from 0
   */
  public List<String> head(int head) {
    int length = pieces.size();
    int label = labelWidth();
    int cell = label + 4 + 4 * length <= columns ? 4 : 3;
    List<String> lines = new ArrayList<>();
    StringBuilder numbers = new StringBuilder(" ".repeat(label + 4));
    for (int column = 0; column < length; column++) {
      numbers.append(right(Integer.toString(column + 1), cell));
    }
    lines.add(numbers.toString());
    for (int row = 0; row < length; row++) {
      StringBuilder line = new StringBuilder(right(label(row), label));
      line.append(right(Integer.toString(row + 1), 3)).append(' ');
      for (int column = 0; column < length; column++) {
        double weight = heads[head].weight(row, column);
        long percent = Math.round(100 * weight);
        line.append(shading.text(weight, right(percent == 0 ? "" : Long.toString(percent), cell)));
      }
      lines.add(line.toString().stripTrailing());
    }
    lines.add("");
    lines.add("Attention weights in percent; blank: less than half a percent.");
    return lines;
  }

  /**
   * A sentence about what a head does.
   *
   * @param head its number, from 0
   */
  public String summary(int head) {
    return heads[head].summary(pieces, arrow);
  }

  /** The number of heads. */
  public int heads() {
    return heads.length;
  }

  private int labelWidth() {
    return pieces.stream()
        .mapToInt(String::length)
        .map(n -> Math.min(n, MAX_LABEL))
        .max()
        .orElse(0);
  }

  private String label(int row) {
    String piece = pieces.get(row);
    return piece.length() > MAX_LABEL ? piece.substring(0, MAX_LABEL) : piece;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
