package dev.heddle.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.linen.Variables;
import dev.heddle.models.LossCurve;
import dev.heddle.models.LossCurve.Evaluation;
import dev.heddle.models.Training;
import dev.heddle.models.TrainingState;
import dev.heddle.optim.OptState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Losses as drawings. */
class LossPlotTest {
  private static final float[] FALLING = {4, 4, 3, 3, 2, 2, 1, 1};

  private static final TrainingState STATE =
      new TrainingState(0, Variables.empty(), OptState.empty());

  @Test
  void aColumnIsAsHighAsItsMean() {
    assertThat(LossPlot.of(FALLING, 10, 4, true))
        .containsExactly(" 4.0  █", " 3.1  █▇", " 2.3  ██▅", " 1.4  ███▄", "      step 1 8");
    assertThat(LossPlot.of(FALLING, 18, 2, false))
        .containsExactly(" 4.0  ##::", " 2.0  ######::", "      step 1 8");
  }

  @Test
  void thePictureShowsStepsMeansAndEvaluations() {
    var curve = new LossCurve();
    for (float loss : FALLING) {
      curve.add(new Training.Step(STATE, loss, 1));
    }
    curve.add(new Evaluation(8, 1.5f));

    String svg = LossChart.svg(curve);

    assertThat(svg).startsWith("<svg ").endsWith("</svg>\n").containsOnlyOnce("<circle ");
    assertThat(svg)
        .contains("class=\"steps\"", "class=\"mean\"")
        .contains(">Training loss and its moving average; dots: loss on held-out text<")
        .contains(">step</text>", ">loss (cross-entropy, nats per token)</text>")
        .contains(">1</text>", ">4</text>"); // the y-axis begins at the lowest loss, not at 0
    assertThat(LossChart.svg(new LossCurve())).doesNotContain("<circle", "NaN");
  }

  @Test
  void ticksOfASmallRangeHaveTheDecimalsToTellThemApart() {
    var curve = new LossCurve();
    for (float loss : new float[] {2.51f, 2.5f, 2.49f, 2.48f}) {
      curve.add(new Training.Step(STATE, loss, 1));
    }

    assertThat(LossChart.svg(curve))
        .contains(">2.48</text>", ">2.49</text>", ">2.50</text>", ">2.51</text>");
  }

  @Test
  void theMovingAverageIsCentered() {
    float[] line = new float[200];
    for (int i = 0; i < line.length; i++) {
      line[i] = i;
    }

    assertThat(LossChart.movingAverage(line)).isEqualTo(line); // a lagging average would differ
    float[] spike = new float[100];
    spike[50] = 5;
    assertThat(LossChart.movingAverage(spike)[48]).isEqualTo(1);
    assertThat(LossChart.movingAverage(spike)[52]).isEqualTo(1);
    assertThat(LossChart.movingAverage(spike)[47]).isZero();
  }

  @Test
  void speedAndTimeLeftAreThoseOfTheLastSteps() {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var curve = new LossCurve();
    long[] now = {0};
    try (var lines = new Progress(out, 0, 0, 200, 64, () -> now[0])) {
      for (int step = 0; step < 100; step++) {
        now[0] += step < 50 ? 9_000_000_000L : 500_000_000L; // slow, then half a second each
        curve.add(new Training.Step(STATE, 4, 1));
        lines.step(curve);
      }
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("step 1 of 200: loss 4.000, 7 tokens/s, 29:51 left\n")
        .endsWith("step 100 of 200: loss 4.000, 128 tokens/s, 0:50 left\n");
  }

  @Test
  void aTerminalGetsABarAndAFileGetsLines() {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var curve = new LossCurve();
    try (var bar = new Progress(out, 80, 0, 2, 64)) {
      for (int i = 0; i < 2; i++) {
        curve.add(new Training.Step(STATE, 4 - i, 1));
        bar.step(curve);
      }
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("train 100%", "2/2", "loss 3.500", "tokens/s");

    bytes.reset();
    try (var lines = new Progress(out, 0, 1, 2, 64)) {
      lines.step(curve);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .matches("step 2 of 2: loss 3\\.500, [\\d,]+ tokens/s, 0:00 left\n");
  }
}
