package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.io.AttentionWeights.Linear;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code torch.nn.MultiheadAttention}. */
final class TorchLayout {
  private static final String PACKED = "in_proj_weight";
  private static final String PACKED_BIAS = "in_proj_bias";
  private static final List<String> SEPARATE =
      List.of("q_proj_weight", "k_proj_weight", "v_proj_weight");
  private static final List<String> SIGNS = List.of(PACKED, SEPARATE.getFirst());
  private static final String OUT = "out_proj.weight";
  private static final String OUT_BIAS = "out_proj.bias";
  private static final int PARTS = 3;

  private TorchLayout() {}

  static AttentionWeights read(SequencedMap<String, Array> tensors, String prefix) {
    Layer layer = Layer.find(tensors, prefix, SIGNS, "a layer of torch.nn.MultiheadAttention");
    for (String extra : List.of("bias_k", "bias_v")) {
      if (layer.get(extra) != null) {
        throw layer.error(extra, "an extra key and value (add_bias_kv) exist in PyTorch only");
      }
    }
    return new AttentionWeights(
        projection(layer, 0),
        projection(layer, 1),
        projection(layer, 2),
        new Linear(
            layer.name(OUT), transposed(layer, OUT, layer.require(OUT)), layer.get(OUT_BIAS)),
        null,
        true);
  }

  private static Linear projection(Layer layer, int part) {
    Array packed = layer.get(PACKED);
    String name = packed == null ? SEPARATE.get(part) : PACKED;
    Array weight =
        packed == null
            ? layer.require(name)
            : Rearrange.part(divisible(layer, PACKED, packed, 2), part, PARTS);
    Array bias = layer.get(PACKED_BIAS);
    return new Linear(
        layer.name(name),
        transposed(layer, name, weight),
        bias == null ? null : Rearrange.part(divisible(layer, PACKED_BIAS, bias, 1), part, PARTS));
  }

  private static Array divisible(Layer layer, String name, Array packed, int rank) {
    if (packed.rank() != rank || packed.shape().dim(0) % PARTS != 0) {
      throw layer.error(
          name,
          "expected "
              + rank
              + (rank == 1 ? " axis" : " axes")
              + ", the first of query, key and value together, got shape "
              + packed.shape());
    }
    return packed;
  }

  private static Array transposed(Layer layer, String name, Array weight) {
    if (weight.rank() != 2) {
      throw layer.error(name, "expected 2 axes, got shape " + weight.shape());
    }
    return Rearrange.transpose(weight);
  }

  static void write(AttentionWeights weights, String prefix, Map<String, Array> to) {
    int features = weights.query().rows();
    for (Linear linear : List.of(weights.query(), weights.out())) {
      if (linear.rows() != features || linear.columns() != features) {
        throw new IllegalArgumentException(
            "tensor \""
                + linear.name()
                + "\": expected "
                + features
                + " features in and out, since torch-mha has one width for query, heads and output,"
                + " got "
                + linear.rows()
                + " and "
                + linear.columns());
      }
    }
    List<Linear> three = List.of(weights.query(), weights.key(), weights.value());
    List<Array> kernels = three.stream().map(each -> Rearrange.transpose(each.kernel())).toList();
    if (three.stream().allMatch(each -> each.rows() == features)) {
      to.put(prefix + PACKED, together(three, kernels));
    } else {
      for (int i = 0; i < PARTS; i++) {
        to.put(prefix + SEPARATE.get(i), kernels.get(i));
      }
    }
    List<Array> biases = three.stream().map(Linear::bias).flatMap(TorchLayout::present).toList();
    if (!biases.isEmpty()) {
      to.put(prefix + PACKED_BIAS, together(three, biases));
    }
    to.put(prefix + OUT, Rearrange.transpose(weights.out().kernel()));
    Array outBias = weights.out().bias();
    if (outBias != null) {
      to.put(prefix + OUT_BIAS, outBias);
    }
  }

  private static Stream<Array> present(@Nullable Array array) {
    return Stream.ofNullable(array);
  }

  private static Array together(List<Linear> names, List<Array> arrays) {
    Array first = arrays.getFirst();
    for (int i = 0; i < arrays.size(); i++) {
      if (arrays.get(i).dtype() != first.dtype()) {
        throw new IllegalArgumentException(
            "tensor \""
                + names.get(i).name()
                + "\": expected type "
                + first.dtype()
                + ", as the query's, since torch-mha packs the three into one, got "
                + arrays.get(i).dtype());
      }
    }
    return Rearrange.concatenate(arrays);
  }
}
