package dev.heddle.linen.attention;

/**
 * {@link MultiHeadDotProductAttention} under the name {@code flax.linen.MultiHeadAttention}.
 *
 * <p>As an unnamed submodule it is called {@code MultiHeadAttention_0}, and random keys depend on
 * names: the same seed gives other parameters.
 */
public final class MultiHeadAttention extends MultiHeadDotProductAttention {
  MultiHeadAttention(AttentionBuilder builder) {
    super(builder);
  }

  /** A builder; {@code numHeads} is required. */
  public static AttentionBuilder builder() {
    return new AttentionBuilder(MultiHeadAttention::new);
  }
}
