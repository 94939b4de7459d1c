package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts the weights of one attention layer from one framework's names and shapes to another's.
 * Elements are copied bit by bit: dtypes are kept, and converting back gives the same bits.
 *
 * <pre>{@code
 * Checkpoint flax =
 *     Layouts.from(Layout.HF_BERT)
 *         .prefix("encoder.layer.0")
 *         .numHeads(12)
 *         .convert(CheckpointFile.read(Path.of("model.safetensors")), Layout.FLAX);
 * }</pre>
 */
public final class Layouts {
  private static final Pattern END_OF_NAME = Pattern.compile("[./]+$");

  private final Layout from;
  private final String prefix;
  private final int numHeads;

  private Layouts(Layout from, String prefix, int numHeads) {
    this.from = from;
    this.prefix = prefix;
    this.numHeads = numHeads;
  }

  /** A conversion from a layout. */
  public static Layouts from(Layout layout) {
    return new Layouts(layout, "", 0);
  }

  /**
   * Selects the layer in a file with several: the prefix of its tensors' names, such as {@code
   * encoder.layer.0}. Where the source is Flax's layout, has no such prefix and has an attention
   * layer at its root, the prefix is added to the written names instead.
   */
  public Layouts prefix(String name) {
    return new Layouts(from, END_OF_NAME.matcher(name).replaceFirst(""), numHeads);
  }

  /**
   * The number of heads, which only Flax's shapes determine: required for {@link Layout#FLAX} from
   * another layout.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Layouts numHeads(int heads) {
    if (heads < 1) {
      throw new IllegalArgumentException("num_heads: expected 1 or more, got " + heads);
    }
    return new Layouts(from, prefix, heads);
  }

  /**
   * The same weights in another layout; tensors that do not belong to the layer are dropped. From
   * Flax's layout to Flax's without a prefix, the checkpoint is returned unchanged, with all
   * tensors and metadata; a number of heads is compared with that of its layers.
   *
   * @throws IllegalArgumentException if the layer is missing, or there are several and no prefix
   *     selects one; if a tensor is missing, has a shape that is inconsistent with the others, or
   *     does not exist in the other layout (PyTorch's {@code bias_k}, Flax's {@code query_ln}); or
   *     if the number of heads is required and not set. The message names the tensor.
   */
  public Checkpoint convert(Checkpoint checkpoint, Layout to) {
    SequencedMap<String, Array> tensors = checkpoint.tensors();
    if (from == Layout.FLAX && to == Layout.FLAX && prefix.isEmpty()) {
      if (numHeads != 0) {
        FlaxLayout.checkHeads(tensors, numHeads);
      }
      return checkpoint;
    }
    AttentionWeights weights =
        switch (from) {
          case FLAX -> FlaxLayout.read(tensors, prefix, given());
          case TORCH_MHA -> TorchLayout.read(tensors, prefix);
          case HF_BERT -> BertLayout.read(tensors, prefix);
        };
    boolean prepend = from == Layout.FLAX && !weights.prefixed() && !prefix.isEmpty();
    var converted = new LinkedHashMap<String, Array>();
    switch (to) {
      case FLAX -> FlaxLayout.write(weights, heads(weights), converted);
      case TORCH_MHA -> TorchLayout.write(weights, prepend ? prefix + "." : "", converted);
      case HF_BERT -> BertLayout.write(weights, prepend ? prefix + "." : "", converted);
    }
    return Checkpoint.of(converted);
  }

  private @Nullable Integer given() {
    return numHeads == 0 ? null : numHeads;
  }

  private int heads(AttentionWeights weights) {
    Integer known = weights.numHeads() == null ? given() : weights.numHeads();
    if (known == null) {
      throw new IllegalArgumentException(
          "num_heads: expected the number of heads, which "
              + from
              + " does not determine, got none");
    }
    int features = weights.query().columns();
    if (features % known != 0) {
      throw new IllegalArgumentException(
          "num_heads: expected a divisor of the " + features + " query features, got " + known);
    }
    return known;
  }
}
