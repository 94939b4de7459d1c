package dev.heddle.cli.train;

import dev.heddle.models.LossCurve;
import java.util.Arrays;
import java.util.Locale;

/**
 * A chart of the losses of a training: a thin line for all steps, a thick line for a centered
 * moving average, dots for evaluations. The y-axis spans the range of the losses.
 */
public final class LossChart {
  /** The beginning of every chart, by which a chart is recognized. */
  static final String HEADER =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" data-by=\"heddle train\" ";

  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 60;

  /** The maximum number of points; a screen shows no more. */
  private static final int MAX_POINTS = 2000;

  /** The moving average reaches this fraction of all steps to either side. */
  private static final int WINDOW_PARTS = 50;

  /** The approximate number of tick intervals of an axis. */
  private static final int PARTS = 6;

  private final LossCurve curve;
  private final float[] losses;
  private final double lowest;
  private final double highest;
  private final StringBuilder svg = new StringBuilder();

  private LossChart(LossCurve curve) {
    this.curve = curve;
    losses = curve.losses();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (float loss : all(curve)) {
      if (Float.isFinite(loss)) {
        least = Math.min(least, loss);
        most = Math.max(most, loss);
      }
    }
    boolean isEmpty = least > most;
    double margin = isEmpty ? 0 : Math.max(0.05 * (most - least), 1e-3);
    lowest = isEmpty ? 0 : least - margin;
    highest = isEmpty ? 1 : most + margin;
  }

  private static float[] all(LossCurve curve) {
    int steps = curve.steps();
    float[] all = Arrays.copyOf(curve.losses(), steps + curve.evaluations().size());
    for (int i = steps; i < all.length; i++) {
      all[i] = curve.evaluations().get(i - steps).loss();
    }
    return all;
  }

  /** The chart in SVG. */
  public static String svg(LossCurve curve) {
    LossChart chart = new LossChart(curve);
    chart.axes();
    chart.line("steps", chart.losses);
    chart.line("mean", movingAverage(chart.losses));
    curve
        .evaluations()
        .forEach(each ->
            chart.add(
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
                chart.x(each.step()), chart.y(each.loss())));
    return """
    %4$sviewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d">
    <style>
      .paper { fill: #ffffff } text { font: 12px sans-serif; fill: #24292f }
      .grid { stroke: #e5e7eb } polyline { fill: none } .steps { stroke: #b9d8d0 }
      .mean { stroke: #2f7d6d; stroke-width: 2 } circle { fill: #b45309 }
    </style>
    <rect class="paper" width="%1$d" height="%2$d"/>
    %3$s</svg>
    """
        .formatted(WIDTH, HEIGHT, chart.svg, HEADER);
  }

  private void axes() {
    double height = step(highest - lowest);
    for (double loss = height * Math.ceil(lowest / height); loss <= highest; loss += height) {
      add(
          "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>",
          LEFT, y(loss), WIDTH - RIGHT, y(loss));
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8, y(loss) + 4, number(loss, height));
    }
    double width = Math.max(1, step(losses.length));
    for (double at = 0; at <= losses.length; at += width) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(at), HEIGHT - BOTTOM + 20, number(at, width));
    }
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">step</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16);
    add(
        "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
        (TOP + HEIGHT - BOTTOM) / 2, "loss (cross-entropy, nats per token)");
    add(
        "<text x=\"%d\" y=\"24\">Training loss and its moving average%s</text>",
        LEFT, curve.evaluations().isEmpty() ? "" : "; dots: loss on held-out text");
  }

  /** The distance of ticks: a round number. */
  private static double step(double length) {
    double exact = length / PARTS;
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(exact, 1e-9))));
    double digits = exact / power;
    return power * (digits > 5 ? 10 : digits > 2 ? 5 : digits > 1 ? 2 : 1);
  }

  /** A number with the decimals that the distance of ticks requires. */
  private static String number(double value, double distance) {
    int decimals = (int) Math.max(0, Math.ceil(-Math.log10(distance) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private void line(String style, float[] values) {
    int stride = Math.max(1, values.length / MAX_POINTS);
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.length; i += stride) {
      if (Float.isFinite(values[i])) {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(i + 1), y(values[i])));
      }
    }
    add("<polyline class=\"%s\" points=\"%s\"/>", style, points.toString().strip());
  }

  /** The centered moving average. */
  static float[] movingAverage(float[] values) {
    double[] sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    float[] means = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int reach = Math.min(values.length / WINDOW_PARTS, Math.min(i, values.length - 1 - i));
      means[i] = (float) ((sums[i + reach + 1] - sums[i - reach]) / (2 * reach + 1));
    }
    return means;
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / Math.max(1, losses.length);
  }

  private double y(double loss) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (highest - loss) / (highest - lowest);
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
