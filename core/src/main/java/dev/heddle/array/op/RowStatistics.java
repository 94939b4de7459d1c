package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.Storage;
import java.util.List;

/**
 * What attention keeps of each query row for its derivative: the greatest score and the sum of
 * exponentials relative to it. Both, because in a fully masked row their log-sum-exp would lose the
 * sum. A row of numbers for each head of each batch element, in float64 where that is computed in.
 */
record RowStatistics(
    Shape shape,
    boolean wide,
    float[][] maxima,
    float[][] sums,
    double[][] wideMaxima,
    double[][] wideSums) {

  static RowStatistics of(AttentionPlan plan) {
    Shape shape = plan.scores().range(0, plan.scores().rank() - 1);
    int units = shape.range(0, shape.rank() - 1).size();
    int narrow = plan.wide() ? 0 : units;
    int wide = plan.wide() ? units : 0;
    return new RowStatistics(
        shape,
        plan.wide(),
        new float[narrow][plan.queries()],
        new float[narrow][plan.queries()],
        new double[wide][plan.queries()],
        new double[wide][plan.queries()]);
  }

  /** Maxima and sums, {@code [B..., H, Q]} each. */
  List<Array> residuals() {
    return wide
        ? List.of(joined(wideMaxima), joined(wideSums))
        : List.of(joined(maxima), joined(sums));
  }

  private Array joined(float[][] rows) {
    float[] all = new float[shape.size()];
    for (int unit = 0; unit < rows.length; unit++) {
      System.arraycopy(rows[unit], 0, all, unit * shape.dim(-1), shape.dim(-1));
    }
    return Array.wrap(Storage.ofFloats(DType.FLOAT32, all), shape);
  }

  private Array joined(double[][] rows) {
    double[] all = new double[shape.size()];
    for (int unit = 0; unit < rows.length; unit++) {
      System.arraycopy(rows[unit], 0, all, unit * shape.dim(-1), shape.dim(-1));
    }
    return Array.wrap(Storage.ofDoubles(DType.FLOAT64, all), shape);
  }
}
