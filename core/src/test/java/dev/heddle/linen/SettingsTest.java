package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.DType;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
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

  /** Each setting that was given, and each default, is read from the module again. */
  @Test
  void settingsAreReadBack() {
    DenseGeneral general =
        DenseGeneral.builder()
            .features(2, 3)
            .axis(-2, -1)
            .useBias(false)
            .dtype(DType.FLOAT16)
            .precision(Precision.of("highest"))
            .build();
    assertThat(general.features()).containsExactly(2, 3);
    assertThat(general.axis()).containsExactly(-2, -1);
    assertThat(general.batchDims()).isEmpty();
    assertThat(general.useBias()).isFalse();
    assertThat(general.dtype()).isEqualTo(DType.FLOAT16);
    assertThat(general.precision()).isEqualTo(Precision.of("highest"));
    assertThat(DenseGeneral.builder().features(2).build().useBias()).isTrue();

    LayerNorm norm =
        LayerNorm.builder()
            .epsilon(0.25)
            .dtype(DType.BFLOAT16)
            .useBias(false)
            .useScale(false)
            .reductionAxes(0, 1)
            .featureAxes(1)
            .useFastVariance(false)
            .build();
    assertThat(norm.epsilon()).isEqualTo(0.25);
    assertThat(norm.dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(norm.useBias()).isFalse();
    assertThat(norm.useScale()).isFalse();
    assertThat(norm.reductionAxes()).containsExactly(0, 1);
    assertThat(norm.featureAxes()).containsExactly(1);
    assertThat(norm.useFastVariance()).isFalse();
    LayerNorm usual = LayerNorm.builder().build();
    assertThat(usual.useBias() && usual.useScale() && usual.useFastVariance()).isTrue();
    assertThat(usual.reductionAxes()).containsExactly(-1);
    assertThat(usual.featureAxes()).containsExactly(-1);

    RMSNorm root =
        RMSNorm.builder()
            .epsilon(0.5)
            .dtype(DType.FLOAT16)
            .useScale(false)
            .reductionAxes(0)
            .featureAxes(1)
            .build();
    assertThat(root.epsilon()).isEqualTo(0.5);
    assertThat(root.dtype()).isEqualTo(DType.FLOAT16);
    assertThat(root.useScale()).isFalse();
    assertThat(root.reductionAxes()).containsExactly(0);
    assertThat(root.featureAxes()).containsExactly(1);
    assertThat(root.toString()).startsWith("RMSNorm(epsilon=0.5, dtype=float16, param_dtype=");
    assertThat(RMSNorm.builder().build().useScale()).isTrue();
    assertThatThrownBy(() -> RMSNorm.builder().dtype(DType.INT32).build())
        .hasMessage("argument \"dtype\": Dtype must be inexact (floating-point), got int32");
    assertThatThrownBy(() -> Embed.of(-1, 2)).hasMessageEndingWith("got -1 and 2");
    assertThatThrownBy(() -> Embed.of(2, -1)).hasMessageEndingWith("got 2 and -1");
    assertThat(Embed.of(0, 0).features()).isZero();

    Dense dense = Dense.builder().features(3).useBias(false).paramDtype(DType.FLOAT64).build();
    assertThat(dense.features()).isEqualTo(3);
    assertThat(dense.useBias()).isFalse();
    assertThat(dense.paramDtype()).isEqualTo(DType.FLOAT64);
    assertThat(dense.dtype()).isNull();
    assertThat(dense.precision()).isNull();

    Embed embed = Embed.builder().numEmbeddings(5).features(3).dtype(DType.FLOAT16).build();
    assertThat(embed.numEmbeddings()).isEqualTo(5);
    assertThat(embed.features()).isEqualTo(3);
    assertThat(embed.dtype()).isEqualTo(DType.FLOAT16);
    assertThat(embed.paramDtype()).isEqualTo(DType.FLOAT32);

    Dropout dropout =
        Dropout.builder().rate(0.5).broadcastDims(1).deterministic(true).rngCollection("d").build();
    assertThat(dropout.rate()).isEqualTo(0.5);
    assertThat(dropout.broadcastDims()).containsExactly(1);
    assertThat(dropout.deterministic()).isTrue();
    assertThat(dropout.rngCollection()).isEqualTo("d");
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
