package dev.heddle.linen;

import static dev.heddle.array.DType.BOOL;
import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.array.DType.FLOAT64;
import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Shape;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadAttention;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.attention.SelfAttention;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.support.Numbers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers at the edges of their arguments: constant inputs, one instance for several shapes. */
class LayerEdgesTest {
  /** The difference of two means of a constant is below zero by rounding, more than epsilon is. */
  @Test
  void theVarianceOfAConstantIsNotNegative() {
    for (LayerNorm norm :
        List.of(
            LayerNorm.builder().build(),
            LayerNorm.builder().reductionAxes(-2, -1).build(),
            LayerNorm.builder().reductionAxes(0).build(),
            LayerNorm.builder().paramDtype(FLOAT64).build(),
            LayerNorm.builder().reductionAxes(-2, -1).useFastVariance(false).build())) {
      for (int i = 0; i < 100; i++) {
        Array x = Array.full(1000 + i * 7.3, FLOAT32, 3, 7, 5);
        Variables variables = norm.init(Rngs.of(0), x);
        assertThat(Arrays.stream(norm.apply(variables, x).toDoubleArray()))
            .as("%s of %s", norm, x.get(0, 0, 0))
            .allMatch(Double::isFinite);
        Array gradient = Grad.grad(v -> norm.apply(variables, v).sum(), x);
        assertThat(Arrays.stream(gradient.toDoubleArray())).allMatch(Double::isFinite);
      }
    }
  }

  @Test
  void oneInstanceTakesInputsOfSeveralShapes() {
    for (DenseGeneral dense :
        List.of(
            DenseGeneral.builder().features(3).build(),
            DenseGeneral.builder().features(2, 2).axis(-2, -1).build(),
            DenseGeneral.builder().features(3).batchDims(0).build())) {
      Variables four = dense.init(Rngs.of(0), Numbers.of(1, FLOAT32, 2, 3, 4));
      Variables five = dense.init(Rngs.of(0), Numbers.of(1, FLOAT32, 2, 3, 5));
      for (int i = 0; i < 2; i++) {
        Array x = Numbers.of(2, FLOAT32, 2, 3, 4);
        Array y = Numbers.of(2, FLOAT32, 2, 3, 5);
        assertThat(dense.apply(four, x)).isEqualTo(again(dense).apply(four, x));
        assertThat(dense.apply(five, y)).isEqualTo(again(dense).apply(five, y));
      }
    }
    Dense dense = Dense.of(3);
    Array kernel = Numbers.of(3, FLOAT32, 4, 3);
    Variables variables =
        dense.init(Rngs.of(0), Numbers.of(1, FLOAT32, 4)).with("params/kernel", kernel);
    Array x = Numbers.of(2, FLOAT32, 2, 3, 4);
    assertThat(dense.apply(variables, x).get(1)).isEqualTo(dense.apply(variables, x.get(1)));
    assertThat(dense.apply(variables, x).get(1, 2)).isEqualTo(dense.apply(variables, x.get(1, 2)));
  }

  private static DenseGeneral again(DenseGeneral dense) {
    return dense.toBuilder().build();
  }

  @Test
  void aDecodingMaskMayBeTheSameForAllKeys() {
    var decoder = MultiHeadDotProductAttention.builder().numHeads(2).decode(true).build();
    Array x = Numbers.of(1, FLOAT32, 3, 5, 4);
    Variables state = decoder.init(Rngs.of(0), x);
    Array position = Numbers.of(2, FLOAT32, 3, 1, 4);

    Array without = step(decoder, state, position, null);

    for (int[] shape : new int[][] {{1, 1, 1, 1}, {3, 1, 1, 1}, {1, 2, 1, 1}, {1, 1, 1, 5}}) {
      Array mask = Array.full(1, BOOL, shape);
      assertThatArray(step(decoder, state, position, mask)).hasSameBitsAs(without);
      Array none = step(decoder, state, position, Array.full(0, BOOL, shape));
      Array all = step(decoder, state, position, Array.full(0, BOOL, 3, 2, 1, 5));
      assertThatArray(none).hasSameBitsAs(all);
      assertThat(none).isNotEqualTo(without);
    }
  }

  private static Array step(
      MultiHeadDotProductAttention decoder, Variables state, Array position, Array mask) {
    AttentionInputs in = AttentionInputs.of(position);
    return decoder
        .apply(state, mask == null ? in : in.mask(mask), Rngs.none(), Mutable.of("cache"))
        .output();
  }

  @Test
  void dropoutDividesByTheProbabilityOfStaying() {
    Array x = Numbers.of(1, FLOAT32, 400);
    Dropout dropout = Dropout.of(0.3);
    Dropout.Inputs in = Dropout.Inputs.of(x).deterministic(false);

    float[] dropped = dropout.apply(Variables.empty(), in, Rngs.of("dropout", 1)).toFloatArray();

    float[] values = x.toFloatArray();
    int kept = 0;
    int differing = 0;
    for (int i = 0; i < values.length; i++) {
      if (dropped[i] != 0) {
        assertThat(dropped[i]).isEqualTo(values[i] / 0.7f);
        kept++;
        differing += dropped[i] == values[i] * (1 / 0.7f) ? 0 : 1;
      }
    }
    assertThat(kept).isBetween(240, 320);
    assertThat(differing).as("bits that a product with 1 / 0.7 would not have").isPositive();
    Array wide = x.astype(FLOAT64);
    double[] exact =
        dropout
            .apply(
                Variables.empty(),
                Dropout.Inputs.of(wide).deterministic(false),
                Rngs.of("dropout", 1))
            .toDoubleArray();
    for (int i = 0; i < exact.length; i++) {
      assertThat(exact[i]).isIn(0.0, values[i] / 0.7);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BFLOAT16", "FLOAT16"})
  void dropoutOf16BitsDividesByTheRoundedProbability(DType dtype) {
    Array x = Numbers.of(1, dtype, 400);
    Array probability = Array.scalar(0.7, dtype);
    float[] dropped =
        Dropout.of(0.3)
            .apply(
                Variables.empty(), Dropout.Inputs.of(x).deterministic(false), Rngs.of("dropout", 1))
            .toFloatArray();
    float[] values = x.toFloatArray();
    for (int i = 0; i < dropped.length; i++) {
      float divided = values[i] / probability.toFloatArray()[0];
      float rounded = Array.of(new float[] {divided}).astype(dtype).toFloatArray()[0];
      assertThat(dropped[i]).isIn(0f, rounded);
    }
  }

  /** A masked weight is dropped or not: its cotangent does not come into it. */
  @Test
  void whatIsDroppedHasNoGradientEvenWhereItsCotangentIsInfinite() {
    Array x = Array.full(4, FLOAT32, 50);
    Dropout.Inputs in = Dropout.Inputs.of(x).deterministic(false);
    var root =
        Grad.valueAndGrad(
            (Dropout.Inputs each) ->
                Elementwise.sqrt(
                        Dropout.of(0.5).apply(Variables.empty(), each, Rngs.of("dropout", 1)))
                    .sum(),
            in);
    assertThat(root.gradient().inputs().toFloatArray()).doesNotContain(Float.NaN).contains(0);
  }

  @Test
  void aCopiedConfigurationKeepsTheClass() {
    Array x = Numbers.of(1, FLOAT32, 3, 4);
    for (AttentionBuilder builder :
        List.of(
            SelfAttention.builder(),
            MultiHeadAttention.builder(),
            MultiHeadDotProductAttention.builder())) {
      var attention = builder.numHeads(2).build();
      var copy = attention.toBuilder().build();
      assertThat(copy).hasSameClassAs(attention);
      assertThat(copy.settings()).isEqualTo(attention.settings());
      Variables variables = new Wrapped(attention).init(Rngs.of(0), x);
      assertThat(new Wrapped(copy).init(Rngs.of(0), x)).isEqualTo(variables);
      assertThat(variables.flatten().firstEntry().getKey())
          .startsWith("params/" + attention.getClass().getSimpleName() + "_0/");
      assertThat(copy.toBuilder().qkvFeatures(8).build()).hasSameClassAs(attention);
    }
  }

  private static final class Wrapped extends Module<Array, Array> {
    private final MultiHeadDotProductAttention attention;

    Wrapped(MultiHeadDotProductAttention attention) {
      this.attention = attention;
    }

    @Override
    protected Array call(Scope scope, Array x) {
      return scope.call(attention, AttentionInputs.of(x));
    }
  }

  @Test
  void initializersOfOneNumberFillEveryType() {
    for (DType dtype : List.of(FLOAT32, FLOAT64, DType.BFLOAT16, DType.FLOAT16)) {
      Array made = Initializers.constant(0.1).init(null, Shape.of(3, 2), dtype);
      assertThat(made).isEqualTo(Array.full(0.1, dtype, 3, 2));
      assertThat(made.toDoubleArray()).containsOnly(Array.scalar(0.1, dtype).item());
    }
    assertThat(TreePair.of(Array.full(1e9, DType.UINT8, 2), Array.full(-1, DType.UINT8, 2)))
        .isEqualTo(
            TreePair.of(Array.of(new byte[] {-1, -1}), Array.of(new byte[] {0, 0}))); // saturated
  }
}
