package dev.heddle.linen;

import static dev.heddle.array.DType.BFLOAT16;
import static dev.heddle.array.DType.BOOL;
import static dev.heddle.array.DType.FLOAT16;
import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.array.DType.FLOAT64;
import static dev.heddle.array.DType.INT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.DotGeneral;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.Embed;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.linen.layers.Precision;
import dev.heddle.linen.layers.Promotion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the layers refuse, and how they choose types. */
class LayerErrorsTest {
  private static final Rngs RNGS = Rngs.of(0);

  private static Array zeros(DType dtype, int... shape) {
    return Array.zeros(dtype, shape);
  }

  @Test
  void computationIsInTheCommonFloatingPointType() {
    assertThat(Promotion.canonicalizeDtype(null, zeros(INT32), zeros(BFLOAT16), null))
        .isEqualTo(BFLOAT16);
    assertThat(Promotion.canonicalizeDtype(null, zeros(FLOAT16), zeros(BFLOAT16)))
        .isEqualTo(FLOAT32);
    assertThat(Promotion.canonicalizeDtype(null, zeros(INT32), zeros(BOOL))).isEqualTo(FLOAT32);
    assertThat(Promotion.canonicalizeDtype(FLOAT16, zeros(FLOAT64))).isEqualTo(FLOAT16);
    assertThat(Promotion.promoteDtype(null, zeros(INT32, 2), null, zeros(FLOAT32)))
        .containsExactly(zeros(FLOAT32, 2), null, zeros(FLOAT32));
    assertThatThrownBy(() -> Promotion.canonicalizeDtype(INT32))
        .hasMessage("argument \"dtype\": Dtype must be inexact (floating-point), got int32");
    assertThatThrownBy(() -> Dense.builder().features(2).dtype(INT32).build())
        .hasMessage("argument \"dtype\": Dtype must be inexact (floating-point), got int32");
  }

  @Test
  void denseNeedsFeaturesAndAnAxis() {
    assertThatThrownBy(() -> Dense.builder().build())
        .hasMessage("Dense: argument \"features\": expected a number of 0 or more, got none");
    assertThatThrownBy(() -> Dense.of(2).init(RNGS, zeros(FLOAT32)))
        .hasMessage("/: argument \"inputs\": expected at least one axis, got shape []");
  }

  @Test
  void denseGeneralNeedsAxesOfItsInput() {
    DenseGeneral.Builder builder = DenseGeneral.builder().features(2);
    assertThatThrownBy(() -> DenseGeneral.builder().build())
        .hasMessage(
            "DenseGeneral: argument \"features\": expected one or more lengths of 0 or more, got"
                + " []");
    assertThatThrownBy(() -> builder.axis(2).build().init(RNGS, zeros(FLOAT32, 2, 3)))
        .hasMessage("/: argument \"axis\": expected axes of an input of shape [2, 3], got [2]");
    assertThatThrownBy(() -> builder.axis(1, -1).build().init(RNGS, zeros(FLOAT32, 2, 3)))
        .hasMessage(
            "/: arguments \"axis\" and \"batchDims\" (batch_dims): expected different axes of an input of shape"
                + " [2, 3], got [1, -1] and []");
    assertThatThrownBy(() -> builder.axis(0).batchDims(0).build().init(RNGS, zeros(FLOAT32, 2, 3)))
        .hasMessage(
            "/: arguments \"axis\" and \"batchDims\" (batch_dims): expected different axes of an input of shape"
                + " [2, 3], got [0] and [0]");
    assertThatThrownBy(() -> builder.axis(-1).batchDims(1).build())
        .hasMessage(
            "DenseGeneral: argument \"batchDims\" (batch_dims): expected consecutive leading axes from 0, got"
                + " [1]");
    assertThatThrownBy(() -> DenseGeneral.builder().features(2).axis().build())
        .hasMessage("DenseGeneral: argument \"axis\": expected one or more axes, got none");
  }

  @Test
  void anotherContractionMayBeGiven() {
    DotGeneral doubled =
        (lhs, rhs, axes, precision) -> {
          assertThat(axes.lhsContract()).containsExactly(1);
          assertThat(precision).isEqualTo(Precision.HIGHEST);
          return DotGeneral.standard().dotGeneral(lhs, rhs, axes, precision).times(2);
        };
    Array x = Array.full(1, FLOAT32, 2, 3);
    Dense plain = Dense.of(4);
    Dense other =
        Dense.builder().features(4).precision(Precision.HIGHEST).dotGeneral(doubled).build();
    Variables variables = plain.init(RNGS, x);

    assertThat(other.apply(variables, x)).isEqualTo(plain.apply(variables, x).times(2));
  }

  @Test
  void layerNormNeedsAxesOfItsInput() {
    assertThatThrownBy(
            () -> LayerNorm.builder().reductionAxes(2).build().init(RNGS, zeros(FLOAT32, 2, 3)))
        .hasMessage(
            "/: argument \"reductionAxes\" (reduction_axes): expected axes of an input of shape [2, 3], got [2]");
    assertThatThrownBy(
            () -> LayerNorm.builder().featureAxes(-3).build().init(RNGS, zeros(FLOAT32, 2, 3)))
        .hasMessage(
            "/: argument \"featureAxes\" (feature_axes): expected axes of an input of shape [2, 3], got [-3]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.5, 1.5, Double.NaN})
  void aDropoutRateIsAProbability(double rate) {
    assertThatThrownBy(() -> Dropout.of(rate))
        .hasMessage("Dropout: argument \"rate\": expected a number from 0 to 1, got " + rate);
  }

  @Test
  void dropoutMustKnowWhetherItDrops() {
    Dropout.Inputs x = Dropout.Inputs.of(Array.full(1, FLOAT32, 3));
    Dropout fixed = Dropout.builder().rate(0).deterministic(true).build();

    assertThatThrownBy(() -> Dropout.of(0).apply(Variables.empty(), x))
        .hasMessage(
            "/: argument \"deterministic\": expected true or false when the module is built or at"
                + " the call, got none");
    assertThatThrownBy(() -> fixed.apply(Variables.empty(), x.deterministic(false)))
        .hasMessage(
            "/: argument \"deterministic\": expected once, got true when the module was built and"
                + " false at the call");
    assertThat(fixed.apply(Variables.empty(), x)).isEqualTo(x.inputs());
  }

  @Test
  void dropoutNeedsAStreamAndFloatsAndAxes() {
    Dropout half = Dropout.builder().rate(0.5).deterministic(false).broadcastDims(1).build();

    assertThatThrownBy(() -> half.apply(Variables.empty(), Dropout.Inputs.of(zeros(FLOAT32, 2, 3))))
        .isInstanceOf(LinenException.InvalidRngError.class)
        .hasMessage("/: random stream \"dropout\": expected a key, got no streams");
    assertThatThrownBy(() -> half.apply(Variables.empty(), Dropout.Inputs.of(zeros(INT32, 2, 3))))
        .hasMessage("/: argument \"inputs\": expected a floating-point type, got int32");
    assertThatThrownBy(() ->
            half.apply(
                Variables.empty(), Dropout.Inputs.of(zeros(FLOAT32, 3)), Rngs.of("dropout", 1)))
        .hasMessage(
            "/: argument \"broadcastDims\" (broadcast_dims): expected axes of an input of shape [3], got [1]");
  }

  @Test
  void embedNeedsIntegersOfItsTable() {
    Embed embed = Embed.of(5, 3);
    assertThatThrownBy(() -> embed.init(RNGS, zeros(FLOAT32, 2)))
        .hasMessage("/: argument \"inputs\": expected integers, got float32[2]");
    assertThatThrownBy(() -> embed.init(RNGS, Array.of(new int[] {0, 5})))
        .hasMessage("/: argument \"inputs\": expected numbers from 0 to 4, got 5");
    assertThatThrownBy(() -> embed.init(RNGS, Array.of(new int[] {-6})))
        .hasMessage("/: argument \"inputs\": expected numbers from 0 to 4, got -6");
    assertThatThrownBy(() -> embed.initMethod(RNGS, s -> embed.attend(s, zeros(FLOAT32, 2))))
        .hasMessage("/: argument \"query\": expected shape [..., 3], got [2]");
    assertThatThrownBy(() -> Embed.builder().features(3).build())
        .hasMessage(
            "Embed: arguments \"numEmbeddings\" (num_embeddings) and \"features\": expected numbers of 0 or more,"
                + " got -1 and 3");
  }

  @Test
  void attentionsOwnChecksNameTheModule() {
    var attention = MultiHeadDotProductAttention.builder().numHeads(3).build();
    var builder = MultiHeadDotProductAttention.builder().numHeads(2);
    Array x = zeros(FLOAT32, 2, 3, 4);

    assertThatThrownBy(() -> attention.init(RNGS, x))
        .hasMessage(
            "/: argument \"qkvFeatures\" (qkv_features): expected a multiple of the number of heads (3), got 4");
    assertThatThrownBy(() -> builder.build().init(RNGS, x, zeros(FLOAT32, 5, 3, 4)))
        .hasMessage(
            "/: argument \"inputs_kv\": expected the batch axes [2] of inputs_q, got shape [5, 3,"
                + " 4]");
    assertThatThrownBy(() ->
            builder.build().init(RNGS, AttentionInputs.of(x, x.plus(0), zeros(FLOAT32, 2, 7, 4))))
        .hasMessage(
            "/: argument \"inputs_v\": expected a length of 3, as inputs_k has, got shape [2, 7,"
                + " 4]");
    assertThatThrownBy(() -> MultiHeadDotProductAttention.builder().build())
        .hasMessage("argument \"numHeads\" (num_heads): is missing; numHeads(...) sets it");
    assertThatThrownBy(() -> builder.biasInit(Initializers.heNormal()).build().init(RNGS, x))
        .hasMessageStartingWith("/query: parameter \"bias\": initializer: ");
    assertThatThrownBy(
            () -> builder.kernelInit((key, shape, dtype) -> zeros(dtype, 1)).build().init(RNGS, x))
        .hasMessage(
            "/query: parameter \"kernel\": expected its initializer to make shape [4, 4], got [1]");
  }

  @Test
  void scoresMayBeMoreThanAnArrayCanHold() {
    Array q = zeros(FLOAT32, 1, 60_000, 1, 1);
    AttentionOptions masked = AttentionOptions.builder().mask(zeros(FLOAT32, 5, 1, 1, 1)).build();

    assertThatThrownBy(() -> DotProductAttention.dotProductAttention(q, q, q, masked))
        .hasMessageContaining("scores [1, 1, 60000, 60000]")
        .hasMessageEndingWith("got [5, 1, 1, 1]");
    assertThat(Masks.makeCausalMask(zeros(FLOAT32, 60_000)).shape().count())
        .isEqualTo(3_600_000_000L);
    assertThatThrownBy(() ->
            DotProductAttention.dotProductAttentionWeights(
                q, q, AttentionOptions.builder().build()))
        .hasMessage(
            "shape: expected at most 2147483639 elements, got [1, 1, 60000, 60000], which has"
                + " more");
  }

  @Test
  void masksOfOtherBatchesAreNoPair() {
    assertThatThrownBy(() -> Masks.makeAttentionMask(zeros(FLOAT32, 2, 3), zeros(FLOAT32, 3, 4)))
        .hasMessage(
            "make_attention_mask: arguments \"query_input\" and \"key_input\": expected batch axes"
                + " that broadcast, got [2] and [3]");
  }

  @Test
  void whatIsNotThereIsNamed() {
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    AttentionInputs none = null;

    assertThatThrownBy(() -> AttentionInputs.of(zeros(FLOAT32, 2, 4), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("inputsK");
    assertThatThrownBy(() -> attention.apply(Variables.empty(), none))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("input");
  }

  @Test
  void precisionIsANameOrAPair() {
    assertThat(Precision.of("tensorfloat32").lhs()).isEqualTo(Precision.Level.HIGH);
    assertThat(Precision.of("HIGHEST").rhs()).isEqualTo(Precision.Level.HIGHEST);
    Precision pair = Precision.of("default", "float32");
    assertThat(List.of(pair.lhs(), pair.rhs()))
        .containsExactly(Precision.Level.DEFAULT, Precision.Level.HIGHEST);
    assertThatThrownBy(() -> Precision.of("Highest"))
        .hasMessage(
            "argument \"precision\": expected one of default, fastest, bfloat16, high, bfloat16_3x,"
                + " tensorfloat32, highest, float32, DEFAULT, HIGH, HIGHEST, got \"Highest\"");
    assertThatThrownBy(() -> Precision.of("default", "HIGH"))
        .hasMessage(
            "argument \"precision\": expected a pair of one kind, both in lower case (JAX's"
                + " strings) or both in upper case (constants of lax.Precision), got [default,"
                + " HIGH]");
    assertThatThrownBy(() -> new Precision(List.of("high", "high", "high")))
        .hasMessage(
            "argument \"precision\": expected one name or a pair of them, got [high, high, high]");
  }
}
