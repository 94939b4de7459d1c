package dev.heddle.array;

import java.util.List;

/**
 * Attention's residuals for each query: the maximum score and the sum of the exponentials relative
 * to it. They are kept apart because the log-sum-exp of a fully masked row would lose the sum. Each
 * head of each batch element has a row of numbers, in float64 if that is the compute type.
 */
record RowStatistics(
    Shape shape,
    boolean isFloat64,
    float[][] maxima,
    float[][] sums,
    double[][] maxima64,
    double[][] sums64) {

  static RowStatistics of(AttentionPlan plan) {
    Shape shape = plan.scores().range(0, plan.scores().rank() - 1);
    int units = shape.range(0, shape.rank() - 1).size();
    int units32 = plan.isFloat64() ? 0 : units;
    int units64 = plan.isFloat64() ? units : 0;
    return new RowStatistics(
        shape,
        plan.isFloat64(),
        new float[units32][plan.queries()],
        new float[units32][plan.queries()],
        new double[units64][plan.queries()],
        new double[units64][plan.queries()]);
  }

  /** Maxima and sums, {@code [B..., H, Q]} each. */
  List<Array> residuals() {
    return isFloat64
        ? List.of(joined(maxima64), joined(sums64))
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
