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
        .containsExactly(" 4.0  █", " 3.0  ██", " 2.0  ███", " 1.0  ████");
    assertThat(LossPlot.of(FALLING, 8, 2, false)).containsExactly(" 3.5  #", " 1.8  ##");
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
    assertThat(svg).contains("class=\"steps\"", "class=\"mean\"", ">Loss by step; dots: ");
    assertThat(LossChart.svg(new LossCurve())).doesNotContain("<circle", "NaN");
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
    try (var lines = new Progress(out, 0, 0, 2, 64)) {
      lines.step(curve);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .matches("step 2 of 2: loss 3\\.500, [\\d,]+ tokens/s, 0:00 left\n");
  }
}
