package dev.heddle.linen;

import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.array.DType.FLOAT64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.Concatenate;
import dev.heddle.array.Index;
import dev.heddle.array.Slice;
import dev.heddle.grad.Checks;
import dev.heddle.grad.Grad;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.Embed;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers are differentiated by their parameters and inputs, whatever they are made of. */
class LayerDerivativesTest {
  @Test
  void linearLayersByKernelBiasAndInput() {
    Array x = Numbers.of(1, FLOAT64, 2, 3, 4);
    for (Module<Array, Array> layer :
        List.<Module<Array, Array>>of(
            Dense.of(3),
            DenseGeneral.builder().features(2, 2).axis(-2, -1).build(),
            DenseGeneral.builder().features(2).axis(2).batchDims(0).build())) {
      Variables made = layer.init(Rngs.of(0), x);
      Array bias = Numbers.of(2, FLOAT64, made.get("params/bias").shape().dims());
      Array kernel = Numbers.of(3, FLOAT64, made.get("params/kernel").shape().dims());

      Checks.checkGradient(
          in -> layer.apply(made.withLeaves(in.subList(0, 2)), in.get(2)), kernel, bias, x);
    }
  }

  @Test
  void aBiasOfItsOwnForEachBatchElementIsAChainOverItsRows() {
    var layer = DenseGeneral.builder().features(2).axis(2).batchDims(0).build();
    Array x = Numbers.of(1, FLOAT32, 2, 41, 3);
    Array cotangent = Numbers.of(2, FLOAT32, 2, 41, 2);
    Variables variables = layer.init(Rngs.of(0), x);

    Variables flown = Grad.vjp((Variables v) -> layer.apply(v, x), variables).pullback(cotangent);

    float[] given = cotangent.toFloatArray();
    float[] sums = new float[4];
    for (int i = 0; i < given.length; i++) {
      int place = i / 82 * 2 + i % 2;
      sums[place] = i % 82 < 2 ? given[i] : sums[place] + given[i];
    }
    assertThat(flown.get("params/bias")).isEqualTo(Array.of(sums, 2, 2));
  }

  @Test
  void aTableThatIsLookedUpAndAttendedTo() {
    Embed embed = Embed.of(5, 3);
    Array tokens = Array.of(new int[] {4, 0, 4, -1}, 2, 2);
    Variables made = embed.init(Rngs.of(0), tokens);

    Checks.checkGradient(
        in -> {
          Variables table = made.withLeaves(in);
          Array seen = embed.apply(table, tokens);
          return embed.applyMethod(table, scope -> embed.attend(scope, seen.times(2)));
        },
        Numbers.of(1, FLOAT64, 5, 3));
  }

  @Test
  void positionsThatAreDecodedOneAfterAnother() {
    var decoder =
        MultiHeadDotProductAttention.builder().numHeads(2).dtype(FLOAT64).decode(true).build();
    Array x = Numbers.of(1, FLOAT64, 1, 3, 4);
    Variables fresh = decoder.init(Rngs.of(0), AttentionInputs.of(x));

    Checks.checkGradient(
        in -> {
          Variables state = fresh;
          List<Array> outputs = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            Array position = Slice.get(in.getFirst(), Index.all(), Index.range(i, i + 1));
            var step =
                decoder.apply(
                    state, AttentionInputs.of(position), Rngs.none(), Mutable.of("cache"));
            outputs.add(step.output());
            state = state.merge(step.variables());
          }
          return Concatenate.concatenate(outputs, 1);
        },
        x);
  }
}
