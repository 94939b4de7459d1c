package dev.heddle.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import dev.heddle.models.CausalLanguageModel.Config;
import dev.heddle.random.Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Training: the loss falls, and the bits are a function of the plan and the text. */
class TrainingTest {
  static final Config TINY =
      Config.builder()
          .length(8)
          .features(8)
          .heads(2)
          .layers(1)
          .dropoutRate(0.1)
          .dtype(DType.FLOAT32)
          .build();
  static final byte[] TEXT =
      "the warp goes up and the weft goes through, ".repeat(20).getBytes(StandardCharsets.UTF_8);

  private static final TrainingPlan PLAN = plan(1, 1);

  static TrainingPlan plan(int accumulate, int shards) {
    return new TrainingPlan(TINY, 6, accumulate, shards, 1e-2, 2, 20, 0.1, 1, 0.25, 5);
  }

  @Test
  void theLossFalls() {
    TrainingPlan plan = new TrainingPlan(TINY, 16, 1, 1, 2e-2, 2, 40, 0, 1, 0.25, 0);

    List<Float> losses = losses(plan, 40);

    assertThat(losses.getFirst()).isBetween(5.4f, 5.7f); // log(256) is 5.55
    assertThat(losses.getLast()).isLessThan(3.2f);
  }

  @Test
  void theSamePlanAndTextGiveTheSameBits() {
    assertThat(losses(PLAN, 4)).isEqualTo(losses(PLAN, 4));
    TrainingPlan other = new TrainingPlan(TINY, 6, 1, 1, 1e-2, 2, 20, 0.1, 1, 0.25, 6);
    assertThat(losses(other, 4)).isNotEqualTo(losses(PLAN, 4));
  }

  private static List<Float> losses(TrainingPlan plan, int steps) {
    Training training = new Training(plan, TEXT);
    TrainingState state = training.begin();
    List<Float> losses = new ArrayList<>();
    while (state.step() < steps) {
      Training.Step step = training.step(state);
      losses.add(step.loss());
      state = step.state();
    }
    return losses;
  }

  @Test
  void shardsAndAccumulatedBatchesAreSumsInOrder() {
    Config still = TINY.toBuilder().dropoutRate(0).build();
    TrainingPlan one = new TrainingPlan(still, 6, 1, 1, 1e-2, 2, 20, 0.1, 1, 0, 5);
    TrainingPlan three = new TrainingPlan(still, 6, 1, 3, 1e-2, 2, 20, 0.1, 1, 0, 5);
    TrainingPlan twice = new TrainingPlan(still, 6, 2, 1, 1e-2, 2, 20, 0.1, 1, 0, 5);

    Training.Step whole = first(one);
    Training.Step parts = first(three);

    assertThat(parts.loss()).isCloseTo(whole.loss(), within(1e-5f));
    assertThat(parts.gradientNorm()).isCloseTo(whole.gradientNorm(), within(1e-4f));
    assertThat(first(three)).isEqualTo(parts);
    assertThat(first(twice).loss()).isNotEqualTo(whole.loss()); // of twice as many tokens
  }

  private static org.assertj.core.data.Offset<Float> within(float distance) {
    return org.assertj.core.data.Offset.offset(distance);
  }

  private static Training.Step first(TrainingPlan plan) {
    Training training = new Training(plan, TEXT);
    return training.step(training.begin());
  }

  @Test
  void halfPrecisionTrainsFloat32Parameters() {
    Config half = TINY.toBuilder().dtype(DType.BFLOAT16).build();
    TrainingPlan plan = new TrainingPlan(half, 6, 1, 1, 1e-2, 2, 20, 0.1, 1, 0.25, 5);

    Training.Step step = first(plan);

    assertThat(step.state().params().leaves()).allMatch(leaf -> leaf.dtype() == DType.FLOAT32);
    assertThat(step.loss()).isBetween(5.4f, 5.7f);
  }

  @Test
  void aStepChangesEveryParameterAndNotTheStateItCameFrom() {
    Training training = new Training(PLAN, TEXT);
    TrainingState state = training.begin();
    Variables before = training.begin().params();

    state = training.step(training.step(state).state()).state(); // the first has a rate of 0

    assertThat(state.step()).isEqualTo(2);
    for (String path : before.paths()) {
      assertThat(state.params().get(path)).as(path).isNotEqualTo(before.get(path));
    }
    assertThat(training.begin().params()).isEqualTo(before);
  }

  @Test
  void whatIsEvaluatedIsNotTrainedOn() {
    byte[] text = TEXT.clone();
    for (int i = 3 * text.length / 4; i < text.length; i++) {
      text[i] = 'x';
    }
    Training training = new Training(PLAN, text);
    TrainingState state = training.begin();

    assertThat(losses(PLAN, 3)).isEqualTo(losses(PLAN, 3));
    assertThat(training.evaluate(state.params()))
        .isNotEqualTo(new Training(PLAN, TEXT).evaluate(state.params()));
    assertThat(training.step(state).loss()).isEqualTo(new Training(PLAN, TEXT).step(state).loss());
    TrainingPlan nothingHeldOut = new TrainingPlan(TINY, 6, 1, 1, 1e-2, 2, 20, 0.1, 1, 0, 5);
    assertThat(new Training(nothingHeldOut, TEXT).evaluate(state.params())).isNaN();
  }

  @Test
  void aBatchIsStretchesOfTheText() {
    Array batch = new TextBatches(TEXT, 40, 60, 4).draw(Key.of(1), 3);

    assertThat(batch.shape().dims()).containsExactly(3, 5);
    String part = new String(TEXT, 40, 20, StandardCharsets.UTF_8);
    for (int row = 0; row < 3; row++) {
      assertThat(part).contains(ByteTokenizer.decode(batch.get(row)));
    }
    assertThat(new TextBatches(TEXT, 40, 45, 4).draw(Key.of(1), 1).get(0))
        .isEqualTo(ByteTokenizer.ofBytes(TEXT, 40, 5)); // there is one only
  }

  @Test
  void aTextThatIsTooShortIsAnError() {
    assertThatThrownBy(() -> new Training(PLAN, new byte[9]))
        .hasMessage(
            "the part to train on: expected at least 9 bytes of text for a length of 8, got 7");
    assertThatThrownBy(() -> new Training(PLAN, new byte[20]))
        .hasMessage(
            "the part held out: expected at least 9 bytes of text for a length of 8, got 5");
  }

  @Test
  void aPlanIsChecked() {
    refuses(0, 1, 1, 1e-3, 0, 9, "\"batch\": expected a positive number, got 0");
    refuses(6, 0, 1, 1e-3, 0, 9, "\"accumulate\": expected a positive number, got 0");
    refuses(6, 1, 4, 1e-3, 0, 9, "\"shards\": expected a divisor of the batch of 6, got 4");
    refuses(6, 1, 1, 0, 0, 9, "\"learning_rate\": expected a number above 0, got 0.0");
    refuses(6, 1, 1, 1e-3, -1, 9, "\"warmup\": expected a number of steps from 0 on, got -1");
    refuses(6, 1, 1, 1e-3, 9, 9, "\"decay_steps\": expected more than the 9 of the warm-up, got 9");
    assertThatThrownBy(() -> new TrainingPlan(TINY, 1, 1, 1, 1, 0, 1, -1, 1, 0, 0))
        .hasMessage("training: argument \"weight_decay\": expected a number from 0 on, got -1.0");
    assertThatThrownBy(() -> new TrainingPlan(TINY, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0))
        .hasMessage("training: argument \"clip\": expected a number above 0, got 0.0");
    assertThatThrownBy(() -> new TrainingPlan(TINY, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0))
        .hasMessage("training: argument \"held_out\": expected a share from 0 to 0.9, got 1.0");
  }

  private static void refuses(
      int batch, int accumulate, int shards, double rate, int warmup, int decay, String message) {
    assertThatThrownBy(() ->
            new TrainingPlan(TINY, batch, accumulate, shards, rate, warmup, decay, 0, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("training: argument " + message);
  }
}
