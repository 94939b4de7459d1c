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
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Phase;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
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
  private final Packed outKernel;
  private final Epilogue outEpilogue;
  private final int outFeatures;

  /** A projection into heads: what of, and by what. */
  private record Side(FloatInput input, int features, int rows, Packed kernel, Epilogue epilogue) {
    Rows rows(int batch, int from, int count) {
      return new Rows(input.values(), (batch * rows + from) * features, features, count, features);
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
    Packed kernel = packed(projection, features, heads * depth, rows);
    return new Side(
        input, features, rows, kernel, new Epilogue(rounding, projection.biasOf(dtype), divisor));
  }

  private Packed packed(Projection projection, int rows, int cols, int uses) {
    Array kernel = projection.kernelOf(dtype);
    return kernel.packed(
        kernels, () -> Rows.of(kernel.storage().floats(), rows, cols), batch * uses);
  }

  Array run() {
    float[] attended = Buffers.borrow(batch * queries * heads * depth);
    int units = batch * heads;
    long cost = headCost() * units + (long) batch * queries * heads * depth * outFeatures;
    ProjectionOut last = new ProjectionOut(attended);
    if (isAligned() && units >= TASKS_A_THREAD * Workers.threads()) {
      Workers.run(cost, new Phase(units, task -> wholeHead(task, attended)), last.phase());
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
    return depth % query.kernel.step() == 0
        && depth % key.kernel.step() == 0
        && depth % value.kernel.step() == 0;
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
      project(query, element, head, from, PASS, Rows.of(q, queries, depth));
      if (together) {
        project(key, element, head, from, PASS, Rows.of(k, keys, depth));
        project(value, element, head, from, PASS, Rows.of(v, keys, depth));
      }
    }
    if (!together) {
      project(key, element, head, 0, keys, Rows.of(k, keys, depth));
      project(value, element, head, 0, keys, Rows.of(v, keys, depth));
    }
    attend(
        element * heads + head,
        Rows.of(q, queries, depth),
        Rows.of(k, keys, depth),
        Rows.of(v, keys, depth),
        0,
        queries,
        attended);
    Buffers.giveBack(q);
    Buffers.giveBack(k);
    Buffers.giveBack(v);
  }

  /** Some rows of one head; {@code out} holds all rows of the head. */
  private void project(Side side, int element, int head, int from, int count, Rows out) {
    int rows = Math.min(count, side.rows - from);
    if (rows > 0) {
      Rows part = new Rows(out.data(), out.at(from), out.stride(), rows, depth);
      kernels.multiply(
          side.rows(element, from, rows), side.kernel, head * depth, part, side.epilogue);
    }
  }

  private void attend(int unit, Rows q, Rows k, Rows v, int from, int to, float[] attended) {
    int width = heads * depth;
    int at = unit / heads * queries * width + unit % heads * depth;
    Rows out = new Rows(attended, at, width, queries, depth);
    kernels.attend(plan.head(unit, q, k, v, null), from, to, out, null, null);
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
    List<Phase> phases = new ArrayList<>(4);
    if (isTogether()) {
      phases.add(projections(queries, byHead, new Side[] {query, key, value}, q, k, v));
    } else {
      phases.add(projections(queries, byHead, new Side[] {query}, q));
      phases.add(projections(keys, byHead, new Side[] {key}, k));
      phases.add(projections(keys, byHead, new Side[] {value}, v));
    }
    phases.add(attention(q, k, v, byHead, attended));
    phases.add(last.phase());
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
          attend(
              unit,
              headRows(q, unit, queries, byHead),
              headRows(k, unit, keys, byHead),
              headRows(v, unit, keys, byHead),
              from,
              Math.min(queries, from + rows),
              attended);
        });
  }

  private Rows headRows(float[] data, int unit, int rows, boolean byHead) {
    if (byHead) {
      return new Rows(data, unit * rows * depth, depth, rows, depth);
    }
    int at = (unit / heads * rows * heads + unit % heads) * depth;
    return new Rows(data, at, heads * depth, rows, depth);
  }

  private Phase projections(int rows, boolean byHead, Side[] sides, float[]... outs) {
    int elements = byHead ? batch : 1;
    int rowsEach = byHead ? rows : batch * rows;
    int share = share(rowsEach, elements);
    int tasks = (rowsEach + share - 1) / share;
    return new Phase(
        elements * tasks,
        task -> {
          int element = task / tasks;
          int from = task % tasks * share;
          int count = Math.min(share, rowsEach - from);
          for (int i = 0; i < sides.length; i++) {
            if (byHead) {
              for (int head = 0; head < heads; head++) {
                Rows out = headRows(outs[i], element * heads + head, rows, true);
                project(sides[i], element, head, from, count, out);
              }
            } else {
              int width = heads * depth;
              kernels.multiply(
                  sides[i].rows(0, from, count),
                  sides[i].kernel,
                  0,
                  new Rows(outs[i], from * width, width, count, width),
                  sides[i].epilogue);
            }
          }
        });
  }

  /** Rows of a task: equal shares, as near as whole register tiles allow. */
  private static int share(int rows, int elements) {
    int wanted = Math.max(1, TASKS_A_THREAD * Workers.threads() / Math.max(1, elements));
    int share = Math.max(FEW_ROWS, (rows + wanted - 1) / wanted);
    return (share + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
  }

  /** The projection of all heads together, rows split into tasks. */
  private final class ProjectionOut {
    private final float[] attended;
    private final float[] out;
    private final short @Nullable [] halves;
    private final int width = heads * depth;
    private final int rows = batch * queries;
    private final int share = share(rows, 1);

    ProjectionOut(float[] attended) {
      this.attended = attended;
      this.halves = dtype.isHalf() ? new short[shape.size()] : null;
      this.out = halves == null ? new float[shape.size()] : Buffers.borrow(shape.size());
    }

    Phase phase() {
      return new Phase((rows + share - 1) / share, this::project);
    }

    private void project(int task) {
      int from = task * share;
      int count = Math.min(share, rows - from);
      Rows part = new Rows(out, from * outFeatures, outFeatures, count, outFeatures);
      Rows a = new Rows(attended, from * width, width, count, width);
      if (rounding != Rounding.NONE) {
        kernels.round(rounding, attended, from * width, count * width);
      }
      kernels.multiply(a, outKernel, 0, part, outEpilogue);
      if (halves != null) {
        narrow(halves, from * outFeatures, count * outFeatures);
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
