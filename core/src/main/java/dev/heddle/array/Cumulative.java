package dev.heddle.array;

import dev.heddle.kernel.Rounding;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cumulative sums and products along an axis, computed sequentially; 16-bit floats are rounded at
 * every step. For bool they are int32.
 */
public final class Cumulative {
  private Cumulative() {}

  /** The sum of each element and all before it, {@code jnp.cumsum}. */
  public static Array cumsum(Array x, int axis) {
    int along = Axes.one("cumsum", axis, x.shape());
    return Op.run(new Scan(along, false), numbers(x));
  }

  /** The product of each element and all before it, {@code jnp.cumprod}. */
  public static Array cumprod(Array x, int axis) {
    int along = Axes.one("cumprod", axis, x.shape());
    return Op.run(new Scan(along, true), numbers(x));
  }

  private static Array numbers(Array x) {
    return x.dtype() == DType.BOOL ? Cast.astype(x, DType.INT32) : x;
  }

  /** The product of all elements before each one along the last axis, 1 for the first. */
  static Array productsBefore(Array x) {
    int last = x.rank() - 1;
    if (x.shape().dim(last) == 0) {
      return x;
    }
    int[] front = new int[x.rank()];
    front[last] = 1;
    Index[] butLast = new Index[x.rank()];
    Arrays.fill(butLast, Index.all());
    butLast[last] = Index.range(0, x.shape().dim(last) - 1, 1);
    return Concatenate.pad(Slice.get(cumprod(x, last), butLast), front, new int[x.rank()], 1);
  }

  /** The product of all elements after each one along the last axis, 1 for the last. */
  static Array productsAfter(Array x) {
    return Slice.flip(productsBefore(Slice.flip(x, -1)), -1);
  }

  private record Scan(int axis, boolean product) implements Op {
    @Override
    public String name() {
      return product ? "cumprod" : "cumsum";
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
              (from, to) -> RowLoops.scan(from, to, length, product, r),
              (from, to) -> RowLoops64.scan(from, to, length, product, r),
              (from, to) -> scan(from, to, length));
      return Array.wrap(groups.fromRows(out), x.shape());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array g) {
      if (!product) {
        return List.of(Slice.flip(cumsum(Slice.flip(g, axis), axis), axis));
      }
      Array x = Transpose.moveaxis(call.input(0), axis, -1);
      Array suffixes = suffixGradients(x, Transpose.moveaxis(g, axis, -1));
      return List.of(Transpose.moveaxis(productsBefore(x).times(suffixes), -1, axis));
    }

    /** {@code w[i] = g[i] + x[i + 1] * w[i + 1]}, from the end; correct for zeros in x too. */
    private static Array suffixGradients(Array x, Array g) {
      int length = x.shape().dim(-1);
      if (length == 0) {
        return g;
      }
      List<Array> xs = Concatenate.split(x, length, -1);
      List<Array> gs = Concatenate.split(g, length, -1);
      Deque<Array> suffixes = new ArrayDeque<>();
      suffixes.addFirst(gs.getLast());
      for (int i = length - 2; i >= 0; i--) {
        suffixes.addFirst(gs.get(i).plus(xs.get(i + 1).times(suffixes.getFirst())));
      }
      return Concatenate.concatenate(List.copyOf(suffixes), -1);
    }

    private void scan(long[] in, long[] out, int length) {
      for (int i = 0; i < in.length; i++) {
        out[i] = i % length == 0 ? in[i] : product ? out[i - 1] * in[i] : out[i - 1] + in[i];
      }
    }
  }
}
