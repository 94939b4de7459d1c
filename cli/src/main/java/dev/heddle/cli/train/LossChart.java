package dev.heddle.cli.train;

import dev.heddle.models.LossCurve;
import java.util.Locale;

/**
 * The losses of a training as a picture: every step thin, their mean thick, evaluations as dots.
 */
public final class LossChart {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final int LEFT = 60;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;

  /** More points than this are more than a screen shows. */
  private static final int MOST_POINTS = 2000;

  /** Into how many parts an axis is divided, about. */
  private static final int PARTS = 6;

  private final LossCurve curve;
  private final float[] losses;
  private final double highest;
  private final StringBuilder svg = new StringBuilder();

  private LossChart(LossCurve curve) {
    this.curve = curve;
    losses = curve.losses();
    double most = 0;
    for (float loss : losses) {
      most = Math.max(most, loss);
    }
    highest = most > 0 && Double.isFinite(most) ? 1.05 * most : 1;
  }

  /** The picture in SVG. */
  public static String svg(LossCurve curve) {
    LossChart chart = new LossChart(curve);
    chart.axes();
    chart.line("steps", chart.losses);
    chart.line("mean", smoothed(chart.losses));
    curve
        .evaluations()
        .forEach(each ->
            chart.add(
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
                chart.x(each.step()), chart.y(each.loss())));
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d">
    <style>
      .paper { fill: #ffffff } text { font: 12px sans-serif; fill: #24292f }
      .grid { stroke: #e5e7eb } polyline { fill: none } .steps { stroke: #b9d8d0 }
      .mean { stroke: #2f7d6d; stroke-width: 2 } circle { fill: #b45309 }
    </style>
    <rect class="paper" width="%1$d" height="%2$d"/>
    %3$s</svg>
    """
        .formatted(WIDTH, HEIGHT, chart.svg);
  }

  private void axes() {
    double height = step(highest);
    for (double loss = 0; loss <= highest; loss += height) {
      add(
          "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>",
          LEFT, y(loss), WIDTH - RIGHT, y(loss));
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8, y(loss) + 4, number(loss));
    }
    double width = Math.max(1, step(losses.length));
    for (double at = 0; at <= losses.length; at += width) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(at), HEIGHT - BOTTOM + 20, number(at));
    }
    add(
        "<text x=\"%d\" y=\"24\">Loss by step%s</text>",
        LEFT, curve.evaluations().isEmpty() ? "" : "; dots: of text that is not trained on");
  }

  /** A round number that divides a length into some parts. */
  private static double step(double length) {
    double rough = length / PARTS;
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(rough, 1e-9))));
    double digits = rough / power;
    return power * (digits > 5 ? 10 : digits > 2 ? 5 : digits > 1 ? 2 : 1);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, "%.1f", value);
  }

  private void line(String style, float[] values) {
    int stride = Math.max(1, values.length / MOST_POINTS);
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.length; i += stride) {
      if (Float.isFinite(values[i])) {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(i + 1), y(values[i])));
      }
    }
    add("<polyline class=\"%s\" points=\"%s\"/>", style, points.toString().strip());
  }

  /** Each with those before it, which fade. */
  private static float[] smoothed(float[] values) {
    float[] means = new float[values.length];
    double keep = Math.min(0.95, 1 - 1.0 / Math.max(1, values.length / 20.0));
    double mean = 0;
    double weight = 0;
    for (int i = 0; i < values.length; i++) {
      mean = keep * mean + (1 - keep) * values[i];
      weight = keep * weight + (1 - keep);
      means[i] = (float) (mean / weight);
    }
    return means;
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / Math.max(1, losses.length);
  }

  private double y(double loss) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(loss, highest) / highest);
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
