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
public record Passage(Array x, boolean deterministic) implements ArrayTree<Passage> {
  @Override
  public List<Array> leaves() {
    return List.of(x);
  }

  @Override
  public Passage withLeaves(List<Array> leaves) {
    return new Passage(leaves.getFirst(), deterministic);
  }
}
