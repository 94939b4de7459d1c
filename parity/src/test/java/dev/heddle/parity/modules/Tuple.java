package dev.heddle.parity.modules;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import java.util.List;

/**
 * Several outputs, as a Python function returns them.
 *
 * @param leaves the arrays in order
 */
public record Tuple(List<Array> leaves) implements ArrayTree<Tuple> {
  /** Makes a tuple of arrays. */
  public static Tuple of(Array... arrays) {
    return new Tuple(List.of(arrays));
  }

  @Override
  public Tuple withLeaves(List<Array> others) {
    return new Tuple(List.copyOf(others));
  }
}
