package dev.heddle.array;

import dev.heddle.kernel.Rounding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of attention, called for a part of one head. All storages are of the plan's {@link
 * AttentionPlan#computeType}; queries, keys and values are {@code [B..., length, H, D]}, keys and
 * values with fewer heads where several queries share one.
 */
sealed interface HeadKernels permits HeadKernels32, HeadKernels64 {
  /** Queries, keys and values with their depths; without values, {@code width} is 0. */
  record Operands(Storage query, Storage key, Storage value, int depth, int width) {}

  /**
   * What the derivative needs beside the operands.
   *
   * @param gradients of query, key, value and scores; empty where they are not computed
   */
  record Backward(
      Storage output, Storage cotangent, Storage maxima, Storage sums, List<Storage> gradients) {}

  /** A tile of scores, and whether it gives gradients of rows (queries) or columns (keys). */
  record GradTile(int from, int to, int keyFrom, int keyTo, boolean rows, boolean cols) {}

  /** Computes the output of some query rows. */
  void forward(
      Operands operands,
      int unit,
      int from,
      int to,
      Storage out,
      @Nullable RowStatistics statistics);

  /**
   * Computes the weights of some query rows.
   *
   * @param scores those computed elsewhere, or null to compute them from the operands
   */
  void weights(
      Operands operands,
      @Nullable Storage scores,
      int unit,
      int from,
      int to,
      Storage out,
      Rounding rounding);

  /** Computes the gradients of one tile of scores. */
  void backward(Operands operands, Backward arrays, int unit, GradTile tile);
}
