package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Lanes;
import dev.heddle.kernel.ParallelFor;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reductions over some axes or, if none are given, all. Each function has a form that keeps the
 * reduced axes with length 1.
 *
 * <p>Sums and products of floating-point numbers use 16 lanes ({@link Lanes}) in row-major order of
 * the reduced axes; 16-bit floats are accumulated in float32 and rounded once. Sums and products
 * are int32 for bool and uint32 for uint8, as in JAX.
 *
 * <p>All methods throw {@code IllegalArgumentException} for an axis out of range or given twice.
 */
public final class Reduce {
  private static final int COST = 32;

  private Reduce() {}

  /** {@code jnp.sum}; 0 for no elements. */
  public static Array sum(Array x, int... axes) {
    return sum(x, false, axes);
  }

  /** {@code jnp.sum} with or without the reduced axes. */
  public static Array sum(Array x, boolean keepDims, int... axes) {
    return run(Kind.SUM, Cast.astype(x, accumulated(x.dtype())), keepDims, axes);
  }

  /** {@code jnp.prod}; 1 for no elements. */
  public static Array prod(Array x, int... axes) {
    return prod(x, false, axes);
  }

  /** {@code jnp.prod} with or without the reduced axes. */
  public static Array prod(Array x, boolean keepDims, int... axes) {
    return run(Kind.PROD, Cast.astype(x, accumulated(x.dtype())), keepDims, axes);
  }

  /** {@code jnp.max}; NaN if an element is NaN. */
  public static Array max(Array x, int... axes) {
    return max(x, false, axes);
  }

  /** {@code jnp.max} with or without the reduced axes. */
  public static Array max(Array x, boolean keepDims, int... axes) {
    return run(Kind.MAX, x, keepDims, axes);
  }

  /** {@code jnp.min}; NaN if an element is NaN. */
  public static Array min(Array x, int... axes) {
    return min(x, false, axes);
  }

  /** {@code jnp.min} with or without the reduced axes. */
  public static Array min(Array x, boolean keepDims, int... axes) {
    return run(Kind.MIN, x, keepDims, axes);
  }

  /** Whether any element is not zero, {@code jnp.any}. */
  public static Array any(Array x, int... axes) {
    return any(x, false, axes);
  }

  /** {@code jnp.any} with or without the reduced axes. */
  public static Array any(Array x, boolean keepDims, int... axes) {
    return run(Kind.MAX, Cast.astype(x, DType.BOOL), keepDims, axes, "any");
  }

  /** Whether no element is zero, {@code jnp.all}. */
  public static Array all(Array x, int... axes) {
    return all(x, false, axes);
  }

  /** {@code jnp.all} with or without the reduced axes. */
  public static Array all(Array x, boolean keepDims, int... axes) {
    return run(Kind.MIN, Cast.astype(x, DType.BOOL), keepDims, axes, "all");
  }

  /** {@code jnp.mean}: the sum divided by the count; 16-bit floats are rounded once. */
  public static Array mean(Array x, int... axes) {
    return mean(x, false, axes);
  }

  /** {@code jnp.mean} with or without the reduced axes. */
  public static Array mean(Array x, boolean keepDims, int... axes) {
    return Cast.astype(floatMean(toFloat(x), keepDims, axes), result(x));
  }

  /** {@code jnp.var}: the mean of the squared deviations from the mean. */
  public static Array var(Array x, int... axes) {
    return var(x, false, axes);
  }

  /** {@code jnp.var} with or without the reduced axes. */
  public static Array var(Array x, boolean keepDims, int... axes) {
    Array y = toFloat(x);
    Array deviation = Elementwise.subtract(y, floatMean(y, true, axes));
    return Cast.astype(floatMean(Elementwise.square(deviation), keepDims, axes), result(x));
  }

  /** {@code jnp.std}: the square root of {@link #var}. */
  public static Array std(Array x, int... axes) {
    return Elementwise.sqrt(var(x, false, axes));
  }

  /** {@code jnp.std} with or without the reduced axes. */
  public static Array std(Array x, boolean keepDims, int... axes) {
    return Elementwise.sqrt(var(x, keepDims, axes));
  }

  private static Array toFloat(Array x) {
    return Cast.astype(x, x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
  }

  private static DType result(Array x) {
    return x.dtype().isFloating() ? x.dtype() : DType.FLOAT32;
  }

  private static Array floatMean(Array x, boolean keepDims, int... axes) {
    int[] reduced = Axes.allOr("mean", axes, x.shape());
    int count = new Grouping(x.shape(), reduced).length;
    return Elementwise.divide(sum(x, keepDims, axes), Array.scalar(count, x.dtype()));
  }

  /** The type of sums and products in JAX. */
  private static DType accumulated(DType dtype) {
    return switch (dtype) {
      case BOOL -> DType.INT32;
      case UINT8 -> DType.UINT32;
      case FLOAT32, FLOAT64, BFLOAT16, FLOAT16, INT32, INT64, UINT32 -> dtype;
    };
  }

  private static Array run(Kind kind, Array x, boolean keepDims, int... axes) {
    return run(kind, x, keepDims, axes, kind.name().toLowerCase(Locale.ROOT));
  }

  private static Array run(Kind kind, Array x, boolean keepDims, int[] axes, String name) {
    return Op.run(new Reduction(kind, Axes.allOr(name, axes, x.shape()), keepDims, name), x);
  }

  enum Kind {
    SUM,
    PROD,
    MAX,
    MIN
  }

  private record Reduction(Kind kind, int[] axes, boolean keepDims, String name) implements Op {
    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Grouping groups = new Grouping(x.shape(), axes);
      boolean extreme = kind == Kind.MAX || kind == Kind.MIN;
      if (extreme && groups.length == 0 && groups.rows > 0 && x.dtype() != DType.BOOL) {
        throw new IllegalArgumentException(
            name + ": expected at least one element to reduce, got shape " + x.shape());
      }
      Storage rows = groups.toRows(x.storage());
      return Array.wrap(reduce(rows, groups.rows, groups.length), groups.reduced(keepDims));
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      Array x = call.input(0);
      Shape kept = new Grouping(x.shape(), axes).reduced(true);
      Array g = Reshape.to(cotangent, kept);
      return List.of(
          switch (kind) {
            case SUM -> Reshape.repeated(g, x.shape());
            case PROD -> g.times(productsOfOthers(x));
            case MAX, MIN -> {
              Array selected = Compare.equal(x, Reshape.to(call.output(), kept));
              Array ones = Cast.astype(selected, x.dtype());
              yield ones.times(g.dividedBy(Reduce.sum(ones, true, axes)));
            }
          });
    }

    /** The product of all other elements that are reduced with each one; correct for zeros too. */
    private Array productsOfOthers(Array x) {
      int[] ordered = Axes.others(Axes.others(axes, x.rank()), x.rank()); // ascending
      int[] order = Axes.concat(Axes.others(axes, x.rank()), ordered);
      Array rows = Transpose.transpose(toFloat(x), order);
      Shape moved = rows.shape();
      int length = Axes.lengths(x.shape(), ordered).size();
      Array flat = Reshape.to(rows, moved.range(0, x.rank() - axes.length).append(length));
      Array others = Cumulative.productsBefore(flat).times(Cumulative.productsAfter(flat));
      Array inPlace = Transpose.transpose(Reshape.to(others, moved), Axes.inverse(order));
      return Cast.astype(inPlace, x.dtype());
    }

    private Storage reduce(Storage rows, int count, int n) {
      Kernels kernels = KernelChoice.current().kernels();
      return rows.mapped(
          count,
          (in, out) ->
              ParallelFor.eachRow(
                  count, n, COST, row -> out[row] = RowLoops.reduce(kernels, kind, in, row * n, n)),
          (in, out) ->
              ParallelFor.eachRow(
                  count,
                  n,
                  COST,
                  row -> out[row] = RowLoops64.reduce(kernels, kind, in, row * n, n)),
          (in, out) ->
              ParallelFor.eachRow(count, n, COST, row -> out[row] = reduce(in, row * n, n)));
    }

    private long reduce(long[] in, int from, int length) {
      long value =
          switch (kind) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> length == 0 ? 0 : in[from];
            case MIN -> length == 0 ? 1 : in[from];
          };
      for (int i = from; i < from + length; i++) {
        value =
            switch (kind) {
              case SUM -> value + in[i];
              case PROD -> value * in[i];
              case MAX -> Math.max(value, in[i]);
              case MIN -> Math.min(value, in[i]);
            };
      }
      return value;
    }
  }
}
