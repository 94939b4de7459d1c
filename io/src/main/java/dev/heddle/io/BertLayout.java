package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.io.AttentionWeights.Linear;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The attention of BERT in Hugging Face's transformers: PyTorch's names ({@code .weight}, features
 * out first) or Flax's ({@code /kernel}, features in first).
 */
final class BertLayout {
  private static final String QUERY = "attention.self.query";
  private static final String KEY = "attention.self.key";
  private static final String VALUE = "attention.self.value";
  private static final String OUT = "attention.output.dense";
  private static final String WEIGHT = ".weight";
  private static final String KERNEL = ".kernel";
  private static final String BIAS = ".bias";

  private BertLayout() {}

  static AttentionWeights read(SequencedMap<String, Array> tensors, String prefix) {
    Layer layer =
        Layer.find(
            tensors, prefix, List.of(QUERY + WEIGHT, QUERY + KERNEL), "an attention layer of BERT");
    return new AttentionWeights(
        linear(layer, QUERY),
        linear(layer, KEY),
        linear(layer, VALUE),
        linear(layer, OUT),
        null,
        true);
  }

  private static Linear linear(Layer layer, String name) {
    boolean flax = layer.get(name + KERNEL) != null;
    String kernelName = name + (flax ? KERNEL : WEIGHT);
    Array kernel = layer.require(kernelName);
    if (kernel.rank() != 2) {
      throw layer.error(kernelName, "expected 2 axes, got shape " + kernel.shape());
    }
    return new Linear(
        layer.name(kernelName),
        flax ? kernel : Rearrange.transpose(kernel),
        layer.get(name + BIAS));
  }

  static void write(AttentionWeights weights, String prefix, Map<String, Array> to) {
    write(prefix + QUERY, weights.query(), to);
    write(prefix + KEY, weights.key(), to);
    write(prefix + VALUE, weights.value(), to);
    write(prefix + OUT, weights.out(), to);
  }

  private static void write(String name, Linear linear, Map<String, Array> to) {
    to.put(name + WEIGHT, Rearrange.transpose(linear.kernel()));
    if (linear.bias() != null) {
      to.put(name + BIAS, linear.bias());
    }
  }
}
