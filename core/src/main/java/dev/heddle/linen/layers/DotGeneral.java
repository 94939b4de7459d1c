package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The contraction inside a projection, replaceable: {@code jax.lax.dot_general} and Flax's {@code
 * dot_general} attribute.
 */
@FunctionalInterface
public interface DotGeneral {
  /**
   * Multiplies and sums over the contracted axes.
   *
   * @param lhs the input, of one type with {@code rhs}
   * @param rhs the kernel
   * @param axes which axes are contracted and which are batch axes
   * @param precision the configured precision, or null
   * @return shape: batch axes, the other axes of {@code lhs}, those of {@code rhs}
   */
  Array dotGeneral(Array lhs, Array rhs, Axes axes, @Nullable Precision precision);

  /**
   * The product plus a bias over all of its last axes.
   *
   * @param bias shape: the axes of {@code rhs} that are not contracted; there are no batch axes
   */
  default Array dotGeneral(
      Array lhs, Array rhs, Axes axes, @Nullable Precision precision, Array bias) {
    return dotGeneral(lhs, rhs, axes, precision).plus(bias);
  }

  /** The standard contraction: each element is one chain of fused multiply-adds. */
  static DotGeneral standard() {
    return StandardDotGeneral.INSTANCE;
  }

  /**
   * The roles of axes, in JAX's order {@code ((lhsContract, rhsContract), (lhsBatch, rhsBatch))};
   * the k-th axes of two lists correspond.
   */
  record Axes(
      List<Integer> lhsContract,
      List<Integer> rhsContract,
      List<Integer> lhsBatch,
      List<Integer> rhsBatch) {
    /** Copies the lists. */
    public Axes {
      lhsContract = List.copyOf(lhsContract);
      rhsContract = List.copyOf(rhsContract);
      lhsBatch = List.copyOf(lhsBatch);
      rhsBatch = List.copyOf(rhsBatch);
    }
  }
}
