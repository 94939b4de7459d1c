package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.Rounding;
import java.util.List;

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
