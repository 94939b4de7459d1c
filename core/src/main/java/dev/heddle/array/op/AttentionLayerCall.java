package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.op.AttentionLayer.Parameters;
import dev.heddle.array.op.AttentionLayer.Projection;
import dev.heddle.array.storage.Storage;
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
 * One call of a layer. Where there are heads enough for all threads, a task projects one head of
 * one batch element and attends in it; otherwise all projections come before all attention. The
 * projection out follows when all heads are there.
 */
final class AttentionLayerCall {
  /** Tasks for each thread, so that none waits long for the last one. */
  private static final int TASKS_A_THREAD = 4;

  /** Rows of a task are a multiple of this, so that register tiles are full. */
  private static final int ROW_STEP = 6;

  /** Fewer rows than this are not worth a task. */
  private static final int FEW_ROWS = 48;

  /** Rows that pass three projections while they are in the cache. */
  private static final int PASS = 96;

  /** Query rows of a task are a multiple of this, so that kernels fill their blocks. */
  private static final int QUERY_STEP = 64;

  private final Kernels kernels = KernelChoice.current().kernels();
  private final DType dtype;
  private final Rounding rounding;
  private final AttentionPlan plan;
  private final Shape shape;
  private final int batch;
  private final int heads;
  private final int depth;
  private final int queries;
  private final int keys;
  private final Side query;
  private final Side key;
  private final Side value;
  private final RightOperand outKernel;
  private final Epilogue outEpilogue;
  private final int outFeatures;

  /** A projection into heads: what of, and by what. */
  private record Side(
      FloatInput input, int features, int rows, RightOperand kernel, Epilogue epilogue) {
    MatrixView rows(int batch, int from, int count) {
      return new MatrixView(
          input.values(), (batch * rows + from) * features, features, count, features);
    }
  }

  AttentionLayerCall(
      Array inputsQ,
      Array inputsK,
      Array inputsV,
      Parameters parameters,
      DType dtype,
      Attention.Options options) {
    this.dtype = dtype;
    this.rounding = Roundings.of(dtype);
    this.heads = parameters.heads();
    this.depth = parameters.depth();
    this.outFeatures = parameters.outFeatures();
    this.queries = inputsQ.shape().dim(-2);
    this.keys = inputsK.shape().dim(-2);
    Shape outer = inputsQ.shape().range(0, inputsQ.rank() - 2);
    this.batch = outer.size();
    this.shape = outer.append(queries, outFeatures);
    this.plan = AttentionPlan.ofDivided(outer.append(heads, queries, keys), dtype, options);
    outer.append(Math.max(queries, keys), heads, depth).size(); // that workspace has room
    float root = rounding.round((float) Math.sqrt(depth));
    FloatInput q = FloatInput.of(inputsQ, dtype, kernels);
    FloatInput k = inputsK == inputsQ ? q : FloatInput.of(inputsK, dtype, kernels);
    FloatInput v =
        inputsV == inputsK ? k : inputsV == inputsQ ? q : FloatInput.of(inputsV, dtype, kernels);
    this.query = side(q, queries, parameters.query(), root);
    this.key = side(k, keys, parameters.key(), 1);
    this.value = side(v, keys, parameters.value(), 1);
    this.outKernel = packed(parameters.out(), heads * depth, outFeatures, queries);
    this.outEpilogue = new Epilogue(rounding, parameters.out().biasOf(dtype), 1);
  }

  private Side side(FloatInput input, int rows, Projection projection, float divisor) {
    int features = projection.kernel().shape().dim(0);
    RightOperand kernel = packed(projection, features, heads * depth, rows);
    return new Side(
        input, features, rows, kernel, new Epilogue(rounding, projection.biasOf(dtype), divisor));
  }

  private RightOperand packed(Projection projection, int rows, int cols, int uses) {
    return RightOperand.of(projection.kernelOf(dtype), rows, cols, false, batch * uses, kernels);
  }

  Array run() {
    float[] attended = Buffers.borrow(batch * queries * heads * depth);
    int units = batch * heads;
    long cost = headCost() * units + (long) batch * queries * heads * depth * outFeatures;
    ProjectionOut last = new ProjectionOut(attended);
    if (isAligned() && units >= TASKS_A_THREAD * Workers.threads()) {
      List<Phase> phases = new ArrayList<>(3);
      phases.add(new Phase(units, task -> wholeHead(task, attended)));
      phases.addAll(last.phases());
      Workers.run(cost, phases.toArray(Phase[]::new));
    } else {
      inPhases(attended, cost, last);
    }
    Buffers.giveBack(attended);
    query.kernel.release();
    key.kernel.release();
    value.kernel.release();
    outKernel.release();
    query.input.release();
    if (key.input != query.input) {
      key.input.release();
    }
    if (value.input != key.input && value.input != query.input) {
      value.input.release();
    }
    return Array.wrap(last.storage(), shape);
  }

  /** Whether panels begin where heads do. */
  private boolean isAligned() {
    return depth % query.kernel.packed().step() == 0
        && depth % key.kernel.packed().step() == 0
        && depth % value.kernel.packed().step() == 0;
  }

  private long headCost() {
    long rows = (long) queries * query.features + (long) keys * (key.features + value.features);
    return rows * depth + 2L * queries * keys * depth;
  }

  /** Heads count first, so that a thread keeps a head's kernels in its cache. */
  private void wholeHead(int task, float[] attended) {
    int head = task / batch;
    int element = task % batch;
    float[] q = Buffers.borrow(queries * depth);
    float[] k = Buffers.borrow(keys * depth);
    float[] v = Buffers.borrow(keys * depth);
    boolean together = isTogether();
    for (int from = 0; from < Math.max(queries, keys); from += PASS) {
      project(query, element, head, from, PASS, MatrixView.of(q, queries, depth));
      if (together) {
        project(key, element, head, from, PASS, MatrixView.of(k, keys, depth));
        project(value, element, head, from, PASS, MatrixView.of(v, keys, depth));
      }
    }
    if (!together) {
      project(key, element, head, 0, keys, MatrixView.of(k, keys, depth));
      project(value, element, head, 0, keys, MatrixView.of(v, keys, depth));
    }
    attentionForward(
        element * heads + head,
        MatrixView.of(q, queries, depth),
        MatrixView.of(k, keys, depth),
        MatrixView.of(v, keys, depth),
        0,
        queries,
        attended);
    Buffers.giveBack(q);
    Buffers.giveBack(k);
    Buffers.giveBack(v);
  }

  /** Some rows of one head; {@code out} holds all rows of the head. */
  private void project(Side side, int element, int head, int from, int count, MatrixView out) {
    int rows = Math.min(count, side.rows - from);
    if (rows > 0) {
      MatrixView part = new MatrixView(out.data(), out.at(from), out.stride(), rows, depth);
      kernels.multiply(
          side.rows(element, from, rows), side.kernel.packed(), head * depth, part, side.epilogue);
    }
  }

  private void attentionForward(
      int unit, MatrixView q, MatrixView k, MatrixView v, int from, int to, float[] attended) {
    int width = heads * depth;
    int at = unit / heads * queries * width + unit % heads * depth;
    MatrixView out = new MatrixView(attended, at, width, queries, depth);
    kernels.attentionForward(plan.head(unit, q, k, v, null), from, to, out, null, null);
  }

  /**
   * All projections, then all attention. With panels that begin where heads do, rows of a head lie
   * together; else as in Flax, {@code [B, rows, H, D]}.
   */
  private void inPhases(float[] attended, long cost, ProjectionOut last) {
    float[] q = Buffers.borrow(batch * queries * heads * depth);
    float[] k = Buffers.borrow(batch * keys * heads * depth);
    float[] v = Buffers.borrow(batch * keys * heads * depth);
    boolean byHead = isAligned();
    List<Phase> phases = new ArrayList<>(6);
    if (isTogether()) {
      phases.add(projections(queries, byHead, new Side[] {query, key, value}, q, k, v));
    } else {
      phases.add(projections(queries, byHead, new Side[] {query}, q));
      phases.add(projections(keys, byHead, new Side[] {key}, k));
      phases.add(projections(keys, byHead, new Side[] {value}, v));
    }
    phases.add(attention(q, k, v, byHead, attended));
    phases.addAll(last.phases());
    Workers.run(cost, phases.toArray(Phase[]::new));
    Buffers.giveBack(q);
    Buffers.giveBack(k);
    Buffers.giveBack(v);
  }

  private boolean isTogether() {
    return query.input == key.input && key.input == value.input;
  }

  private Phase attention(float[] q, float[] k, float[] v, boolean byHead, float[] attended) {
    int units = batch * heads;
    int wanted = TASKS_A_THREAD * Workers.threads();
    int blocks = (queries + QUERY_STEP - 1) / QUERY_STEP;
    int tasksAUnit = Math.max(1, Math.min(blocks, (wanted + units - 1) / Math.max(1, units)));
    int rows = Math.max(1, (blocks + tasksAUnit - 1) / tasksAUnit) * QUERY_STEP;
    int tasks = (queries + rows - 1) / rows;
    return new Phase(
        units * tasks,
        task -> {
          int unit = task / tasks;
          int from = task % tasks * rows;
          attentionForward(
              unit,
              headRows(q, unit, queries, byHead),
              headRows(k, unit, keys, byHead),
              headRows(v, unit, keys, byHead),
              from,
              Math.min(queries, from + rows),
              attended);
        });
  }

  private MatrixView headRows(float[] data, int unit, int rows, boolean byHead) {
    if (byHead) {
      return new MatrixView(data, unit * rows * depth, depth, rows, depth);
    }
    int at = (unit / heads * rows * heads + unit % heads) * depth;
    return new MatrixView(data, at, heads * depth, rows, depth);
  }

  private Phase projections(int rows, boolean byHead, Side[] sides, float[]... outs) {
    int elements = byHead ? batch : 1;
    int rowsEach = byHead ? rows : batch * rows;
    int share = share(rowsEach, elements);
    int tasks = (rowsEach + share - 1) / share;
    int parts = byHead ? headParts(elements * tasks) : 1;
    return new Phase(
        elements * tasks * parts,
        task -> {
          int element = task / parts / tasks;
          int from = task / parts % tasks * share;
          int count = Math.min(share, rowsEach - from);
          for (int i = 0; i < sides.length; i++) {
            if (byHead) {
              int end = (task % parts + 1) * heads / parts;
              for (int head = task % parts * heads / parts; head < end; head++) {
                MatrixView out = headRows(outs[i], element * heads + head, rows, true);
                project(sides[i], element, head, from, count, out);
              }
            } else {
              int width = heads * depth;
              kernels.multiply(
                  sides[i].rows(0, from, count),
                  sides[i].kernel.packed(),
                  0,
                  new MatrixView(outs[i], from * width, width, count, width),
                  sides[i].epilogue);
            }
          }
        });
  }

  /** Into how many tasks the heads are split where rows are too few for all threads. */
  private int headParts(int tasks) {
    int wanted = Math.ceilDiv(TASKS_A_THREAD * Workers.threads(), Math.max(1, tasks));
    return Math.clamp(wanted, 1, Math.max(1, heads));
  }

  /** Rows of a task: equal shares, as near as whole register tiles allow. */
  private static int share(int rows, int elements) {
    int wanted = Math.max(1, TASKS_A_THREAD * Workers.threads() / Math.max(1, elements));
    int share = Math.max(FEW_ROWS, (rows + wanted - 1) / wanted);
    return (share + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
  }

  /** The projection of all heads together, rows and, where these are few, columns split. */
  private final class ProjectionOut {
    private final float[] attended;
    private final float[] out;
    private final short @Nullable [] halves;
    private final int width = heads * depth;
    private final int rows = batch * queries;
    private final int share = share(rows, 1);
    private final int rowTasks = (rows + share - 1) / share;
    private final int columns = MatrixProduct.columnsATask(outFeatures, rowTasks);
    private final int across = Math.max(1, Math.ceilDiv(outFeatures, columns));

    ProjectionOut(float[] attended) {
      this.attended = attended;
      this.halves = dtype.isHalf() ? new short[shape.size()] : null;
      this.out = halves == null ? new float[shape.size()] : Buffers.borrow(shape.size());
    }

    /** What is attended must be rounded before several tasks read it. */
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
      int cols = Math.min(columns, outFeatures - col);
      int at = from * outFeatures + col;
      if (across == 1 && rounding != Rounding.NONE) {
        round(task);
      }
      kernels.multiply(
          new MatrixView(attended, from * width, width, count, width),
          outKernel.packed(),
          col,
          new MatrixView(out, at, outFeatures, count, cols),
          outEpilogue);
      for (int row = 0; halves != null && row < (across == 1 ? 1 : count); row++) {
        narrow(halves, at + row * outFeatures, across == 1 ? count * cols : cols);
      }
    }

    private void narrow(short[] to, int at, int count) {
      if (dtype == DType.BFLOAT16) {
        kernels.toBfloat16(out, at, to, at, count);
      } else {
        kernels.toFloat16(out, at, to, at, count);
      }
    }

    /** The output, after the phase. */
    Storage storage() {
      if (halves == null) {
        return new Storage.F32(out);
      }
      Buffers.giveBack(out);
      return dtype == DType.BFLOAT16 ? new Storage.BF16(halves) : new Storage.F16(halves);
    }
  }
}
