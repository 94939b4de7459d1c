package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The content of a file: named arrays and metadata. A tensor's name is its path in the tree, joined
 * by {@code /}, such as {@code params/query/kernel}; the order is that of the file. Immutable.
 *
 * <pre>{@code
 * Checkpoint checkpoint = CheckpointFile.read(Path.of("model.msgpack")).variables();
 * Array kernel = checkpoint.tensor("params/query/kernel");
 * }</pre>
 *
 * @param tensors arrays by path, in the order of the file
 * @param metadata strings by name; only safetensors keeps them on writing
 */
public record Checkpoint(SequencedMap<String, Array> tensors, Map<String, String> metadata) {
  /** The collections of variables that Flax's own modules make. */
  private static final Set<String> COLLECTIONS =
      Set.of("params", "cache", "intermediates", "batch_stats", "perturbations");

  /** Copies both maps. */
  public Checkpoint {
    tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** Tensors without metadata. */
  public static Checkpoint of(SequencedMap<String, Array> tensors) {
    return new Checkpoint(tensors, Map.of());
  }

  /**
   * The tensor with a name.
   *
   * @throws IllegalArgumentException if there is none; the message suggests the nearest names
   */
  public Array tensor(String name) {
    Array tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "tensor \"" + name + "\": not in the file" + Suggest.hint(name, tensors.keySet()));
    }
    return tensor;
  }

  /** The tensors and metadata of both; those of the argument replace those of the same name. */
  public Checkpoint with(Checkpoint later) {
    var tensorsOfBoth = new LinkedHashMap<>(tensors);
    tensorsOfBoth.putAll(later.tensors);
    var metadataOfBoth = new LinkedHashMap<>(metadata);
    metadataOfBoth.putAll(later.metadata);
    return new Checkpoint(tensorsOfBoth, metadataOfBoth);
  }

  /**
   * The variable tree, {@code {collection: {...}}}: of a training state ({@code
   * flax.training.train_state.TrainState}, or {@code target} of the older {@code flax.optim}) its
   * parameters, without the optimizer's state; parameters without a collection, as Hugging Face
   * saves them, get the prefix {@code params/}. Any other checkpoint is returned unchanged.
   */
  public Checkpoint variables() {
    if (has("params") && (has("opt_state") || tensors.containsKey("step"))) {
      return trainState("params");
    }
    if (has("target") && !has("params")) {
      return trainState("target");
    }
    if (tensors.isEmpty() || COLLECTIONS.stream().anyMatch(this::has)) {
      return this;
    }
    var named = new LinkedHashMap<String, Array>();
    tensors.forEach((name, tensor) -> named.put("params/" + name, tensor));
    return new Checkpoint(named, metadata);
  }

  private Checkpoint trainState(String root) {
    String prefix = root + "/";
    boolean hasCollections = has(prefix + "params"); // variables, not only parameters
    var retained = new LinkedHashMap<String, Array>();
    tensors.forEach((name, tensor) -> {
      if (name.startsWith(prefix)) {
        String rest = name.substring(prefix.length());
        retained.put(hasCollections ? rest : "params/" + rest, tensor);
      } else if (COLLECTIONS.contains(name.substring(0, Math.max(0, name.indexOf('/'))))) {
        retained.put(name, tensor);
      }
    });
    return new Checkpoint(retained, metadata);
  }

  private boolean has(String root) {
    String prefix = root + "/";
    return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }
}
