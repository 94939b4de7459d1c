package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.MatMul;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The library's own contraction, which adds a bias while the product is in the cache. */
enum StandardDotGeneral implements DotGeneral {
  INSTANCE;

  @Override
  public Array dotGeneral(Array lhs, Array rhs, Axes axes, @Nullable Precision precision) {
    return MatMul.dotGeneral(
        lhs,
        rhs,
        ints(axes.lhsContract()),
        ints(axes.rhsContract()),
        ints(axes.lhsBatch()),
        ints(axes.rhsBatch()));
  }

  @Override
  public Array dotGeneral(
      Array lhs, Array rhs, Axes axes, @Nullable Precision precision, Array bias) {
    return MatMul.affine(lhs, rhs, ints(axes.lhsContract()), ints(axes.rhsContract()), bias);
  }

  private static int[] ints(List<Integer> axes) {
    int[] ints = new int[axes.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = axes.get(i);
    }
    return ints;
  }
}
