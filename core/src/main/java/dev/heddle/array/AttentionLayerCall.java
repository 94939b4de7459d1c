package dev.heddle.array;

import dev.heddle.array.AttentionLayer.Operand;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Phase;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Workers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass of a layer in float32, bfloat16 or float16. If there are enough heads for all
 * threads, a task projects one head of keys and values of one batch element, and the heads of
 * queries that share it one after another, and computes their attention; otherwise all projections
 * precede all attention. The projection out follows when all heads are complete.
 */
final class AttentionLayerCall {
  /** Rows that are multiplied by three kernels while they are in the cache. */
  private static final int ROWS_PER_PASS = 96;

  private final Kernels kernels = KernelChoice.current().kernels();
  private final DType dtype;
  private final DType attendedType;
  private final Rounding rounding;
  private final AttentionLayer.Operands operands;
  private final boolean hasResiduals;
  private final AttentionPlan plan;
  private final Shape shape;
  private final int batch;
  private final int heads;
  private final int group;
  private final Side query;
  private final Side key;
  private final Side value;
  private final List<Side> projected = new ArrayList<>(3);
  private final @Nullable ProjectionOut out;
  private final float[] attended;

  /**
   * Queries, keys or values: heads, or an input with the projection that makes them.
   *
   * @param rows the length
   * @param heads of queries H; keys and values may have fewer
   * @param depth D
   * @param inner the features of the input; of heads, those of all heads together
   * @param kernel of the projection, or null
   * @param residual where the projected heads are stored, {@code [B..., length, H, D]}; null for
   *     workspace
   */
  private record Side(
      FloatInput input,
      int rows,
      int heads,
      int depth,
      int inner,
      @Nullable RightOperand kernel,
      Epilogue epilogue,
      float @Nullable [] residual) {

    /** Whether panels of the kernel begin where heads do. */
    boolean isAligned() {
      return kernel == null || depth % kernel.packed().step() == 0;
    }
  }

  /**
   * A call, to be {@link #run} once.
   *
   * @param hasResiduals whether the result has the residuals of the derivative
   */
  AttentionLayerCall(
      AttentionLayer.Operands operands,
      DType dtype,
      Attention.Options options,
      boolean hasResiduals) {
    this.dtype = dtype;
    this.rounding = Roundings.of(dtype);
    this.attendedType = options.float32Softmax() ? DType.promote(DType.FLOAT32, dtype) : dtype;
    this.operands = operands;
    this.hasResiduals = hasResiduals;
    this.heads = operands.heads();
    int keyHeads = operands.key().shape().dim(-2);
    this.group = heads / Math.max(1, keyHeads);
    Shape q = operands.query().shape();
    int queries = q.dim(-3);
    int keys = operands.key().shape().dim(-3);
    int depth = q.dim(-1);
    int width = operands.value().shape().dim(-1);
    this.batch = q.range(0, q.rank() - 3).size();
    this.shape = width == depth ? q : q.with(-1, width);
    boolean isDivided = operands.query().projection() != null && !hasResiduals;
    int[] scores = q.dims();
    scores[scores.length - 3] = heads;
    scores[scores.length - 2] = queries;
    scores[scores.length - 1] = keys;
    this.plan = AttentionPlan.of(Shape.of(scores), keyHeads, isDivided ? 0 : depth, dtype, options);
    float divisor = isDivided ? (float) options.queryDivisor(depth, rounding) : 1;
    Array first = operands.query().array();
    Array second = operands.key().array();
    Array third = operands.value().array();
    FloatInput ofQuery = FloatInput.of(first, dtype, kernels);
    FloatInput ofKey = second == first ? ofQuery : FloatInput.of(second, dtype, kernels);
    FloatInput ofValue =
        third == second ? ofKey : third == first ? ofQuery : FloatInput.of(third, dtype, kernels);
    this.query = side(operands.query(), ofQuery, divisor);
    this.key = side(operands.key(), ofKey, 1);
    this.value = side(operands.value(), ofValue, 1);
    Projection last = operands.out();
    int size = shape.size();
    this.attended = last == null || hasResiduals ? new float[size] : Buffers.borrow(size);
    this.out = last == null ? null : new ProjectionOut(last, heads * width);
  }

  private Side side(Operand operand, FloatInput input, float divisor) {
    int rows = operand.shape().dim(-3);
    int count = operand.shape().dim(-2);
    int depth = operand.shape().dim(-1);
    int size = operand.shape().size(); // throws if workspace cannot hold it
    Projection projection = operand.projection();
    if (projection == null) {
      return new Side(input, rows, count, depth, count * depth, null, Epilogue.NONE, null);
    }
    int features = operand.array().shape().dim(-1);
    Side side =
        new Side(
            input,
            rows,
            count,
            depth,
            features,
            packed(projection, features, count * depth, rows),
            new Epilogue(rounding, projection.biasOf(dtype), divisor),
            hasResiduals ? new float[size] : null);
    projected.add(side);
    return side;
  }

  private RightOperand packed(Projection projection, int rows, int cols, int uses) {
    Array kernel = projection.kernel().convertedTo(dtype);
    return RightOperand.of(kernel, rows, cols, false, batch * uses, kernels);
  }

  /**
   * The output of the layer, which is the result of attention if there is no projection out. The
   * residuals are queries, keys, values as heads and the result of attention, {@code [B..., length,
   * H, D]} each, and maxima and sums of {@link RowStatistics}.
   */
  Op.ForwardResult run() {
    RowStatistics statistics = hasResiduals ? RowStatistics.of(plan) : null;
    int units = batch * key.heads;
    boolean isAligned = query.isAligned() && key.isAligned() && value.isAligned();
    boolean byHead = isAligned && !projected.isEmpty() && units >= TaskSplit.targetTasks();
    List<Phase> phases = new ArrayList<>(6);
    List<float[]> workspace = new ArrayList<>(3);
    if (byHead) {
      phases.add(new Phase(units, task -> group(task, statistics)));
    } else {
      addPhases(phases, isAligned, workspace, statistics);
    }
    if (out != null) {
      phases.addAll(out.phases());
    }
    Workers.run(cost(), phases.toArray(Phase[]::new));
    workspace.forEach(Buffers::giveBack);
    List<Array> residuals = statistics == null ? List.of() : residuals(statistics);
    Array output =
        out == null
            ? Array.wrap(Storage.ofFloats(attendedType, attended), shape)
            : Array.wrap(out.storage(), out.shape);
    release();
    return new Op.ForwardResult(output, residuals);
  }

  private long cost() {
    long cost = plan.scores().count() * (query.depth + value.depth);
    for (Side side : projected) {
      cost += (long) batch * side.rows * side.inner * side.heads * side.depth;
    }
    return out == null
        ? cost
        : cost + (long) batch * query.rows * heads * value.depth * out.features;
  }

  private List<Array> residuals(RowStatistics statistics) {
    List<Array> arrays = new ArrayList<>(6);
    arrays.add(headsOf(operands.query(), query));
    arrays.add(headsOf(operands.key(), key));
    arrays.add(headsOf(operands.value(), value));
    arrays.add(Array.wrap(Storage.ofFloats(dtype, attended), shape));
    arrays.addAll(statistics.residuals());
    return arrays;
  }

  private Array headsOf(Operand operand, Side side) {
    return side.residual == null
        ? operand.array().astype(dtype)
        : Array.wrap(Storage.ofFloats(dtype, side.residual), operand.shape());
  }

  private void release() {
    if (out != null) {
      out.kernel.release();
      if (!hasResiduals) {
        Buffers.giveBack(attended);
      }
    }
    for (Side side : projected) {
      if (side.kernel != null) {
        side.kernel.release();
      }
    }
    query.input.release();
    if (key.input != query.input) {
      key.input.release();
    }
    if (value.input != key.input && value.input != query.input) {
      value.input.release();
    }
  }

  // One task for each head of keys and values.

  /** Tasks count heads first, so that a thread keeps a head's kernels in its cache. */
  private void group(int task, @Nullable RowStatistics statistics) {
    int unit = task % batch * key.heads + task / batch;
    List<float[]> workspace = new ArrayList<>(3);
    MatrixView k = matrix(key, unit, workspace);
    MatrixView v = matrix(value, unit, workspace);
    int first = unit * group;
    for (int head = first; head < first + group; head++) {
      MatrixView q = matrix(query, head, workspace);
      if (head > first) {
        project(query, head, 0, query.rows, q);
      } else if (areTogether()) {
        for (int from = 0; from < Math.max(query.rows, key.rows); from += ROWS_PER_PASS) {
          project(query, head, from, ROWS_PER_PASS, q);
          project(key, unit, from, ROWS_PER_PASS, k);
          project(value, unit, from, ROWS_PER_PASS, v);
        }
      } else {
        project(query, head, 0, query.rows, q);
        project(key, unit, 0, key.rows, k);
        project(value, unit, 0, value.rows, v);
      }
      attention(head, q, k, v, 0, query.rows, statistics);
      if (query.kernel != null && query.residual == null) {
        Buffers.giveBack(workspace.removeLast());
      }
    }
    workspace.forEach(Buffers::giveBack);
  }

  /** The matrix of a head: of the given heads, of the residual, or in new workspace. */
  private MatrixView matrix(Side side, int unit, List<float[]> workspace) {
    float[] residual = side.kernel == null ? side.input.values() : side.residual;
    if (residual != null) {
      return strided(residual, side, unit);
    }
    float[] buffer = Buffers.borrow(side.rows * side.depth);
    workspace.add(buffer);
    return MatrixView.of(buffer, side.rows, side.depth);
  }

  private MatrixView strided(float[] data, Side side, int unit) {
    int count = side.heads;
    int offset = (unit / count * side.rows * count + unit % count) * side.depth;
    return new MatrixView(data, offset, count * side.depth, side.rows, side.depth);
  }

  private static MatrixView contiguous(float[] data, Side side, int unit) {
    return new MatrixView(data, unit * side.rows * side.depth, side.depth, side.rows, side.depth);
  }

  /** Whether all projections are of the same input. */
  private boolean areTogether() {
    return projected.size() == 3 && query.input == key.input && key.input == value.input;
  }

  /**
   * Projects some rows of a head, if heads are not given.
   *
   * @param to all rows of the head
   */
  private void project(Side side, int unit, int from, int count, MatrixView to) {
    int rows = Math.min(count, side.rows - from);
    if (side.kernel != null && rows > 0) {
      MatrixView part = new MatrixView(to.data(), to.at(from), to.stride(), rows, side.depth);
      int col = unit % side.heads * side.depth;
      MatrixView left = rows(side, unit / side.heads * side.rows + from, rows);
      kernels.multiply(left, side.kernel.packed(), col, part, side.epilogue);
    }
  }

  /** Rows of a projection's input, of all batch elements. */
  private static MatrixView rows(Side side, int from, int count) {
    return new MatrixView(side.input.values(), from * side.inner, side.inner, count, side.inner);
  }

  private void attention(
      int unit,
      MatrixView q,
      MatrixView k,
      MatrixView v,
      int from,
      int to,
      @Nullable RowStatistics statistics) {
    int width = heads * value.depth;
    int at = unit / heads * query.rows * width + unit % heads * value.depth;
    MatrixView result = new MatrixView(attended, at, width, query.rows, value.depth);
    kernels.attentionForward(
        HeadKernels32.head(plan, unit, q, k, v, null),
        from,
        to,
        result,
        statistics == null ? null : statistics.maxima().get(unit).floats(),
        statistics == null ? null : statistics.sums().get(unit).floats());
  }

  // All projections before all attention.

  private void addPhases(
      List<Phase> phases,
      boolean isAligned,
      List<float[]> workspace,
      @Nullable RowStatistics statistics) {
    List<AllHeads> all = new ArrayList<>(3);
    for (Side side : List.of(query, key, value)) {
      float[] residual = side.kernel == null ? side.input.values() : side.residual;
      float[] data =
          residual == null ? Buffers.borrow(batch * side.rows * side.heads * side.depth) : residual;
      if (residual == null) {
        workspace.add(data);
      }
      all.add(new AllHeads(side, data, isAligned && residual == null));
    }
    if (areTogether() && group == 1) {
      phases.add(projections(all, isAligned));
    } else {
      for (AllHeads one : all) {
        if (one.side.kernel != null) {
          phases.add(projections(List.of(one), isAligned));
        }
      }
    }
    phases.add(attention(all.get(0), all.get(1), all.get(2), statistics));
  }

  /**
   * All heads of a side.
   *
   * @param isByHead whether the layout is {@code [B, H, rows, D]}, else {@code [B, rows, H, D]}
   */
  private record AllHeads(Side side, float[] data, boolean isByHead) {}

  private MatrixView matrix(AllHeads all, int unit) {
    return all.isByHead ? contiguous(all.data, all.side, unit) : strided(all.data, all.side, unit);
  }

  /**
   * The projections of sides of one length and number of heads, which are split among tasks if they
   * are aligned.
   */
  private Phase projections(List<AllHeads> sides, boolean isAligned) {
    int count = sides.getFirst().side.heads;
    int length = sides.getFirst().side.rows;
    int elements = isAligned ? batch : 1;
    int rows = isAligned ? length : batch * length;
    int wanted = Math.max(1, TaskSplit.targetTasks() / Math.max(1, elements));
    TaskSplit split = TaskSplit.ofRows(elements, rows, wanted);
    int tasks = split.parts();
    int parts = isAligned ? headParts(split.tasks(), count) : 1;
    return new Phase(
        split.tasks() * parts,
        task -> {
          int element = task / parts / tasks;
          int from = task / parts % tasks * split.share();
          int share = Math.min(split.share(), rows - from);
          for (AllHeads one : sides) {
            if (isAligned) {
              int end = (task % parts + 1) * count / parts;
              for (int head = task % parts * count / parts; head < end; head++) {
                int unit = element * count + head;
                project(one.side, unit, from, share, matrix(one, unit));
              }
            } else if (one.side.kernel != null) {
              int width = count * one.side.depth;
              MatrixView to = new MatrixView(one.data, from * width, width, share, width);
              MatrixView left = rows(one.side, from, share);
              kernels.multiply(left, one.side.kernel.packed(), 0, to, one.side.epilogue);
            }
          }
        });
  }

  private Phase attention(AllHeads q, AllHeads k, AllHeads v, @Nullable RowStatistics statistics) {
    return TaskSplit.ofBlocks(batch * heads, query.rows)
        .phase((unit, from, to) ->
            attention(
                unit,
                matrix(q, unit),
                matrix(k, unit / group),
                matrix(v, unit / group),
                from,
                to,
                statistics));
  }

  /** The number of tasks among which heads are split if rows are too few for all threads. */
  private static int headParts(int tasks, int heads) {
    return Math.clamp(TaskSplit.perUnit(tasks), 1, Math.max(1, heads));
  }

  /** The projection of all heads together, split by rows and, if these are few, by columns. */
  private final class ProjectionOut {
    private final Shape shape;
    private final int features;
    private final int width;
    private final RightOperand kernel;
    private final Epilogue epilogue;
    private final float[] product;
    private final short @Nullable [] halves;
    private final int rows = batch * query.rows;
    private final int share = TaskSplit.ofRows(1, rows).share();
    private final int rowTasks = Math.ceilDiv(rows, share);
    private final int columns;
    private final int across;

    ProjectionOut(Projection projection, int width) {
      this.features = projection.kernel().shape().dim(-1);
      this.width = width;
      this.kernel = packed(projection, width, features, query.rows);
      this.epilogue = new Epilogue(rounding, projection.biasOf(dtype), 1);
      Shape heads = AttentionLayerCall.this.shape;
      this.shape = heads.range(0, heads.rank() - 2).append(features);
      int size = shape.size();
      this.halves = dtype.isHalf() ? new short[size] : null;
      this.product = halves == null ? new float[size] : Buffers.borrow(size);
      this.columns = TaskSplit.ofBlocks(rowTasks, features).share();
      this.across = Math.max(1, Math.ceilDiv(features, columns));
    }

    /** Rounds the result of attention before several tasks read it. */
    List<Phase> phases() {
      Phase projection = new Phase(rowTasks * across, this::project);
      return across == 1 || rounding == Rounding.NONE
          ? List.of(projection)
          : List.of(new Phase(rowTasks, this::round), projection);
    }

    private void round(int rowTask) {
      int from = rowTask * share;
      kernels.round(rounding, attended, from * width, Math.min(share, rows - from) * width);
    }

    private void project(int task) {
      int from = task / across * share;
      int col = task % across * columns;
      int count = Math.min(share, rows - from);
      int cols = Math.min(columns, features - col);
      int at = from * features + col;
      if (across == 1 && rounding != Rounding.NONE) {
        round(task);
      }
      kernels.multiply(
          new MatrixView(attended, from * width, width, count, width),
          kernel.packed(),
          col,
          new MatrixView(product, at, features, count, cols),
          epilogue);
      for (int row = 0; halves != null && row < (across == 1 ? 1 : count); row++) {
        Half.store(
            kernels,
            dtype,
            product,
            halves,
            at + row * features,
            across == 1 ? count * cols : cols);
      }
    }

    /** The output, after the phases. */
    Storage storage() {
      if (halves == null) {
        return new Storage.F32(product);
      }
      Buffers.giveBack(product);
      return Storage.of(dtype, halves);
    }
  }
}
