package dev.heddle.io;

import java.util.Arrays;
import java.util.List;

/** A framework's names and shapes of the weights of an attention layer. */
public enum Layout {
  /**
   * Flax's {@code MultiHeadDotProductAttention}: {@code query/kernel} of shape {@code [F, H, D]},
   * {@code out/kernel} of shape {@code [H, D, F]}, under {@code params}.
   */
  FLAX("flax"),
  /**
   * PyTorch's {@code torch.nn.MultiheadAttention}: {@code in_proj_weight} of shape {@code [3F, F]},
   * or {@code q_proj_weight}, {@code k_proj_weight} and {@code v_proj_weight} where keys and values
   * have other numbers of features; {@code out_proj.weight}.
   */
  TORCH_MHA("torch-mha"),
  /**
   * BERT in Hugging Face's transformers: {@code attention.self.query.weight} and so on, {@code
   * attention.output.dense.weight}; also read in the form that Flax saves, with {@code /} and
   * {@code kernel}.
   */
  HF_BERT("hf-bert");

  private final String layoutName;

  Layout(String layoutName) {
    this.layoutName = layoutName;
  }

  /**
   * The layout with a name: {@code flax}, {@code torch-mha} or {@code hf-bert}.
   *
   * @throws IllegalArgumentException if there is no such layout; the message suggests the nearest
   */
  public static Layout of(String name) {
    List<String> names = Arrays.stream(values()).map(Layout::toString).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "layout: expected "
              + String.join(", ", names)
              + ", got "
              + FileLocation.quoted(name)
              + Suggest.hint(name, names));
    }
    return values()[index];
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return layoutName;
  }
}
