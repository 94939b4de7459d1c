package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.AttentionInputs;
import dev.heddle.linen.Masks;
import dev.heddle.linen.MultiHeadDotProductAttention;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Heddle computes in a row, on sizes that cannot be confused. */
class WorkTest {
  @Test
  void thereAndBackGivesTheOutputAndAGradientForEveryNumberThatCameIn() {
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    Array x = Random.normal(Key.of(1), Shape.of(3, 5, 14), DType.FLOAT32);
    Array cotangent = Random.normal(Key.of(2), Shape.of(3, 5, 14), DType.FLOAT32);
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
}
