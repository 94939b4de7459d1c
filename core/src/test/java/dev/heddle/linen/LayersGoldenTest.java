package dev.heddle.linen;

import static dev.heddle.array.DType.BFLOAT16;
import static dev.heddle.array.DType.FLOAT16;
import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.array.DType.FLOAT64;
import static dev.heddle.linen.GoldenLines.assertClose;
import static dev.heddle.linen.GoldenLines.assertEqualBits;
import static dev.heddle.linen.GoldenLines.counted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.Embed;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.linen.layers.RMSNorm;
import dev.heddle.random.Era;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every simple layer beside Flax's: initial parameters in bits, outputs to rounding. */
class LayersGoldenTest {

  private static final Map<String, Module<Array, Array>> LAYERS =
      Map.ofEntries(
          Map.entry("dense", Dense.of(5)),
          Map.entry("dense-vector", Dense.builder().features(5).useBias(false).build()),
          Map.entry("dense-int", Dense.of(5)),
          Map.entry("dense-int-bf16", Dense.builder().features(3).paramDtype(BFLOAT16).build()),
          Map.entry("dense-bf16", Dense.builder().features(3).dtype(BFLOAT16).build()),
          Map.entry("dense-f16", Dense.builder().features(3).paramDtype(FLOAT16).build()),
          Map.entry("dense-mixed", Dense.builder().features(3).paramDtype(FLOAT16).build()),
          Map.entry("dense-f64", Dense.of(3)),
          Map.entry("dense-params-f64", Dense.builder().features(3).paramDtype(FLOAT64).build()),
          Map.entry("general", general(2, 3).build()),
          Map.entry("general-axes", general(4, 5).axis(1, -1).build()),
          Map.entry("general-axes-turned", general(3).axis(-1, 1).build()),
          Map.entry("general-batch", general(2, 3).axis(-1).batchDims(0).build()),
          Map.entry(
              "general-batch2",
              general(5).axis(2, 4).batchDims(0, 1).biasInit(Initializers.normal()).build()),
          Map.entry(
              "general-whole",
              general(3).axis(-2, -1).kernelInit(Initializers.xavierUniform()).build()),
          Map.entry("norm", LayerNorm.builder().build()),
          Map.entry("norm-constant", LayerNorm.builder().useBias(false).build()),
          Map.entry("norm-slow", LayerNorm.builder().useFastVariance(false).epsilon(1e-3).build()),
          Map.entry("norm-bare", LayerNorm.builder().useBias(false).useScale(false).build()),
          Map.entry("norm-axes", LayerNorm.builder().reductionAxes(1, 2).build()),
          Map.entry(
              "norm-features",
              LayerNorm.builder()
                  .featureAxes(1, 2)
                  .scaleInit(Initializers.normal(1.0))
                  .biasInit(Initializers.normal(1.0))
                  .build()),
          Map.entry("norm-bf16", LayerNorm.builder().build()),
          Map.entry("norm-all-bf16", LayerNorm.builder().paramDtype(BFLOAT16).build()),
          Map.entry("norm-f16", LayerNorm.builder().dtype(FLOAT16).build()),
          Map.entry("norm-int", LayerNorm.builder().build()),
          Map.entry("norm-f64", LayerNorm.builder().build()),
          Map.entry("rms", RMSNorm.builder().build()),
          Map.entry("rms-bare", RMSNorm.builder().useScale(false).epsilon(1e-3).build()),
          Map.entry("rms-axes", RMSNorm.builder().reductionAxes(1, 2).build()),
          Map.entry(
              "rms-features",
              RMSNorm.builder().featureAxes(1, 2).scaleInit(Initializers.normal(1)).build()),
          Map.entry("rms-bf16", RMSNorm.builder().build()),
          Map.entry("rms-all-bf16", RMSNorm.builder().paramDtype(BFLOAT16).build()),
          Map.entry("rms-f16", RMSNorm.builder().dtype(FLOAT16).build()),
          Map.entry("rms-int", RMSNorm.builder().build()),
          Map.entry("rms-f64", RMSNorm.builder().build()),
          Map.entry("embed", Embed.of(5, 3)),
          Map.entry("embed-one", Embed.of(1, 3)),
          Map.entry(
              "embed-bf16", Embed.builder().numEmbeddings(5).features(3).dtype(BFLOAT16).build()),
          Map.entry(
              "embed-params-f16",
              Embed.builder().numEmbeddings(5).features(3).paramDtype(FLOAT16).build()));

  private static DenseGeneral.Builder general(int... features) {
    return DenseGeneral.builder().features(features);
  }

  static Stream<Arguments> layers() {
    return LAYERS.keySet().stream()
        .sorted()
        .flatMap(name -> Stream.of(Arguments.of("modern", name), Arguments.of("classic", name)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("layers")
  void aLayerMakesFlaxsParametersAndOutput(String era, String name) {
    GoldenLines golden = GoldenLines.of(era, name);
    Module<Array, Array> layer = LAYERS.get(name);
    Array input = golden.tensor("input");
    Rngs rngs = Rngs.of(0).era(Era.valueOf(era.toUpperCase(Locale.ROOT)));

    Applied<Array> made = layer.initWithOutput(rngs, input);

    assertEqualBits(made.variables(), golden.variables("variables"));
    assertClose(made.output(), golden.tensor("output"));
    assertThat(layer.apply(golden.variables("variables"), input)).isEqualTo(made.output());
  }

  @ParameterizedTest
  @MethodSource("dropouts")
  void dropoutDropsWhatFlaxDrops(String era, String name, Dropout dropout, Array x) {
    Rngs rngs = Rngs.of("dropout", 3).era(Era.valueOf(era.toUpperCase(Locale.ROOT)));
    Array y = dropout.apply(Variables.empty(), Dropout.Inputs.of(x).deterministic(false), rngs);

    Array expected = GoldenLines.of(era, name).tensor("output");
    assertClose(y, expected);
    assertThat(nonZero(y)).isEqualTo(nonZero(expected));
  }

  static Stream<Arguments> dropouts() {
    return Stream.of("modern", "classic")
        .flatMap(era ->
            Stream.of(
                Arguments.of(era, "dropout", Dropout.of(0.3), counted(5, 7)),
                Arguments.of(
                    era,
                    "dropout-shared",
                    Dropout.builder().rate(0.3).broadcastDims(0, -1).build(),
                    counted(3, 4, 2)),
                Arguments.of(era, "dropout-bf16", Dropout.of(0.1), counted(0.25, BFLOAT16, 5, 7)),
                Arguments.of(era, "dropout-f16", Dropout.of(0.1), counted(0.25, FLOAT16, 5, 7)),
                Arguments.of(era, "dropout-f64", Dropout.of(0.3), counted(0.25, FLOAT64, 5, 7)),
                Arguments.of(era, "dropout-one", Dropout.of(1), counted(2, 3))));
  }

  private static boolean[] nonZero(Array x) {
    return x.toBooleanArray();
  }

  @Test
  void attendMultipliesWithTheTable() {
    GoldenLines golden = GoldenLines.of("modern", "attend");
    Embed embed = Embed.of(5, 3);

    Array logits =
        embed.applyMethod(
            golden.variables("variables"),
            scope -> embed.attend(scope, counted(0.25, FLOAT32, 2, 3)));

    assertClose(logits, golden.tensor("output"));
  }
}
