package dev.heddle.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.Sort;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.models.CausalLanguageModel.Config;
import dev.heddle.random.Key;
import org.junit.jupiter.api.Test;

/** Generation of text. */
class TextGeneratorTest {
  private final CausalLanguageModel model =
      CausalLanguageModel.of(Config.builder().length(5).features(8).heads(2).layers(1).build());
  private final Array prompt = ByteTokenizer.encode("abc");
  private final Variables variables = model.init(Rngs.of(0), prompt);

  @Test
  void theSameKeyWritesTheSameText() {
    var generator = new TextGenerator(model, variables, 1);

    Array text = generator.generate(prompt, 20, Key.of(0));

    assertThat(text.shape().dims()).containsExactly(20);
    assertThat(generator.generate(prompt, 20, Key.of(0))).isEqualTo(text);
    assertThat(generator.generate(prompt, 20, Key.of(1))).isNotEqualTo(text);
    assertThat(generator.generate(prompt, 0, Key.of(1)).size()).isZero();
  }

  @Test
  void withoutTemperatureTheLikeliestComesNext() {
    var generator = new TextGenerator(model, variables, 0);

    Array text = generator.generate(prompt, 1, Key.of(7));

    Array logits = model.apply(variables, prompt).get(2);
    assertThat(text.toLongArray()).containsExactly((long) Sort.argmax(logits, 0).item());
  }

  @Test
  void aLongTextIsSeenFromItsEnd() {
    var generator = new TextGenerator(model, variables, 0.5);

    assertThat(generator.generate(ByteTokenizer.encode("xyzabcde"), 4, Key.of(3)))
        .isEqualTo(generator.generate(ByteTokenizer.encode("abcde"), 4, Key.of(3)));
  }

  @Test
  void bytesAreTokens() {
    assertThat(ByteTokenizer.encode("né")).isEqualTo(Array.of(new int[] {110, 195, 169}, 3));
    assertThat(ByteTokenizer.decode(ByteTokenizer.encode("né ∀"))).isEqualTo("né ∀");
    assertThat(ByteTokenizer.decode(Array.of(new int[] {110, 195}))).isEqualTo("n\ufffd");
    assertThatThrownBy(() -> ByteTokenizer.decode(Array.of(new int[] {256})))
        .hasMessage("decode: expected tokens from 0 to 255, got 256");
    assertThatThrownBy(() -> ByteTokenizer.decode(Array.of(new float[] {1})))
        .hasMessage("decode: expected integers, got float32");
  }

  @Test
  void whatCannotBeWrittenIsAnError() {
    assertThatThrownBy(() -> new TextGenerator(model, variables, Double.NaN))
        .hasMessage("generate: argument \"temperature\": expected a number of 0 or more, got NaN");
    var generator = new TextGenerator(model, variables, 1);
    assertThatThrownBy(() -> generator.generate(Array.of(new int[0], 0), 1, Key.of(0)))
        .hasMessage(
            "generate: argument \"prompt\": expected at least one token, shape [length], got [0]");
    assertThatThrownBy(() -> generator.generate(prompt, -1, Key.of(0)))
        .hasMessage("generate: argument \"count\": expected a number of 0 or more, got -1");
  }

  @Test
  void samplingKeepsTheLargestLogits() {
    float none = Float.NEGATIVE_INFINITY;
    float log = (float) Math.log(2); // probabilities 1/7, 4/7, 2/7
    float[] logits = {0, 2 * log, log};

    assertThat(Sampling.ofTemperature(1).filter(logits)).containsExactly(logits);
    assertThat(Sampling.ofTemperature(1).topK(2).filter(logits))
        .containsExactly(none, 2 * log, log);
    assertThat(Sampling.ofTemperature(1).topK(9).filter(logits)).containsExactly(logits);
    assertThat(Sampling.ofTemperature(1).topK(1).filter(new float[] {1, 1, 0}))
        .containsExactly(1, 1, none); // ties are retained together
    assertThat(Sampling.ofTemperature(1).topP(0.5).filter(logits))
        .containsExactly(none, 2 * log, none);
    assertThat(Sampling.ofTemperature(1).topP(0.6).filter(logits))
        .containsExactly(none, 2 * log, log);
    assertThat(Sampling.ofTemperature(1).topP(0.9).filter(logits)).containsExactly(logits);
    assertThat(Sampling.ofTemperature(1).topK(2).topP(0.6).filter(logits))
        .containsExactly(none, 2 * log, none); // 2/3 of the two
  }
}
