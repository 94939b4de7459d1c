package dev.heddle.bench;

import java.util.List;

/**
 * The results as a bar chart in SVG: a group of bars per row, of lengths proportional to best
 * times.
 */
final class Chart {
  private static final int WIDTH = 760;
  private static final int LEFT = 110;
  private static final int BAR_WIDTH = 480;
  private static final int BAR = 18;
  private static final int GAP = 4;
  private static final int HEAD = 30;

  private final StringBuilder svg = new StringBuilder();
  private int y = 10;

  private Chart() {}

  static String of(BenchmarkResults findings) {
    Chart chart = new Chart();
    findings.rows().forEach(row -> chart.group(row, findings.of(row)));
    chart.text(10, chart.y + BAR, "note", note(findings.machine()));
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d">
    <style>
      rect { fill: #9aa5b1 } .heddle { fill: #2f7d6d } .paper { fill: #ffffff }
      text { font: 12px sans-serif; fill: #24292f } .row { font-weight: bold } .note { fill: #6b7280 }
    </style>
    <rect class="paper" width="%1$d" height="%2$d"/>
    %3$s</svg>
    """
        .formatted(WIDTH, chart.y + 2 * BAR, chart.svg);
  }

  private void group(Row row, List<Result> results) {
    double longest = results.stream().mapToDouble(Result::bestMs).max().orElseThrow();
    text(10, y + BAR, "row", row.label() + ": " + row.description());
    y += HEAD;
    for (Result result : results) {
      text(10, y + BAR - GAP, "engine", result.engine());
      svg.append(
          Text.format(
              "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
              result.engine(), LEFT, y, BAR_WIDTH * result.bestMs() / longest, BAR));
      int end = LEFT + (int) Math.ceil(BAR_WIDTH * result.bestMs() / longest) + GAP;
      text(end, y + BAR - GAP, "time", Text.millis(result.bestMs()) + " ms");
      y += BAR + GAP;
    }
    y += GAP;
  }

  private void text(int x, int baseline, String style, String words) {
    String escaped = words.replace("&", "&amp;").replace("<", "&lt;");
    svg.append(
        "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(style, x, baseline, escaped));
  }

  private static String note(Machine machine) {
    return Text.format(
        "Best time of a call. %s, threads: %d; %s",
        machine.cpu(), machine.threads(), machine.java());
  }
}
