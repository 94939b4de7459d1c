package dev.heddle.array;

import dev.heddle.kernel.AttentionBackwardInputs;
import dev.heddle.kernel.AttentionBackwardOutputs;
import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Rounding;
import org.jspecify.annotations.Nullable;

/** The calls in float32. */
record HeadKernels32(AttentionPlan plan, Kernels kernels) implements HeadKernels {
  static HeadKernels of(AttentionPlan plan) {
    return new HeadKernels32(plan, KernelChoice.current().kernels());
  }

  @Override
  public void forward(
      Operands operands,
      int unit,
      int from,
      int to,
      Storage out,
      @Nullable RowStatistics statistics) {
    kernels.attentionForward(
        head(operands, unit, null),
        from,
        to,
        rows(out, unit, plan.queries(), operands.width()),
        statistics == null ? null : statistics.maxima().get(unit).floats(),
        statistics == null ? null : statistics.sums().get(unit).floats());
  }

  @Override
  public void weights(
      Operands operands,
      @Nullable Storage scores,
      int unit,
      int from,
      int to,
      Storage out,
      Rounding rounding) {
    AttentionHead head = head(operands, unit, scores == null ? null : square(scores, unit));
    kernels.attentionWeights(head, from, to, square(out, unit), rounding);
  }

  @Override
  public void backward(Operands operands, Backward arrays, int unit, GradTile tile) {
    int queries = plan.queries();
    int keys = plan.keys();
    int depth = operands.depth();
    int width = operands.width();
    boolean continued = plan.indexInGroup(unit) > 0;
    AttentionBackwardInputs inputs =
        new AttentionBackwardInputs(
            head(operands, unit, null),
            rows(arrays.output(), unit, queries, width),
            rows(arrays.cotangent(), unit, queries, width),
            arrays.maxima().floats(),
            arrays.sums().floats(),
            unit * queries);
    Storage scores = arrays.gradients().get(3);
    AttentionBackwardOutputs gradients =
        new AttentionBackwardOutputs(
            tile.rows() ? gradient(arrays, 0, unit, queries, depth) : null,
            tile.cols() ? gradient(arrays, 1, unit, keys, depth) : null,
            tile.cols() ? gradient(arrays, 2, unit, keys, width) : null,
            tile.rows() && scores.size() > 0 ? square(scores, unit) : null,
            continued);
    kernels.attentionBackward(
        inputs, gradients, tile.from(), tile.to(), tile.keyFrom(), tile.keyTo());
  }

  private @Nullable MatrixView gradient(Backward arrays, int input, int unit, int rows, int cols) {
    Storage gradient = arrays.gradients().get(input);
    if (gradient.size() == 0) {
      return null;
    }
    return input == 0 ? rows(gradient, unit, rows, cols) : keyRows(gradient, unit, rows, cols);
  }

  private AttentionHead head(Operands operands, int unit, @Nullable MatrixView scores) {
    return head(
        plan,
        unit,
        rows(operands.query(), unit, plan.queries(), operands.depth()),
        keyRows(operands.key(), unit, plan.keys(), operands.depth()),
        keyRows(operands.value(), unit, plan.keys(), operands.width()),
        scores);
  }

  /** A head of given matrices, with the plan's bias, masks and rules. */
  static AttentionHead head(
      AttentionPlan plan,
      int unit,
      MatrixView queries,
      MatrixView keys,
      MatrixView values,
      @Nullable MatrixView scores) {
    ScoreBias bias = plan.bias();
    return new AttentionHead(
        queries,
        keys,
        values,
        scores,
        bias == null ? null : bias.view(bias.numbers().floats(), unit),
        plan.mask().of(unit),
        plan.keep().of(unit),
        plan.rules());
  }

  /** The rows of a head inside {@code [B..., rows, H, cols]}. */
  private MatrixView rows(Storage all, int unit, int rows, int cols) {
    return rows(all, unit, plan.heads(), rows, cols);
  }

  /** The rows of the keys or values of a head. */
  private MatrixView keyRows(Storage all, int unit, int rows, int cols) {
    return rows(all, unit / plan.group(), plan.keyHeads(), rows, cols);
  }

  private static MatrixView rows(Storage all, int unit, int heads, int rows, int cols) {
    int offset = (unit / heads * rows * heads + unit % heads) * cols;
    return new MatrixView(all.floats(), offset, heads * cols, rows, cols);
  }

  /** The scores of a head inside {@code [B..., H, Q, K]}. */
  private MatrixView square(Storage all, int unit) {
    int keys = plan.keys();
    return new MatrixView(all.floats(), unit * plan.queries() * keys, keys, plan.queries(), keys);
  }
}
