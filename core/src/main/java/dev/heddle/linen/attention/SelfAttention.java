package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.linen.ArgumentException;
import dev.heddle.linen.Scope;

/**
 * {@link MultiHeadDotProductAttention} of an input to itself, {@code flax.linen.SelfAttention};
 * Flax deprecates it. Its inputs are those of {@link AttentionInputs#of(Array)}.
 *
 * <p>As an unnamed submodule it is called {@code SelfAttention_0}.
 */
public final class SelfAttention extends MultiHeadDotProductAttention {
  SelfAttention(AttentionBuilder builder) {
    super(builder);
  }

  /** A builder; {@code numHeads} is required. */
  public static AttentionBuilder builder() {
    return new AttentionBuilder(SelfAttention::new);
  }

  /**
   * Attends within one input.
   *
   * @throws IllegalArgumentException if keys or values are another array than the queries
   */
  @Override
  protected Array call(Scope scope, AttentionInputs in) {
    if (in.inputsK() != in.inputsQ() || in.inputsV() != in.inputsQ()) {
      throw new ArgumentException(
          scope,
          "inputs_k",
          "argument \"inputs_k\": expected the array of inputs_q for self-attention, got another");
    }
    return super.call(scope, in);
  }
}
