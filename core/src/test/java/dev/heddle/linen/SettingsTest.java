package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.DType;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.internal.Settings;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.Embed;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.linen.layers.Precision;
import dev.heddle.linen.layers.RMSNorm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules as text, with their settings by Flax's names. */
class SettingsTest {

  @Test
  void aModuleShowsItsSettings() {
    assertThat(Dense.builder().features(4).build())
        .hasToString(
            "Dense(features=4, use_bias=true, param_dtype=float32, kernel_init=lecun_normal(),"
                + " bias_init=zeros())");
    assertThat(DenseGeneral.builder().features(2, 3).build().toString())
        .startsWith("DenseGeneral(features=[2, 3], axis=[-1], batch_dims=[], use_bias=true, ");
    assertThat(LayerNorm.builder().dtype(DType.BFLOAT16).build().toString())
        .startsWith("LayerNorm(epsilon=1.0E-6, dtype=bfloat16, param_dtype=float32, ");
    assertThat(Embed.builder().numEmbeddings(5).features(3).build().toString())
        .startsWith("Embed(num_embeddings=5, features=3, param_dtype=float32, ");
    assertThat(Dropout.of(0.5).toString()).startsWith("Dropout(rate=0.5, ");
    assertThat(MultiHeadDotProductAttention.builder().numHeads(2).build())
        .hasToString(
            "MultiHeadDotProductAttention(num_heads=2, param_dtype=float32, broadcast_dropout=true,"
                + " dropout_rate=0.0, kernel_init=lecun_normal(), bias_init=zeros(), use_bias=true,"
                + " decode=false, normalize_qk=false, force_fp32_for_softmax=false)");
  }

  @Test
  void aFunctionOfOnesOwnIsNamedByItsClass() {
    assertThat(Settings.of("Dense").add("kernel_init", new Object()).add("dtype", null))
        .hasToString("Dense(kernel_init=Object)");
  }

  /** Each setting that was set, and each default, is in the text; a copy has the same. */
  @Test
  void aCopyHasTheSameSettings() {
    Dense dense =
        Dense.builder().features(3).useBias(false).paramDtype(DType.FLOAT64).name("once").build();
    assertThat(dense.toBuilder().build())
        .hasToString(
            "Dense(features=3, use_bias=false, param_dtype=float64, kernel_init=lecun_normal(),"
                + " bias_init=zeros())");
    assertThat(dense.toBuilder().build().name()).isNull();
    assertThat(dense.toBuilder().features(4).build().toString()).startsWith("Dense(features=4, ");
    assertThat(dense.toString()).startsWith("Dense(features=3, ");

    assertThat(
            DenseGeneral.builder()
                .features(2, 3)
                .axis(-2, -1)
                .batchDims(0)
                .useBias(false)
                .dtype(DType.FLOAT16)
                .precision(Precision.of("highest"))
                .kernelInit(Initializers.ones())
                .biasInit(Initializers.normal(0.5))
                .build()
                .toBuilder()
                .build())
        .hasToString(
            "DenseGeneral(features=[2, 3], axis=[-2, -1], batch_dims=[0], use_bias=false,"
                + " dtype=float16, param_dtype=float32, precision=Precision[names=[highest]], kernel_init=ones(),"
                + " bias_init=normal(stddev=0.5))");
    assertThat(
            LayerNorm.builder()
                .epsilon(0.25)
                .dtype(DType.BFLOAT16)
                .useBias(false)
                .useScale(false)
                .biasInit(Initializers.ones())
                .scaleInit(Initializers.zeros())
                .reductionAxes(0, 1)
                .featureAxes(1)
                .useFastVariance(false)
                .build()
                .toBuilder()
                .build())
        .hasToString(
            "LayerNorm(epsilon=0.25, dtype=bfloat16, param_dtype=float32, use_bias=false,"
                + " use_scale=false, bias_init=ones(), scale_init=zeros(), reduction_axes=[0, 1],"
                + " feature_axes=[1], use_fast_variance=false)");
    assertThat(LayerNorm.builder().build())
        .hasToString(
            "LayerNorm(epsilon=1.0E-6, param_dtype=float32, use_bias=true, use_scale=true,"
                + " bias_init=zeros(), scale_init=ones(), reduction_axes=[-1], feature_axes=[-1],"
                + " use_fast_variance=true)");
    assertThat(
            RMSNorm.builder()
                .epsilon(0.5)
                .dtype(DType.FLOAT16)
                .useScale(false)
                .reductionAxes(0)
                .featureAxes(1)
                .build()
                .toBuilder()
                .build())
        .hasToString(
            "RMSNorm(epsilon=0.5, dtype=float16, param_dtype=float32, use_scale=false,"
                + " scale_init=ones(), reduction_axes=[0], feature_axes=[1])");
    assertThat(Embed.of(5, 3).toBuilder().dtype(DType.FLOAT16).build().toString())
        .startsWith("Embed(num_embeddings=5, features=3, dtype=float16, param_dtype=float32, ");
    assertThat(
            Dropout.builder()
                .rate(0.5)
                .broadcastDims(1)
                .deterministic(true)
                .rngCollection("d")
                .build()
                .toBuilder()
                .build())
        .hasToString("Dropout(rate=0.5, broadcast_dims=[1], deterministic=true, rng_collection=d)");
    assertThat(Sequential.builder().add(dense).build().toBuilder().add(dense).build().toString())
        .isEqualTo("Sequential(layers=[" + dense + ", " + dense + "])");
  }

  /** A module does not change with the builder that it was built from, nor with a copy. */
  @Test
  void aModuleIsImmutable() {
    AttentionBuilder builder = MultiHeadDotProductAttention.builder().numHeads(2);
    MultiHeadDotProductAttention attention = builder.build();
    builder.numHeads(4).useBias(false);
    attention.toBuilder().numHeads(8).outKernelInit(Initializers.ones());
    assertThat(attention.settings())
        .isEqualTo(MultiHeadDotProductAttention.builder().numHeads(2).build().settings())
        .containsEntry("num_heads", 2)
        .containsEntry("use_bias", true)
        .doesNotContainKey("dtype");
    Dense.Builder linear = Dense.builder().features(2);
    Dense dense = linear.build();
    linear.features(3);
    assertThat(dense.toString()).startsWith("Dense(features=2, ");
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> RMSNorm.builder().dtype(DType.INT32).build())
        .hasMessage("argument \"dtype\": Dtype must be inexact (floating-point), got int32");
    assertThatThrownBy(() -> Embed.of(-1, 2)).hasMessageEndingWith("got -1 and 2");
    assertThatThrownBy(() -> Embed.of(2, -1)).hasMessageEndingWith("got 2 and -1");
    assertThat(Embed.of(0, 0).toString()).startsWith("Embed(num_embeddings=0, features=0, ");
  }

  /** JAX's 64-bit mode is on where the module, or what it is given, asks for float64. */
  @ParameterizedTest
  @CsvSource({"FLOAT32, FLOAT32, false", "FLOAT64, FLOAT32, true", "FLOAT32, FLOAT64, true"})
  void float64IsSeenInBothDtypes(DType dtype, DType paramDtype, boolean expected) {
    for (Module<?, ?> module :
        List.of(
            Dense.builder().features(2).dtype(dtype).paramDtype(paramDtype).build(),
            DenseGeneral.builder().features(2).dtype(dtype).paramDtype(paramDtype).build(),
            LayerNorm.builder().dtype(dtype).paramDtype(paramDtype).build(),
            RMSNorm.builder().dtype(dtype).paramDtype(paramDtype).build(),
            Embed.builder()
                .numEmbeddings(2)
                .features(2)
                .dtype(dtype)
                .paramDtype(paramDtype)
                .build(),
            MultiHeadDotProductAttention.builder()
                .numHeads(2)
                .dtype(dtype)
                .paramDtype(paramDtype)
                .build())) {
      assertThat(module.usesFloat64()).as("%s", module).isEqualTo(expected);
    }
  }
}
