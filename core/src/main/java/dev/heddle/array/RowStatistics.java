package dev.heddle.array;

import java.util.List;
import java.util.stream.Stream;

/**
 * Attention's residuals for each query: the maximum score and the sum of the exponentials relative
 * to it. They are kept apart because the log-sum-exp of a fully masked row would lose the sum. Each
 * head of each batch element has a row of numbers, in float64 if that is the compute type.
 */
record RowStatistics(Shape shape, DType dtype, List<Storage> maxima, List<Storage> sums) {

  static RowStatistics of(AttentionPlan plan) {
    Shape shape = plan.scores().range(0, plan.scores().rank() - 1);
    DType dtype = plan.computeType();
    return new RowStatistics(shape, dtype, rows(shape, dtype), rows(shape, dtype));
  }

  private static List<Storage> rows(Shape shape, DType dtype) {
    int units = shape.range(0, shape.rank() - 1).size();
    return Stream.generate(() -> Storage.zeros(dtype, shape.dim(-1))).limit(units).toList();
  }

  /** Maxima and sums, {@code [B..., H, Q]} each. */
  List<Array> residuals() {
    return List.of(
        Array.wrap(Concatenate.join(dtype, maxima), shape),
        Array.wrap(Concatenate.join(dtype, sums), shape));
  }
}
