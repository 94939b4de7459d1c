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
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
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
    return plan().accumulate(accumulate).shards(shards).build();
  }

  private static TrainingPlan.Builder plan() {
    return TrainingPlan.builder(TINY)
        .batch(6)
        .learningRate(1e-2)
        .warmup(2)
        .decaySteps(20)
        .heldOut(0.25)
        .seed(5);
  }

  @Test
  void theLossFalls() {
    TrainingPlan plan =
        plan().batch(16).learningRate(2e-2).decaySteps(40).weightDecay(0).seed(0).build();

    List<Float> losses = losses(plan, 40);

    assertThat(losses.getFirst()).isBetween(5.4f, 5.7f); // log(256) is 5.55
    assertThat(losses.getLast()).isLessThan(3.2f);
  }

  @Test
  void theSamePlanAndTextGiveTheSameBits() {
    assertThat(losses(PLAN, 4)).isEqualTo(losses(PLAN, 4));
    assertThat(losses(plan().seed(6).build(), 4)).isNotEqualTo(losses(PLAN, 4));
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
    TrainingPlan one = plan().model(still).heldOut(0).build();
    TrainingPlan three = one.toBuilder().shards(3).build();
    TrainingPlan twice = one.toBuilder().accumulate(2).build();

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

    Training.Step step = first(plan().model(half).build());

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
    TrainingPlan nothingHeldOut = plan().heldOut(0).build();
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
  void everyStepHasDropoutMasksOfItsOwn() {
    byte[] oneSequence = Arrays.copyOf(TEXT, TINY.length() + 1); // every batch is the same
    Training training = new Training(plan().heldOut(0).build(), oneSequence);
    TrainingState first = training.begin();
    TrainingState second = new TrainingState(1, first.params(), first.optState());

    assertThat(training.step(second).loss()).isNotEqualTo(training.step(first).loss());

    Config still = TINY.toBuilder().dropoutRate(0).build();
    training = new Training(plan().model(still).heldOut(0).build(), oneSequence);
    assertThat(training.step(second).loss()).isEqualTo(training.step(first).loss());
  }

  @Test
  void theLearningRateRisesThenIsConstantOrFallsToItsMinimum() {
    TrainingPlan.Builder builder = plan().learningRate(0.5).warmup(4);

    assertThat(rates(builder.decaySteps(0).build(), 0, 2, 4, 9, 1000000))
        .containsExactly(0f, 0.25f, 0.5f, 0.5f, 0.5f);
    assertThat(rates(builder.warmup(0).build(), 0, 1000000)).containsExactly(0.5f, 0.5f);
    assertThat(rates(builder.warmup(4).decaySteps(12).build(), 0, 4, 8, 12, 1000000))
        .containsExactly(0f, 0.5f, 0.27499998f, 0.05f, 0.05f);
    assertThat(rates(builder.minLearningRate(0.125).build(), 4, 12)).containsExactly(0.5f, 0.125f);
  }

  private static List<Float> rates(TrainingPlan plan, int... steps) {
    return Arrays.stream(steps).mapToObj(step -> (float) plan.schedule().at(step)).toList();
  }

  @Test
  void theDecayOfTheMomentsIsPartOfThePlan() {
    assertThat(losses(plan().b1(0.5).build(), 4)).isNotEqualTo(losses(PLAN, 4));
    assertThat(losses(plan().b2(0.5).build(), 4)).isNotEqualTo(losses(PLAN, 4));
    assertThat(losses(plan().eps(0.5).build(), 4)).isNotEqualTo(losses(PLAN, 4));
    assertThat(losses(plan().b1(0.9).b2(0.99).eps(1e-8).build(), 4)).isEqualTo(losses(PLAN, 4));
  }

  @Test
  void sizesAreCountedWithoutMakingAnything() {
    assertThat(TINY.parameters()).isEqualTo(new Training(PLAN, TEXT).begin().params().size());
    assertThat(Config.small().parameters()).isEqualTo(842_496);
    Config huge = Config.builder().layers(Integer.MAX_VALUE).features(1 << 30).build();
    assertThat(huge.parameters()).isEqualTo(Long.MAX_VALUE);

    TrainingPlan plan = plan().batch(1_000_000_000).accumulate(7).build();
    assertThat(plan.tokensPerStep()).isEqualTo(56_000_000_000L);
    assertThat(plan.minMemory()).isGreaterThan(1e12);
    assertThat(plan.toBuilder().shards(1_000_000_000).build().minMemory()).isLessThan(1e11);
  }

  @Test
  void aPlanIsChecked() {
    refuses(b -> b.batch(0), "\"batch\": expected a positive number, got 0");
    refuses(b -> b.accumulate(0), "\"accumulate\": expected a positive number, got 0");
    refuses(b -> b.shards(4), "\"shards\": expected a divisor of the batch of 6, got 4");
    refuses(b -> b.learningRate(0), "\"learning_rate\": expected a number above 0, got 0.0");
    refuses(b -> b.warmup(-1), "\"warmup\": expected 0 steps or more, got -1");
    refuses(
        b -> b.warmup(9).decaySteps(9),
        "\"decay_steps\": expected 0, or more than the 9 of the warm-up, got 9");
    refuses(
        b -> b.learningRate(0.5).minLearningRate(1),
        "\"min_learning_rate\": expected a number from 0 to the rate of 0.5, got 1.0");
    refuses(b -> b.b1(1), "\"b1\": expected a number from 0 to below 1, got 1.0");
    refuses(b -> b.b2(Double.NaN), "\"b2\": expected a number from 0 to below 1, got NaN");
    refuses(b -> b.eps(-1), "\"eps\": expected a number of 0 or more, got -1.0");
    refuses(b -> b.weightDecay(-1), "\"weight_decay\": expected a number of 0 or more, got -1.0");
    refuses(b -> b.clip(0), "\"clip\": expected a number above 0, got 0.0");
    refuses(b -> b.heldOut(1), "\"held_out\": expected a share from 0 to 0.9, got 1.0");
  }

  private static void refuses(UnaryOperator<TrainingPlan.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(plan()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("training: argument " + message);
  }
}
