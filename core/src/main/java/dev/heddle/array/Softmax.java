package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.Rounding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The softmax along an axis, its logarithm, and the logarithm of its denominator.
 *
 * <p>Order of operations, for each row along the axis: its maximum; R(x - maximum); R(exp); R(their
 * sum, in 16 lanes); R(exp / sum), where R rounds to bfloat16 or float16 for these types and is the
 * identity for others. A row that has NaN or +infinity, or only -infinity, gives NaN. Integers
 * become float32.
 */
public final class Softmax {
  private static final int COST = 100;

  private Softmax() {}

  /** exp(x) / sum(exp(x)) along an axis, {@code jax.nn.softmax}. */
  public static Array softmax(Array x, int axis) {
    return run(false, x, axis);
  }

  /** {@link #softmax(Array, int)} along the last axis. */
  public static Array softmax(Array x) {
    return softmax(x, -1);
  }

  /** (x - maximum) - log(sum(exp(x - maximum))) along an axis, {@code jax.nn.log_softmax}. */
  public static Array logSoftmax(Array x, int axis) {
    return run(true, x, axis);
  }

  /** {@link #logSoftmax(Array, int)} along the last axis. */
  public static Array logSoftmax(Array x) {
    return logSoftmax(x, -1);
  }

  /**
   * log(sum(exp(x))) over some axes or, if none are given, all, {@code jax.nn.logsumexp}; -infinity
   * if all elements are.
   */
  public static Array logsumexp(Array x, int... axes) {
    return logsumexp(x, false, axes);
  }

  /** {@link #logsumexp(Array, int...)} with or without the reduced axes. */
  public static Array logsumexp(Array x, boolean keepDims, int... axes) {
    int[] reduced = Axes.allOr("logsumexp", axes, x.shape());
    return Op.run(new LogSumExp(reduced, keepDims), floating(x));
  }

  private static Array run(boolean isLog, Array x, int axis) {
    int along = Axes.one(isLog ? "log_softmax" : "softmax", axis, x.shape());
    return Op.run(new Along(along, isLog), floating(x));
  }

  private static Array floating(Array x) {
    return x.dtype().isFloating() ? x : Cast.astype(x, DType.FLOAT32);
  }

  private record Along(int axis, boolean isLog) implements Op {
    @Override
    public String name() {
      return isLog ? "log_softmax" : "softmax";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Grouping groups = new Grouping(x.shape(), axis);
      Storage rows = groups.toRows(x.storage());
      int length = groups.length;
      Rounding r = Roundings.of(x.dtype());
      Storage out =
          rows.mapped(
              rows.size(),
              (from, to) -> RowLoops.softmax(from, to, length, isLog, r),
              (from, to) -> RowLoops64.softmax(from, to, length, isLog, r));
      return Array.wrap(groups.fromRows(out), x.shape());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array g) {
      Array y = call.output();
      if (!call.isNested() && y.dtype() != DType.FLOAT64 && axis == y.rank() - 1) {
        return List.of(fusedVjp(y, g));
      }
      if (!isLog) {
        return List.of(y.times(g.minus(Reduce.sum(y.times(g), true, axis))));
      }
      return List.of(g.minus(Elementwise.exp(y).times(Reduce.sum(g, true, axis))));
    }

    /** The fused derivative over contiguous rows, rounded once. */
    private Array fusedVjp(Array output, Array cotangent) {
      Kernels kernels = KernelChoice.current().kernels();
      float[] y = output.storage().floats();
      float[] g = cotangent.storage().floats();
      float[] out = new float[y.length];
      int length = output.shape().dim(-1);
      ParallelFor.rows(
          length == 0 ? 0 : out.length / length,
          length,
          COST,
          (first, count) -> {
            for (int from = first * length; from < (first + count) * length; from += length) {
              if (isLog) {
                kernels.logSoftmaxDerivative(y, g, out, from, length);
              } else {
                kernels.softmaxDerivative(y, g, out, from, length);
              }
            }
          });
      return Array.wrap(Storage.ofFloats(output.dtype(), out), output.shape());
    }
  }

  private record LogSumExp(int[] axes, boolean keepDims) implements Op {
    @Override
    public String name() {
      return "logsumexp";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Grouping groups = new Grouping(x.shape(), axes);
      Storage rows = groups.toRows(x.storage());
      int length = groups.length;
      Rounding r = Roundings.of(x.dtype());
      Storage out =
          rows.mapped(
              groups.rows,
              (from, to) -> RowLoops.logSumExp(from, to, length, r),
              (from, to) -> RowLoops64.logSumExp(from, to, length, r));
      return Array.wrap(out, groups.reduced(keepDims));
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array g) {
      Array x = call.input(0);
      Shape kept = new Grouping(x.shape(), axes).reduced(true);
      Array part = Elementwise.exp(x.minus(Reshape.to(call.output(), kept)));
      return List.of(part.times(Reshape.to(g, kept)));
    }
  }
}
