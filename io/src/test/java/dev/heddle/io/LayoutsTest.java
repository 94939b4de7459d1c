package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention weights between frameworks; the golden files follow the rules of transformers. */
class LayoutsTest {
  private static final String PREFIX = "encoder.layer.1";

  private static Checkpoint golden(String name) throws IOException {
    return CheckpointFile.read(Golden.file(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"layout_torch", "layout_torch_separate", "layout_torch_no_bias"})
  void torchAndFlaxHoldTheSame(String name) throws IOException {
    Checkpoint torch = golden(name + ".safetensors");
    Checkpoint flax = golden(name + "_flax.safetensors");

    assertThat(Layouts.from(Layout.TORCH_MHA).numHeads(3).convert(torch, Layout.FLAX).tensors())
        .isEqualTo(flax.tensors());
    assertThat(Layouts.from(Layout.FLAX).convert(flax, Layout.TORCH_MHA).tensors())
        .isEqualTo(torch.tensors());
  }

  @Test
  void aLayerOfBertIsTakenOutAndPutBack() throws IOException {
    Checkpoint bert = golden("layout_bert.safetensors");
    Checkpoint flax = golden("layout_bert_flax.safetensors");

    Layouts layer = Layouts.from(Layout.HF_BERT).prefix(PREFIX).numHeads(3);
    assertThat(layer.convert(bert, Layout.FLAX).tensors()).isEqualTo(flax.tensors());
    Layouts back = Layouts.from(Layout.FLAX).prefix(PREFIX);
    back.convert(flax, Layout.HF_BERT)
        .tensors()
        .forEach((name, tensor) -> assertThat(tensor).isEqualTo(bert.tensor(name)));
    assertThat(back.convert(flax, Layout.HF_BERT).tensors()).hasSize(8);
  }

  @Test
  void bertAsFlaxSavesItIsReadToo() throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    golden("layout_bert.safetensors")
        .tensors()
        .forEach((name, tensor) -> {
          String slashed = name.replace('.', '/').replace("weight", "kernel");
          boolean kernel = name.endsWith("weight") && tensor.rank() == 2;
          tensors.put("params/" + slashed, kernel ? Rearrange.transpose(tensor) : tensor);
        });

    assertThat(
            Layouts.from(Layout.HF_BERT)
                .prefix("encoder/layer/1/")
                .numHeads(3)
                .convert(Checkpoint.of(tensors), Layout.FLAX)
                .tensors())
        .isEqualTo(golden("layout_bert_flax.safetensors").tensors());
  }

  @Test
  void everyTypeIsKept() {
    for (DType dtype : DType.values()) {
      var flax = new LinkedHashMap<String, Array>();
      for (String name : new String[] {"query", "key", "value"}) {
        flax.put("params/" + name + "/kernel", Golden.values(dtype, 6, 2, 3));
      }
      flax.put("params/out/kernel", Golden.values(dtype, 2, 3, 6));
      Checkpoint torch = Layouts.from(Layout.FLAX).convert(Checkpoint.of(flax), Layout.TORCH_MHA);

      assertThat(Layouts.from(Layout.TORCH_MHA).numHeads(2).convert(torch, Layout.FLAX).tensors())
          .isEqualTo(flax);
    }
  }

  @Test
  void whatIsMissingOrDoesNotFitIsNamed() throws IOException {
    Checkpoint torch = golden("layout_torch.safetensors");
    Checkpoint bert = golden("layout_bert.safetensors");
    Checkpoint flax = golden("layout_torch_flax.safetensors");

    fails(Layouts.from(Layout.TORCH_MHA), torch, "num_heads: expected the number of heads");
    fails(Layouts.from(Layout.TORCH_MHA).numHeads(5), torch, "num_heads: expected a divisor of");
    fails(
        Layouts.from(Layout.FLAX).numHeads(5),
        flax,
        "tensor \"params/query/kernel\": expected 5 heads, as num_heads says, got 3");
    fails(
        Layouts.from(Layout.HF_BERT).numHeads(3),
        bert,
        "prefix: expected one that selects a layer of 2, as \"encoder.layer.0\","
            + " \"encoder.layer.1\"");
    fails(
        Layouts.from(Layout.HF_BERT).prefix("encoder.layer.7").numHeads(3),
        bert,
        "under the prefix \"encoder.layer.7\"");
    fails(Layouts.from(Layout.HF_BERT), torch, "expected an attention layer of BERT");
    fails(
        Layouts.from(Layout.TORCH_MHA),
        with(torch, "bias_k", 1, 1, 6),
        "tensor \"bias_k\": an extra key and value (add_bias_kv) exist in PyTorch only");
    fails(
        Layouts.from(Layout.TORCH_MHA),
        with(torch, "out_proj.weight", 4, 4),
        "tensor \"out_proj.weight\": expected a bias of shape [4] for it, got [6]");
    fails(
        Layouts.from(Layout.TORCH_MHA),
        with(torch, "in_proj_weight", 17, 6),
        "tensor \"in_proj_weight\": expected 2 axes, the first of query, key and value together");
    failsToTorch(
        with(flax, "params/key/kernel", 6, 2, 3),
        "tensor \"params/key/kernel\": expected 3 heads, got shape [6, 2, 3]");
    failsToTorch(
        with(flax, "params/query_ln/scale", 2),
        "tensor \"params/query_ln/scale\": normalized queries and keys exist in Flax's layout"
            + " only");
    assertThatThrownBy(() -> Layout.of("torch-hma"))
        .hasMessageContaining("did you mean \"torch-mha\"?");
  }

  private static Checkpoint with(Checkpoint checkpoint, String name, int... shape) {
    return checkpoint.with(
        Checkpoint.of(new LinkedHashMap<>(Map.of(name, Array.zeros(DType.FLOAT32, shape)))));
  }

  private static void fails(Layouts layouts, Checkpoint checkpoint, String message) {
    assertThatThrownBy(() -> layouts.convert(checkpoint, Layout.FLAX))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static void failsToTorch(Checkpoint flax, String message) {
    assertThatThrownBy(() -> Layouts.from(Layout.FLAX).convert(flax, Layout.TORCH_MHA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void fromFlaxToFlaxEverythingStays() throws IOException {
    Checkpoint state = golden("train_state.msgpack");
    Checkpoint layer = golden("layout_torch_flax.safetensors");
    Checkpoint more =
        with(with(layer, "params/query_ln/scale", 2), "cache/cache_index")
            .with(new Checkpoint(new LinkedHashMap<>(), Map.of("made", "here")));

    assertThat(Layouts.from(Layout.FLAX).convert(state, Layout.FLAX)).isEqualTo(state);
    assertThat(Layouts.from(Layout.FLAX).numHeads(3).convert(more, Layout.FLAX)).isEqualTo(more);
  }
}
