package dev.heddle.linen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Lines of text in columns, each as wide as its widest cell. */
final class TextTable {
  private final Set<Integer> rightAligned;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table whose first row is its head; the columns given are aligned to the right. */
  TextTable(Set<Integer> rightAligned, String... head) {
    this.rightAligned = Set.copyOf(rightAligned);
    row(head);
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  /** A number with its thousands separated. */
  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** The lines, each without spaces at its end. */
  @Override
  public String toString() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String padding = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? "" : "  ");
        line.append(rightAligned.contains(i) ? padding + row.get(i) : row.get(i) + padding);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
