package dev.heddle.linen.attention;

/**
 * {@link MultiHeadDotProductAttention} by its other name, {@code flax.linen.MultiHeadAttention}.
 *
 * <p>As an unnamed submodule it is called {@code MultiHeadAttention_0}, and a name is part of what
 * parameters are drawn from: the same seed gives other parameters.
 */
public final class MultiHeadAttention extends MultiHeadDotProductAttention {
  MultiHeadAttention(AttentionBuilder builder) {
    super(builder);
  }

  /** The arguments to collect; {@code numHeads} is needed. */
  public static AttentionBuilder builder() {
    return new AttentionBuilder(MultiHeadAttention::new);
  }
}
