package dev.heddle.parity.modules;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import java.util.List;

/**
 * The inputs of a module with dropout.
 *
 * @param x the input, shape {@code [B..., Q, F]}
 * @param deterministic whether dropout is off
 */
public record SequenceInput(Array x, boolean deterministic) implements ArrayTree<SequenceInput> {
  @Override
  public List<Array> leaves() {
    return List.of(x);
  }

  @Override
  public SequenceInput withLeaves(List<Array> leaves) {
    return new SequenceInput(leaves.getFirst(), deterministic);
  }
}
