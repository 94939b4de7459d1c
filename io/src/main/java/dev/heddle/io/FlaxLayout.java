package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.io.AttentionWeights.Linear;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Flax's tree of an attention layer's parameters. */
final class FlaxLayout {
  private static final String QUERY = "query/kernel";
  private static final List<String> SIGNS = List.of("query.kernel");
  private static final String KIND = "a Flax attention layer";

  private FlaxLayout() {}

  static AttentionWeights read(
      SequencedMap<String, Array> tensors, String prefix, @Nullable Integer numHeads) {
    boolean prefixed = !prefix.isEmpty() && Layer.exists(tensors, prefix, SIGNS);
    boolean atTop =
        tensors.containsKey("params/query/kernel") || tensors.containsKey("query/kernel");
    Layer layer = Layer.find(tensors, prefixed || !atTop ? prefix : "", SIGNS, KIND);
    for (String norm : List.of("query_ln.scale", "key_ln.scale")) {
      if (layer.get(norm) != null) {
        throw layer.error(norm, "normalized queries and keys exist in Flax's layout only");
      }
    }
    int heads = kernel(layer, "query").shape().dim(1);
    if (numHeads != null) {
      checkHeads(layer.name("query.kernel"), heads, numHeads);
    }
    return new AttentionWeights(
        projection(layer, "query", heads),
        projection(layer, "key", heads),
        projection(layer, "value", heads),
        out(layer, heads),
        heads,
        prefixed);
  }

  /**
   * Checks that every attention layer has a number of heads.
   *
   * @throws IllegalArgumentException if a layer has another number
   */
  static void checkHeads(SequencedMap<String, Array> tensors, int numHeads) {
    tensors.forEach((name, tensor) -> {
      if ((name.equals(QUERY) || name.endsWith("/" + QUERY)) && tensor.rank() == 3) {
        checkHeads(name, tensor.shape().dim(1), numHeads);
      }
    });
  }

  private static void checkHeads(String name, int heads, int numHeads) {
    if (heads != numHeads) {
      throw new IllegalArgumentException(
          "tensor \""
              + name
              + "\": expected "
              + numHeads
              + " heads, as num_heads says, got "
              + heads);
    }
  }

  private static Array kernel(Layer layer, String name) {
    Array kernel = layer.require(name + ".kernel");
    if (kernel.rank() != 3) {
      throw layer.error(
          name + ".kernel",
          "expected 3 axes, "
              + (name.equals("out") ? "heads, depth, features" : "features, heads, depth")
              + ", got shape "
              + kernel.shape());
    }
    return kernel;
  }

  private static Linear projection(Layer layer, String name, int heads) {
    Array kernel = kernel(layer, name);
    int depth = kernel.shape().dim(2);
    if (kernel.shape().dim(1) != heads) {
      throw layer.error(
          name + ".kernel", "expected " + heads + " heads, got shape " + kernel.shape());
    }
    Array bias = layer.get(name + ".bias");
    if (bias != null) {
      if (bias.rank() != 2 || bias.shape().dim(0) != heads || bias.shape().dim(1) != depth) {
        throw layer.error(
            name + ".bias", "expected shape [" + heads + ", " + depth + "], got " + bias.shape());
      }
      bias = Rearrange.reshape(bias, heads * depth);
    }
    return new Linear(
        layer.name(name + ".kernel"),
        Rearrange.reshape(kernel, kernel.shape().dim(0), heads * depth),
        bias);
  }

  private static Linear out(Layer layer, int heads) {
    Array kernel = kernel(layer, "out");
    if (kernel.shape().dim(0) != heads) {
      throw layer.error("out.kernel", "expected " + heads + " heads, got shape " + kernel.shape());
    }
    return new Linear(
        layer.name("out.kernel"),
        Rearrange.reshape(kernel, heads * kernel.shape().dim(1), kernel.shape().dim(2)),
        layer.get("out.bias"));
  }

  static void write(AttentionWeights weights, int heads, Map<String, Array> to) {
    write("query", weights.query(), heads, to);
    write("key", weights.key(), heads, to);
    write("value", weights.value(), heads, to);
    Linear out = weights.out();
    int depth = out.rows() / heads;
    to.put("params/out/kernel", Rearrange.reshape(out.kernel(), heads, depth, out.columns()));
    if (out.bias() != null) {
      to.put("params/out/bias", out.bias());
    }
  }

  private static void write(String name, Linear linear, int heads, Map<String, Array> to) {
    int depth = linear.columns() / heads;
    to.put(
        "params/" + name + "/kernel",
        Rearrange.reshape(linear.kernel(), linear.rows(), heads, depth));
    if (linear.bias() != null) {
      to.put("params/" + name + "/bias", Rearrange.reshape(linear.bias(), heads, depth));
    }
  }
}
