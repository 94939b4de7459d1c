package dev.heddle.array;

import dev.heddle.kernel.AttentionBackwardInputs;
import dev.heddle.kernel.AttentionBackwardInputs64;
import dev.heddle.kernel.AttentionBackwardOutputs;
import dev.heddle.kernel.AttentionBackwardOutputs64;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Workers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of one call of the fused attention. A task computes all gradients of one head.
 * The last heads, if they would leave threads idle, are split into tasks for gradients of queries
 * and tasks for gradients of keys and values, which compute the scores twice.
 */
final class AttentionGradient {
  /** Matrix products of a head that is one task. */
  private static final int WHOLE = 5;

  /** Matrix products of a split head: scores and their cotangents are computed twice. */
  private static final int SPLIT = 7;

  /** Rows of a task are a multiple of this, the kernels' block size. */
  private static final int ROW_BLOCK = 64;

  /** Tasks for each thread, for load balance. */
  private static final int TASKS_PER_THREAD = 4;

  private final Kernels kernels = KernelChoice.current().kernels();
  private final AttentionPlan plan;
  private final Op.VjpContext call;
  private final int units;
  private final int depth;
  private final int width;

  /**
   * The backward pass of a call with the inputs query, key, value and, if present, bias, and the
   * residuals of {@link RowStatistics}.
   */
  AttentionGradient(AttentionPlan plan, Op.VjpContext call) {
    this.plan = plan;
    this.call = call;
    this.units = plan.scores().range(0, plan.scores().rank() - 2).size();
    this.depth = call.input(0).shape().dim(-1);
    this.width = call.input(2).shape().dim(-1);
  }

  /** The cotangent of each input; null where it is not wanted. */
  List<@Nullable Array> of(Array cotangent) {
    boolean bias = call.inputs().size() > 3 && call.wants(3);
    Shape scores = plan.scores();
    if (plan.isFloat64()) {
      double[] queries = new double[sizeOf(0)];
      double[] keys = new double[sizeOf(1)];
      double[] values = new double[sizeOf(2)];
      double[] pairs = new double[bias ? scores.size() : 0];
      run64(cotangent, queries, keys, values, pairs);
      return gradients(
          Storage.ofDoubles(DType.FLOAT64, queries),
          Storage.ofDoubles(DType.FLOAT64, keys),
          Storage.ofDoubles(DType.FLOAT64, values),
          bias ? Storage.ofDoubles(DType.FLOAT64, pairs) : null);
    }
    float[] queries = new float[sizeOf(0)];
    float[] keys = new float[sizeOf(1)];
    float[] values = new float[sizeOf(2)];
    float[] pairs = new float[bias ? scores.size() : 0];
    run(cotangent, queries, keys, values, pairs);
    return gradients(
        Storage.ofFloats(DType.FLOAT32, queries),
        Storage.ofFloats(DType.FLOAT32, keys),
        Storage.ofFloats(DType.FLOAT32, values),
        bias ? Storage.ofFloats(DType.FLOAT32, pairs) : null);
  }

  private int sizeOf(int input) {
    return call.wants(input) ? call.input(input).size() : 0;
  }

  private List<@Nullable Array> gradients(
      Storage queries, Storage keys, Storage values, @Nullable Storage pairs) {
    List<@Nullable Array> gradients = new ArrayList<>(4);
    gradients.add(like(0, queries));
    gradients.add(like(1, keys));
    gradients.add(like(2, values));
    if (pairs != null) {
      Array bias = call.input(3);
      Array all = Array.wrap(pairs, plan.scores());
      gradients.add(Gradients.unbroadcast(all, bias.shape()).astype(bias.dtype()));
    } else if (call.inputs().size() > 3) {
      gradients.add(null);
    }
    return gradients;
  }

  private @Nullable Array like(int input, Storage gradient) {
    Array of = call.input(input);
    return call.wants(input) ? Array.wrap(gradient.to(of.dtype()), of.shape()) : null;
  }

  /** The output before rounding, if that is among the residuals. */
  private Array exactOutput() {
    return call.residuals().size() > 2 ? call.residuals().get(2) : call.output();
  }

  private void run(Array cotangent, float[] queries, float[] keys, float[] values, float[] pairs) {
    float[] q = call.input(0).storage().floats();
    float[] k = call.input(1).storage().floats();
    float[] v = call.input(2).storage().floats();
    float[] out = exactOutput().storage().floats();
    float[] g = cotangent.storage().floats();
    float[] maxima = call.residuals().get(0).storage().floats();
    float[] sums = call.residuals().get(1).storage().floats();
    eachGradTile((unit, tile) -> {
      AttentionBackwardInputs head =
          new AttentionBackwardInputs(
              plan.head(
                  unit,
                  plan.rows(q, unit, plan.queries(), depth),
                  plan.rows(k, unit, plan.keys(), depth),
                  plan.rows(v, unit, plan.keys(), width),
                  null),
              plan.rows(out, unit, plan.queries(), width),
              plan.rows(g, unit, plan.queries(), width),
              maxima,
              sums,
              unit * plan.queries());
      AttentionBackwardOutputs gradients =
          new AttentionBackwardOutputs(
              tile.rows && call.wants(0) ? plan.rows(queries, unit, plan.queries(), depth) : null,
              tile.cols && call.wants(1) ? plan.rows(keys, unit, plan.keys(), depth) : null,
              tile.cols && call.wants(2) ? plan.rows(values, unit, plan.keys(), width) : null,
              tile.rows && pairs.length > 0 ? plan.square(pairs, unit) : null);
      kernels.attentionBackward(head, gradients, tile.from, tile.to, tile.keyFrom, tile.keyTo);
    });
  }

  private void run64(
      Array cotangent, double[] queries, double[] keys, double[] values, double[] pairs) {
    double[] q = call.input(0).storage().doubles();
    double[] k = call.input(1).storage().doubles();
    double[] v = call.input(2).storage().doubles();
    double[] out = exactOutput().storage().doubles();
    double[] g = cotangent.storage().doubles();
    double[] maxima = call.residuals().get(0).storage().doubles();
    double[] sums = call.residuals().get(1).storage().doubles();
    eachGradTile((unit, tile) -> {
      AttentionBackwardInputs64 head =
          new AttentionBackwardInputs64(
              plan.head64(
                  unit,
                  plan.rows64(q, unit, plan.queries(), depth),
                  plan.rows64(k, unit, plan.keys(), depth),
                  plan.rows64(v, unit, plan.keys(), width),
                  null),
              plan.rows64(out, unit, plan.queries(), width),
              plan.rows64(g, unit, plan.queries(), width),
              maxima,
              sums,
              unit * plan.queries());
      AttentionBackwardOutputs64 gradients =
          new AttentionBackwardOutputs64(
              tile.rows && call.wants(0) ? plan.rows64(queries, unit, plan.queries(), depth) : null,
              tile.cols && call.wants(1) ? plan.rows64(keys, unit, plan.keys(), depth) : null,
              tile.cols && call.wants(2) ? plan.rows64(values, unit, plan.keys(), width) : null,
              tile.rows && pairs.length > 0 ? plan.square64(pairs, unit) : null);
      kernels.attentionBackward(head, gradients, tile.from, tile.to, tile.keyFrom, tile.keyTo);
    });
  }

  /** A tile of scores, and whether it gives gradients of rows (queries) or columns (keys). */
  private record GradTile(int from, int to, int keyFrom, int keyTo, boolean rows, boolean cols) {}

  private interface TileTask {
    void run(int unit, GradTile tile);
  }

  private void eachGradTile(TileTask task) {
    int queries = plan.queries();
    int keys = plan.keys();
    boolean wantsRows = call.wants(0) || (call.inputs().size() > 3 && call.wants(3));
    boolean wantsCols = call.wants(1) || call.wants(2);
    long products = plan.scores().count() * (depth + width);
    int whole = wholeUnits(units, Workers.threads());
    int rest = units - whole;
    GradTile all = new GradTile(0, queries, 0, keys, wantsRows, wantsCols);
    int each = Math.max(1, Math.ceilDiv(TASKS_PER_THREAD * Workers.threads(), Math.max(1, rest)));
    int rowStep = step(queries, each);
    int colStep = step(keys, each);
    int rowTasks = wantsRows ? (queries + rowStep - 1) / rowStep : 0;
    int colTasks = wantsCols ? (keys + colStep - 1) / colStep : 0;
    int tasks = rowTasks + colTasks;
    Workers.run(
        whole + rest * tasks,
        products * SPLIT / 2,
        i -> {
          if (i < whole) {
            task.run(i, all);
            return;
          }
          int unit = whole + (i - whole) / tasks;
          int part = (i - whole) % tasks;
          if (part < rowTasks) {
            int from = part * rowStep;
            int to = Math.min(queries, from + rowStep);
            task.run(unit, new GradTile(from, to, 0, keys, true, false));
          } else {
            int from = (part - rowTasks) * colStep;
            int to = Math.min(keys, from + colStep);
            task.run(unit, new GradTile(0, queries, from, to, false, true));
          }
        });
  }

  /**
   * The number of heads, the first ones, that are one task each: a multiple of the threads, and the
   * remaining heads too unless splitting them finishes sooner in spite of computing the scores
   * twice.
   */
  static int wholeUnits(int units, int threads) {
    int rest = units % threads;
    return rest * SPLIT < threads * WHOLE ? units - rest : units;
  }

  private static int step(int length, int tasks) {
    int blocks = (length + ROW_BLOCK - 1) / ROW_BLOCK;
    return Math.max(1, (blocks + tasks - 1) / tasks) * ROW_BLOCK;
  }
}
