package dev.heddle.array;

import dev.heddle.array.HeadKernels.GradTile;
import dev.heddle.kernel.Workers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of one call of the fused attention. A task computes all gradients of one head
 * of keys and values, of the heads of queries that share it one after another. The last heads, if
 * they would leave threads idle, are split into tasks for gradients of queries and tasks for
 * gradients of keys and values, which compute the scores twice.
 */
final class AttentionGradient {
  /** Matrix products of a head that is one task. */
  private static final int WHOLE = 5;

  /** Matrix products of a split head: scores and their cotangents are computed twice. */
  private static final int SPLIT = 7;

  private final AttentionPlan plan;
  private final Op.VjpContext call;
  private final int units;

  /**
   * The backward pass of a call with the inputs query, key, value and, if present, bias, and the
   * residuals of {@link RowStatistics}.
   */
  AttentionGradient(AttentionPlan plan, Op.VjpContext call) {
    this.plan = plan;
    this.call = call;
    this.units = plan.scores().range(0, plan.scores().rank() - 2).size() / plan.group();
  }

  /** The cotangent of each input; null where it is not wanted. */
  List<@Nullable Array> of(Array cotangent) {
    boolean bias = call.inputs().size() > 3 && call.wants(3);
    HeadKernels kernels = plan.kernels();
    HeadKernels.Operands operands = plan.operands(call.inputs());
    HeadKernels.Backward arrays =
        new HeadKernels.Backward(
            plan.computed(exactOutput()),
            plan.computed(cotangent),
            plan.computed(call.residuals().get(0)),
            plan.computed(call.residuals().get(1)),
            List.of(
                gradientOf(0),
                gradientOf(1),
                gradientOf(2),
                zeros(bias ? plan.scores().size() : 0)));
    eachGradTile(
        operands.depth() + operands.width(),
        (unit, tile) -> {
          for (int head = unit * plan.group(); head < (unit + 1) * plan.group(); head++) {
            kernels.backward(operands, arrays, head, tile);
          }
        });
    return gradients(arrays.gradients(), bias);
  }

  private Storage zeros(int size) {
    return Storage.zeros(plan.computeType(), size);
  }

  private Storage gradientOf(int input) {
    return zeros(call.wants(input) ? call.input(input).size() : 0);
  }

  private List<@Nullable Array> gradients(List<Storage> computed, boolean bias) {
    List<@Nullable Array> gradients = new ArrayList<>(4);
    for (int input = 0; input < 3; input++) {
      gradients.add(like(input, computed.get(input)));
    }
    if (bias) {
      Array of = call.input(3);
      Array all = Array.wrap(computed.get(3), plan.scores());
      gradients.add(Gradients.unbroadcast(all, of.shape()).astype(of.dtype()));
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

  private interface TileTask {
    void run(int unit, GradTile tile);
  }

  private void eachGradTile(int width, TileTask task) {
    int queries = plan.queries();
    int keys = plan.keys();
    boolean wantsRows = call.wants(0) || (call.inputs().size() > 3 && call.wants(3));
    boolean wantsCols = call.wants(1) || call.wants(2);
    long products = plan.scores().count() * width;
    int whole = wholeUnits(units, Workers.threads());
    int rest = units - whole;
    GradTile all = new GradTile(0, queries, 0, keys, wantsRows, wantsCols);
    TaskSplit rows = TaskSplit.ofBlocks(rest, queries);
    TaskSplit cols = TaskSplit.ofBlocks(rest, keys);
    int rowTasks = wantsRows ? rows.parts() : 0;
    int colTasks = wantsCols ? cols.parts() : 0;
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
            int from = part * rows.share();
            int to = Math.min(queries, from + rows.share());
            task.run(unit, new GradTile(from, to, 0, keys, true, false));
          } else {
            int from = (part - rowTasks) * cols.share();
            int to = Math.min(keys, from + cols.share());
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
}
