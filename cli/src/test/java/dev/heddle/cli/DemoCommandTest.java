package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.cli.demo.DemoData;
import dev.heddle.cli.demo.Shading;
import dev.heddle.cli.demo.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code heddle demo}: compares a real model's layer with its reference. */
class DemoCommandTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everySentenceIsWithinOneInAHundredThousandOfTheReference(int sentence) {
    Heddle heddle = Heddle.run("demo", "--sentence", sentence, "--color", "never", "--steps", 0);

    assertThat(heddle.err()).isEmpty();
    assertThat(heddle.status()).isZero();
    assertThat(heddle.out())
        .contains("head  2 each piece attends to the one before it (100 %)")
        .contains("head 11 ")
        .containsPattern(
            "Largest difference from the float64 reference: \\d\\.\\de-\\d\\d \\(output\\)");
    assertThat(heddle.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void oneHeadIsShownWithNumbers() {
    Heddle heddle = Heddle.run("demo", "--head", 2, "--color", "never");

    assertThat(heddle.out()).contains(" linen  6", "head  2 ").doesNotContain("head  3");
  }

  @Test
  void aTerminalWithoutUnicodeGetsLetters() {
    assertThat(
            Heddle.run(StandardCharsets.US_ASCII, "demo", "--color", "never", "--steps", 0).out())
        .contains("Shades: . from 2 %")
        .doesNotContain("?");
  }

  @Test
  void aNumberThatIsTooFarFailsAndSaysHowFar() throws IOException {
    DemoData data = DemoData.read(1);
    double[] moved = data.output().toDoubleArray();
    moved[7] += 1e-3;
    DemoData wrong =
        new DemoData(
            data.text(),
            data.pieces(),
            data.variables(),
            data.inputs(),
            Array.of(moved, data.output().shape().dims()),
            data.weights());
    var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);

    assertThatThrownBy(
            () -> DemoCommand.show(wrong, -1, out, new Terminal(Shading.LETTERS, 80, false)))
        .isInstanceOf(FailedException.class)
        .hasMessage(
            "demo: largest difference from the reference: expected at most 1e-05, got 1.0e-03");
  }

  @Test
  void nanIsNotNear() {
    Array nan = Array.of(new float[] {0, Float.NaN});

    assertThat(DemoCommand.largestDifference(nan, Array.of(new float[] {0, 0}))).isNaN();
  }

  @Test
  void sentencesAndHeadsAreCounted() {
    assertThat(Heddle.run("demo", "--sentence", 4))
        .isEqualTo(new Heddle(2, "", "heddle: --sentence 4: expected a number from 1 to 3\n"));
    assertThat(Heddle.run("demo", "--head", -1))
        .isEqualTo(new Heddle(2, "", "heddle: --head -1: expected a number from 0 to 11\n"));
    assertThat(Heddle.run("demo", "--color", "blue"))
        .isEqualTo(
            new Heddle(2, "", "heddle: --color blue: expected one of auto, always, never\n"));
  }
}
