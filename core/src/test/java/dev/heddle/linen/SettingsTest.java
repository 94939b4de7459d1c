package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.DType;
import org.junit.jupiter.api.Test;

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
}
