package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.models.CausalLanguageModel;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heddle's computation of a row, with sizes that are all different. */
class WorkTest {
  @Test
  void thereAndBackGivesTheOutputAndAGradientForEveryNumberThatCameIn() {
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    Array x = Random.normal(Key.of(1), DType.FLOAT32, 3, 5, 14);
    Array cotangent = Random.normal(Key.of(2), DType.FLOAT32, 3, 5, 14);
    Variables variables = attention.init(Rngs.of(0), x);
    AttentionInputs inputs =
        AttentionInputs.of(x).mask(Masks.makeCausalMask(Array.zeros(DType.FLOAT32, 1, 5)));
    Work work = new BackwardWork(attention, variables, inputs, cotangent);

    List<String> names = work.names();
    List<Array> arrays = work.run();
    assertThat(arrays).hasSameSizeAs(names);
    assertThat(arrays.get(names.indexOf("output")).toFloatArray())
        .isEqualTo(attention.apply(variables, inputs).toFloatArray());
    assertThat(arrays.get(names.indexOf("grads/inputs_q")).shape()).isEqualTo(x.shape());
    assertThat(arrays.get(names.indexOf("grads/query/kernel")).shape())
        .isEqualTo(Shape.of(14, 2, 7));
    float[] bias = arrays.get(names.indexOf("grads/out/bias")).toFloatArray();
    float[] sums = cotangent.sum(0, 1).toFloatArray();
    for (int i = 0; i < sums.length; i++) {
      assertThat(bias[i]).isEqualTo(sums[i], within(1e-5f));
    }
  }

  @Test
  void stepsOfTrainingGoOnFromOneAnotherAndBeginAnewWithEveryLoading() {
    LanguageTraining training =
        new LanguageTraining(
            3,
            CausalLanguageModel.Config.builder()
                .vocabulary(11)
                .length(5)
                .features(14)
                .heads(2)
                .layers(1)
                .build(),
            1e-2,
            0.9,
            0.999,
            1e-3,
            0.1);
    Variables start = training.start(DType.FLOAT32);
    Work work = new StepWork(training, DType.FLOAT32, start, training.tokens());

    double first = work.run().getFirst().item();
    double last = first;
    for (int step = 0; step < 20; step++) {
      last = work.run().getFirst().item();
    }
    assertThat(first).as("of tokens that are equally likely").isEqualTo(Math.log(11), within(0.1));
    assertThat(last).isLessThan(0.9 * first);
    assertThat(work.run()).hasSameSizeAs(work.names());
    assertThat(work.names()).startsWith("loss").contains("params/block_0/attention/key/bias");

    Work again = new StepWork(training, DType.FLOAT32, start, training.tokens());
    assertThat(again.run().getFirst().item()).isEqualTo(first);
  }

  @Test
  void aProblemSaysToOtherProcessesWhatNumbersDoNot() {
    Problem step = Problem.of(Row.LM_STEP, DType.FLOAT32, Path.of("unused"));
    assertThat(step.settings())
        .hasToString(
            "{task=step, heads=4, causal=1, calls=3, learning_rate=0.001, b1=0.9, b2=0.999,"
                + " eps=0.001, weight_decay=0.1}");
    assertThat(step.tensors().get("tokens").shape()).isEqualTo(Shape.of(16, 129));
    assertThat(Problem.of(Row.TINY, DType.FLOAT32, Path.of("unused")).settings())
        .hasToString("{task=forward, heads=4, causal=0}");
  }
}
