package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.DType;
import dev.heddle.linen.attention.CausalAlignment;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.attention.SlidingWindow;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flax's constructor arguments as JSON. */
class ConfigJsonTest {
  private static final String ALL =
      """
      {"num_heads": 8, "dtype": "bfloat16", "param_dtype": "float64", "qkv_features": 512, \
      "out_features": 256, "broadcast_dropout": false, "dropout_rate": 0.1, \
      "deterministic": true, "precision": ["default", "highest"], \
      "kernel_init": "xavier_uniform", "bias_init": {"name": "normal", "stddev": 1.0E-6}, \
      "out_kernel_init": {"name": "variance_scaling", "scale": 1.0, "mode": "fan_in", \
      "distribution": "truncated_normal"}, "out_bias_init": "ones", "use_bias": false, \
      "decode": true, "normalize_qk": true, "force_fp32_for_softmax": true, "num_kv_heads": 4, \
      "is_causal": true, "causal_alignment": "bottom_right", "sliding_window": [1023, null], \
      "scale": 0.25, "logits_soft_cap": 50.0}\
      """;

  @TempDir Path folder;

  @Test
  void everyArgumentIsReadAndWritten() {
    MultiHeadDotProductAttention attention = ConfigJson.read(ALL);

    assertThat(attention.settings())
        .containsEntry("num_heads", 8)
        .containsEntry("dtype", DType.BFLOAT16)
        .containsEntry("param_dtype", DType.FLOAT64)
        .containsEntry("qkv_features", 512)
        .containsEntry("out_features", 256)
        .containsEntry("broadcast_dropout", false)
        .containsEntry("dropout_rate", 0.1)
        .containsEntry("deterministic", true)
        .containsEntry("precision", Precision.of("default", "highest"))
        .containsEntry("kernel_init", Initializers.xavierUniform())
        .containsEntry("bias_init", Initializers.normal(1e-6))
        .containsEntry("out_bias_init", Initializers.ones())
        .containsEntry("use_bias", false)
        .containsEntry("decode", true)
        .containsEntry("normalize_qk", true)
        .containsEntry("force_fp32_for_softmax", true)
        .containsEntry("num_kv_heads", 4)
        .containsEntry("is_causal", true)
        .containsEntry("causal_alignment", CausalAlignment.BOTTOM_RIGHT)
        .containsEntry("sliding_window", new SlidingWindow(1023, null))
        .containsEntry("scale", 0.25)
        .containsEntry("logits_soft_cap", 50.0);
    assertThat(ConfigJson.write(attention)).isEqualTo(ALL);
    assertThat(ConfigJson.read(ConfigJson.write(attention)).settings())
        .isEqualTo(attention.settings());
  }

  @Test
  void defaultsAreNotWrittenAndNoneIsNull() {
    String nulls =
        """
        {"num_heads": 2, "dtype": null, "qkv_features": null, "out_features": null,
         "deterministic": null, "precision": null, "out_kernel_init": null, "out_bias_init": null,
         "qkv_dot_general": null, "attention_fn": "dot_product_attention", "name": null}\
        """;

    assertThat(ConfigJson.write(ConfigJson.read(nulls))).isEqualTo("{\"num_heads\": 2}");
  }

  @Test
  void mistakesAreNamedWithTheirPlace() throws IOException {
    refused("{\"nun_heads\": 8}", "key \"nun_heads\": is not an argument of");
    refused(
        "{\"nun_heads\": 8}", "; did you mean \"num_heads\" or \"num_kv_heads\"? (line 1, column ");
    refused("{}", "the key \"num_heads\" is missing");
    refused("[8]", "expected an object, got a list");
    refused("{\"num_heads\": 8, \"num_heads\": 8}", "the key \"num_heads\" is given twice");
    refused("{\"num_heads\": 8.0}", "key \"num_heads\": expected an integer, got 8.0");
    refused("{\"num_heads\": true}", "key \"num_heads\": expected an integer, got true");
    refused("{\"num_heads\": \"8\"}", "key \"num_heads\": expected an integer, got \"8\"");
    refused("{\"num_heads\": NaN}", "key \"num_heads\": expected an integer, got NaN");
    refused("{\"num_heads\": 99999999999}", "expected an integer of at most 32 bits");
    refused("{\"num_heads\": 0}", "argument \"num_heads\": expected 1 or more, got 0");
    refused("{\"num_heads\": 3, \"qkv_features\": 16}", "\"qkv_features\": expected a multiple");
    refused("{\"num_heads\": 1, \"dropout_rate\": NaN}", "\"dropout_rate\"");
    refused("{\"num_heads\": 1, \"dropout_rate\": -Infinity}", "\"dropout_rate\"");
    refused(
        "{\"num_heads\": 1, \"use_bias\": 1}", "key \"use_bias\": expected true or false, got 1");
    refused("{\"num_heads\": 1, \"dtype\": \"flota32\"}", "did you mean \"float32\"");
    refused(
        "{\"num_heads\": 1, \"dtype\": \"int32\"}",
        "expected one of float32, float64, bfloat16, float16, got \"int32\"");
    refused("{\"num_heads\": 1, \"dtype\": \"fp16\"}", "did you mean \"float16\"?");
    refused("{\"heads\": 1}", "did you mean \"num_heads\" or \"num_kv_heads\"?");
    refused(
        "{\"num_heads\": 1, \"dropout\": 0}",
        "did you mean \"dropout_rate\" or \"broadcast_dropout\"?");
    refused("{\"num_heads\": 1, \"bias\": true}", "did you mean \"bias_init\" or ");
    refused(
        "{\"num_heads\": 1, \"kernel_init\": \"xavier\"}",
        "did you mean \"xavier_normal\" or \"xavier_uniform\"?");
    refused("{\"num_heads\": 1, \"param_dtype\": null}", "key \"param_dtype\": expected the name");
    refused("{\"num_heads\": 1, \"precision\": \"most\"}", "key \"precision\": ");
    refused("{\"num_heads\": 1, \"precision\": [\"high\"]}", "expected a name, or a list of two");
    refused("{\"num_heads\": 1, \"precision\": [1, 1]}", "expected a name, or a list of two");
    refused("{\"num_heads\": 1, \"kernel_init\": \"lecun_normla\"}", "\"lecun_normal\"");
    refused("{\"num_heads\": 1, \"kernel_init\": {\"stddev\": 1}}", "with its \"name\"");
    refused(
        "{\"num_heads\": 1, \"kernel_init\": {\"name\": \"normal\", \"stddev\": NaN}}",
        "key \"kernel_init\": initializer \"normal\": argument \"stddev\": expected a finite");
    refused(
        "{\"num_heads\": 1, \"kernel_init\": {\"name\": \"normal\", \"stddev\": null}}",
        "key \"kernel_init.stddev\": expected a number, a string or a list, got null");
    refused("{\"num_heads\": 1, \"attention_fn\": \"mine\"}", "is a function in Flax");
  }

  private void refused(String json, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("c.json"), json);

    assertThatThrownBy(() -> ConfigJson.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> ConfigJson.read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("configuration: ")
        .hasMessageContaining(message);
  }

  @Test
  void aFunctionOfTheUsersOwnCannotBeWritten() {
    MultiHeadDotProductAttention attention =
        MultiHeadDotProductAttention.builder()
            .numHeads(2)
            .biasInit((key, shape, dtype) -> Initializers.zeros().init(key, shape, dtype))
            .build();

    assertThatThrownBy(() -> ConfigJson.write(attention))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("argument \"bias_init\": is a user-defined function");
  }

  @Test
  void initializersByNameAreFlaxs() {
    for (String name : Initializers.names()) {
      if (!name.equals("constant") && !name.equals("variance_scaling")) {
        String json = "{\"num_heads\": 2, \"kernel_init\": \"" + name + "\"}";
        assertThat(ConfigJson.read(json).settings().get("kernel_init"))
            .isEqualTo(Initializers.byName(name, Map.of()));
      }
    }
  }
}
