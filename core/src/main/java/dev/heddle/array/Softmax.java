package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Lanes64;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.UnaryFunction;
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
    return run(Kind.SOFTMAX, x, axis);
  }

  /** {@link #softmax(Array, int)} along the last axis. */
  public static Array softmax(Array x) {
    return softmax(x, -1);
  }

  /** (x - maximum) - log(sum(exp(x - maximum))) along an axis, {@code jax.nn.log_softmax}. */
  public static Array logSoftmax(Array x, int axis) {
    return run(Kind.LOG_SOFTMAX, x, axis);
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

  private static Array run(Kind kind, Array x, int axis) {
    return Op.run(new Along(kind, Axes.one(kind.label, axis, x.shape())), floating(x));
  }

  private static Array floating(Array x) {
    return x.dtype().isFloating() ? x : Cast.astype(x, DType.FLOAT32);
  }

  private static float max(float[] in, int from, int length) {
    return KernelChoice.current().kernels().max(in, from, length);
  }

  /**
   * For one row, writes {@code shifted = R(in - shift)} and {@code exp = R(exp(shifted))}, where
   * both may be the same array, and returns R of the sum of {@code exp}.
   */
  private static float exponentials(
      float[] in,
      int from,
      float[] shifted,
      int at,
      float[] exp,
      int length,
      float shift,
      Rounding r) {
    Kernels kernels = KernelChoice.current().kernels();
    for (int i = 0; i < length; i++) {
      shifted[at + i] = in[from + i] - shift;
    }
    kernels.round(r, shifted, at, length);
    kernels.map(UnaryFunction.EXP, shifted, at, exp, 0, length);
    kernels.round(r, exp, 0, length);
    return r.round(kernels.sum(exp, 0, length));
  }

  private enum Kind {
    SOFTMAX("softmax"),
    LOG_SOFTMAX("log_softmax");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  private record Along(Kind kind, int axis) implements Op {
    @Override
    public String name() {
      return kind.label;
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Grouping groups = new Grouping(x.shape(), axis);
      Storage rows = groups.toRows(x.storage());
      int length = groups.length;
      if (x.dtype() == DType.FLOAT64) {
        double[] out = rows.doubles().clone();
        for (int row = 0; row < groups.rows; row++) {
          normalize(out, row * length, length);
        }
        return Array.wrap(groups.fromRows(new Storage.F64(out)), x.shape());
      }
      float[] in = rows.floats();
      float[] out = new float[in.length];
      Rounding rounding = Roundings.of(x.dtype());
      ParallelFor.rows(
          groups.rows,
          length,
          COST,
          (first, count) -> {
            float[] exp = new float[length];
            for (int row = first; row < first + count; row++) {
              normalize(in, out, exp, row * length, length, rounding);
            }
          });
      return Array.wrap(groups.fromRows(Storage.ofFloats(x.dtype(), out)), x.shape());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array g) {
      Array y = call.output();
      if (!call.isNested() && y.dtype() != DType.FLOAT64 && axis == y.rank() - 1) {
        return List.of(fusedVjp(y, g));
      }
      if (kind == Kind.SOFTMAX) {
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
              if (kind == Kind.SOFTMAX) {
                kernels.softmaxDerivative(y, g, out, from, length);
              } else {
                kernels.logSoftmaxDerivative(y, g, out, from, length);
              }
            }
          });
      return Array.wrap(Storage.ofFloats(output.dtype(), out), output.shape());
    }

    private void normalize(float[] in, float[] out, float[] exp, int from, int length, Rounding r) {
      float sum = exponentials(in, from, out, from, exp, length, max(in, from, length), r);
      if (kind == Kind.SOFTMAX) {
        for (int i = 0; i < length; i++) {
          out[from + i] = exp[i] / sum;
        }
      } else {
        float log = r.round(Polynomials.log(sum));
        for (int i = 0; i < length; i++) {
          out[from + i] = out[from + i] - log;
        }
      }
    }

    private void normalize(double[] row, int from, int length) {
      double max = Lanes64.max(row, from, length);
      double[] exp = new double[length];
      for (int i = 0; i < length; i++) {
        row[from + i] -= max;
        exp[i] = StrictMath.exp(row[from + i]);
      }
      double sum = Lanes64.sum(exp, 0, length);
      double log = StrictMath.log(sum);
      for (int i = 0; i < length; i++) {
        row[from + i] = kind == Kind.SOFTMAX ? exp[i] / sum : row[from + i] - log;
      }
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
      if (x.dtype() == DType.FLOAT64) {
        double[] in = rows.doubles();
        double[] out = new double[groups.rows];
        for (int row = 0; row < out.length; row++) {
          out[row] = logSumExp(in, row * length, length);
        }
        return Array.wrap(new Storage.F64(out), groups.reduced(keepDims));
      }
      float[] in = rows.floats();
      float[] out = new float[groups.rows];
      Rounding rounding = Roundings.of(x.dtype());
      ParallelFor.rows(
          groups.rows,
          length,
          COST,
          (first, count) -> {
            float[] exp = new float[length];
            for (int row = first; row < first + count; row++) {
              out[row] = logSumExp(in, row * length, exp, length, rounding);
            }
          });
      return Array.wrap(Storage.ofFloats(x.dtype(), out), groups.reduced(keepDims));
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array g) {
      Array x = call.input(0);
      Shape kept = new Grouping(x.shape(), axes).reduced(true);
      Array part = Elementwise.exp(x.minus(Reshape.to(call.output(), kept)));
      return List.of(part.times(Reshape.to(g, kept)));
    }

    private static float logSumExp(float[] in, int from, float[] exp, int length, Rounding r) {
      float max = max(in, from, length);
      float shift = Float.isInfinite(max) ? 0 : max;
      float sum = exponentials(in, from, exp, 0, exp, length, shift, r);
      return r.round(Polynomials.log(sum)) + shift;
    }

    private static double logSumExp(double[] in, int from, int length) {
      double max = Lanes64.max(in, from, length);
      double shift = Double.isInfinite(max) ? 0 : max;
      double[] exp = new double[length];
      for (int i = 0; i < length; i++) {
        exp[i] = StrictMath.exp(in[from + i] - shift);
      }
      return StrictMath.log(Lanes64.sum(exp, 0, length)) + shift;
    }
  }
}
