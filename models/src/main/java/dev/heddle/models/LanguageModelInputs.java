package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import java.util.List;
import java.util.Objects;

/**
 * The inputs of a {@link CausalLanguageModel}.
 *
 * @param tokens integers of the vocabulary, shape {@code [B..., L]}
 * @param deterministic whether dropout is off
 */
public record LanguageModelInputs(Array tokens, boolean deterministic)
    implements ArrayTree<LanguageModelInputs> {

  /**
   * Checks that the tokens are not null.
   *
   * @throws NullPointerException if they are null
   */
  public LanguageModelInputs {
    Objects.requireNonNull(tokens, "tokens");
  }

  /** Tokens, without dropout. */
  public static LanguageModelInputs of(Array tokens) {
    return new LanguageModelInputs(tokens, true);
  }

  /** The same with dropout off or on; with dropout, the stream {@code dropout} is required. */
  public LanguageModelInputs deterministic(boolean isDeterministic) {
    return new LanguageModelInputs(tokens, isDeterministic);
  }

  @Override
  public List<Array> leaves() {
    return List.of(tokens);
  }

  @Override
  public LanguageModelInputs withLeaves(List<Array> leaves) {
    return new LanguageModelInputs(tokens.withLeaves(leaves), deterministic);
  }
}
