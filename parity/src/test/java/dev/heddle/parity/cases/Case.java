package dev.heddle.parity.cases;

import dev.heddle.array.Array;
import dev.heddle.random.Era;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;

/**
 * A case: inputs of a computation and Flax's outputs.
 *
 * @param info the JSON: the computation and its settings
 * @param tensors inputs and outputs by path, in the order of Flax's tree
 */
public record Case(Fields info, SequencedMap<String, Tensor> tensors) {
  /** Its name, as {@code modern/attention-mask-b11k}. */
  public String id() {
    return info.text("id");
  }

  /** The kind of computation, such as {@code attention}. */
  public String kind() {
    return info.text("kind");
  }

  /** The era of the random bits. */
  public Era era() {
    return Era.valueOf(info.text("era").toUpperCase(Locale.ROOT));
  }

  /** Whether JAX's 64-bit types were on. */
  public boolean x64() {
    return info.flag("x64");
  }

  /** The inputs by their names without {@code inputs/}, in order. */
  public SequencedMap<String, Array> inputs() {
    SequencedMap<String, Array> inputs = new LinkedHashMap<>();
    under("inputs").forEach((name, tensor) -> inputs.put(name, tensor.array()));
    return inputs;
  }

  /** The tensors below a prefix, by the remainder of their paths. */
  public SequencedMap<String, Tensor> under(String prefix) {
    SequencedMap<String, Tensor> found = new LinkedHashMap<>();
    tensors.forEach((path, tensor) -> {
      if (path.startsWith(prefix + "/")) {
        found.put(path.substring(prefix.length() + 1), tensor);
      }
    });
    return found;
  }

  /** The tensor at a path. */
  public Tensor tensor(String path) {
    Tensor tensor = tensors.get(path);
    if (tensor == null) {
      throw new IllegalArgumentException(id() + ": no tensor " + path + " in " + tensors.keySet());
    }
    return tensor;
  }

  @Override
  public String toString() {
    return id();
  }
}
