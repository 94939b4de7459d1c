package dev.heddle.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Weights as shades, for weights that are easy to verify. */
class AttentionMapTest {
  private static final List<String> PIECES = List.of("[CLS]", "linen", "thread");

  /**
   * Head 0: each attends to the one before it; head 1: all to the first; head 2: nearly uniform.
   */
  private static final Array WEIGHTS =
      Array.of(
          new float[] {
            1, 0, 0, 1, 0, 0, 0, 1, 0, //
            1, 0, 0, 1, 0, 0, 1, 0, 0, //
            0.2f, 0.4f, 0.4f, 0.2f, 0.2f, 0.6f, 0.2f, 0.4f, 0.4f
          },
          1,
          3,
          3,
          3);

  @Test
  void headsStandBesideEachOtherAsFarAsTheTerminalIsWide() {
    var map = new AttentionMap(PIECES, WEIGHTS, new Terminal(Shading.BLOCKS, 18, true));

    assertThat(map.overview())
        .containsExactly(
            "       head 0  head 1".replace("0  h", "0h"),
            " [CLS] █    █",
            " linen █    █",
            "thread  █   █",
            "",
            "       head 2",
            " [CLS] ▒▓▓",
            " linen ▒▒▓",
            "thread ▒▓▓",
            "",
            "Shades: ░ from 2 %, ▒ from 14 %, ▓ from 39 %, █ from 77 %.");
  }

  @Test
  void oneHeadShowsPercent() {
    var map = new AttentionMap(PIECES, WEIGHTS, new Terminal(Shading.LETTERS, 80, false));

    assertThat(map.head(2))
        .startsWith(
            "             1   2   3", //
            " [CLS]  1   20  40  40",
            " linen  2   20  20  60",
            "thread  3   20  40  40");
    assertThat(map.head(0).get(1)).isEqualTo(" [CLS]  1  100");
  }

  @Test
  void colourIsABackgroundThatEndsWithTheRow() {
    var map = new AttentionMap(PIECES, WEIGHTS, new Terminal(Shading.COLOUR, 80, true));

    assertThat(map.overview().get(1))
        .startsWith(" [CLS] \u001b[48;5;159m \u001b[48;5;236m  \u001b[0m")
        .endsWith("\u001b[0m");
  }

  @Test
  void aSentenceSaysWhereAHeadLooks() {
    var map = new AttentionMap(PIECES, WEIGHTS, new Terminal(Shading.LETTERS, 80, false));

    assertThat(map.summary(0))
        .isEqualTo(
            "each piece attends to the one before it (100 %); strongest: thread -> linen 100 %");
    assertThat(map.summary(1)).isEqualTo("attends to [CLS] (100 %)");
    assertThat(map.summary(2)).endsWith("strongest: linen -> thread 60 %");
  }

  @Test
  void noLineIsWiderThanTheTerminal() {
    List<String> pieces = Collections.nCopies(18, "wordpieces-of-any-length");
    var map =
        new AttentionMap(
            pieces,
            Array.zeros(WEIGHTS.dtype(), 1, 12, 18, 18),
            new Terminal(Shading.BLOCKS, 80, true));

    assertThat(map.overview()).allMatch(line -> line.length() <= 80);
    assertThat(map.head(3)).allMatch(line -> line.length() <= 80);
  }
}
