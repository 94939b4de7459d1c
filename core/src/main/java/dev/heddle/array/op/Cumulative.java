package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.Rounding;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Running sums and products along an axis, one after another in order; 16-bit floats are rounded at
 * every step. Of bool they are int32.
 */
public final class Cumulative {
  private Cumulative() {}

  /** Each element with all before it added, {@code jnp.cumsum}. */
  public static Array cumsum(Array x, int axis) {
    int along = Axes.one("cumsum", axis, x.shape());
    return Op.run(new Running(along, false), numbers(x));
  }

  /** Each element times all before it, {@code jnp.cumprod}. */
  public static Array cumprod(Array x, int axis) {
    int along = Axes.one("cumprod", axis, x.shape());
    return Op.run(new Running(along, true), numbers(x));
  }

  private static Array numbers(Array x) {
    return x.dtype() == DType.BOOL ? Cast.astype(x, DType.INT32) : x;
  }

  /** For each element along the last axis the product of all before it, 1 for the first. */
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

  /** For each element along the last axis the product of all after it, 1 for the last. */
  static Array productsAfter(Array x) {
    return Slice.flip(productsBefore(Slice.flip(x, -1)), -1);
  }

  private record Running(int axis, boolean product) implements Op {
    @Override
    public String name() {
      return product ? "cumprod" : "cumsum";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Grouping groups = new Grouping(x.shape(), axis);
      Storage rows = groups.toRows(x.storage());
      return Array.wrap(groups.fromRows(run(rows, groups.length)), x.shape());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array g) {
      if (!product) {
        return List.of(Slice.flip(cumsum(Slice.flip(g, axis), axis), axis));
      }
      Array x = Transpose.moveaxis(call.input(0), axis, -1);
      Array later = laterWorth(x, Transpose.moveaxis(g, axis, -1));
      return List.of(Transpose.moveaxis(productsBefore(x).times(later), -1, axis));
    }

    /** From the end, {@code w[i] = g[i] + x[i + 1] * w[i + 1]}: right beside zeros too. */
    private static Array laterWorth(Array x, Array g) {
      int length = x.shape().dim(-1);
      if (length == 0) {
        return g;
      }
      List<Array> xs = Concatenate.split(x, length, -1);
      List<Array> gs = Concatenate.split(g, length, -1);
      Deque<Array> worth = new ArrayDeque<>();
      worth.addFirst(gs.getLast());
      for (int i = length - 2; i >= 0; i--) {
        worth.addFirst(gs.get(i).plus(xs.get(i + 1).times(worth.getFirst())));
      }
      return Concatenate.concatenate(List.copyOf(worth), -1);
    }

    private Storage run(Storage rows, int length) {
      if (rows.dtype() == DType.FLOAT64) {
        double[] out = rows.doubles().clone();
        for (int i = 0; i < out.length; i++) {
          if (i % length != 0) {
            out[i] = product ? out[i - 1] * out[i] : out[i - 1] + out[i];
          }
        }
        return new Storage.F64(out);
      }
      if (rows.dtype().isFloating()) {
        float[] out = rows.floats().clone();
        Rounding rounding = Softmax.rounding(rows.dtype());
        for (int i = 0; i < out.length; i++) {
          if (i % length != 0) {
            out[i] = rounding.round(product ? out[i - 1] * out[i] : out[i - 1] + out[i]);
          }
        }
        return Storage.ofFloats(rows.dtype(), out);
      }
      long[] out = rows.longs().clone();
      for (int i = 0; i < out.length; i++) {
        if (i % length != 0) {
          out[i] = product ? out[i - 1] * out[i] : out[i - 1] + out[i];
        }
      }
      return Storage.ofLongs(rows.dtype(), out);
    }
  }
}
