package dev.heddle.array;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Selection by a condition, {@code jnp.where}, and triangular matrices, {@code jnp.tril}. */
public final class Where {
  private static final int COST = 32;

  private Where() {}

  /**
   * x where the condition is not zero, else y; all three broadcast.
   *
   * @param condition of any type
   * @return in the common type of x and y
   * @throws IllegalArgumentException if the shapes do not broadcast
   */
  public static Array where(Array condition, Array x, Array y) {
    DType dtype = DType.promote(x.dtype(), y.dtype());
    return Op.run(
        new Select(),
        Cast.astype(condition, DType.BOOL),
        Cast.astype(x, dtype),
        Cast.astype(y, dtype));
  }

  /** x where the condition is not zero, else a weakly typed number. */
  public static Array where(Array condition, Array x, double otherwise) {
    return where(condition, x, Creation.scalarLike(x, otherwise));
  }

  /** The elements on and below a diagonal of the last two axes, else 0, {@code jnp.tril}. */
  public static Array tril(Array x, int diagonal) {
    return where(triangle("tril", x, diagonal), x, Array.scalar(0, x.dtype()));
  }

  /** The elements on and below the main diagonal, else 0. */
  public static Array tril(Array x) {
    return tril(x, 0);
  }

  /** The elements on and above a diagonal of the last two axes, else 0, {@code jnp.triu}. */
  public static Array triu(Array x, int diagonal) {
    return where(triangle("triu", x, diagonal - 1), Array.scalar(0, x.dtype()), x);
  }

  /** The elements on and above the main diagonal, else 0. */
  public static Array triu(Array x) {
    return triu(x, 0);
  }

  private static Array triangle(String operation, Array x, int diagonal) {
    if (x.rank() < 2) {
      throw new IllegalArgumentException(
          operation + ": expected at least 2 axes, got shape " + x.shape());
    }
    return Creation.tri(x.shape().dim(-2), x.shape().dim(-1), diagonal, DType.BOOL);
  }

  private record Select() implements Op {
    @Override
    public String name() {
      return "where";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array condition = inputs.get(0);
      Array x = inputs.get(1);
      Array y = inputs.get(2);
      Shape shape =
          StridedIterator.broadcast(
              name(), condition.shape(), StridedIterator.broadcast(name(), x.shape(), y.shape()));
      byte[] keep = ((Storage.Bool) condition.storage()).values();
      boolean xEven = StridedIterator.isEven(x.shape(), shape);
      if (x.dtype() == DType.FLOAT32 && (xEven || StridedIterator.isEven(y.shape(), shape))) {
        float[] out =
            xEven
                ? select(shape, condition, keep, false, y, x)
                : select(shape, condition, keep, true, x, y);
        return Array.wrap(new Storage.F32(out), shape);
      }
      int[] indices = StridedIterator.indices(shape, x.shape().stridesFor(shape), 0);
      int[] ofY = StridedIterator.indices(shape, y.shape().stridesFor(shape), x.size());
      int[] ofCondition = StridedIterator.indices(shape, condition.shape().stridesFor(shape), 0);
      for (int i = 0; i < indices.length; i++) {
        indices[i] = keep[ofCondition[i]] != 0 ? indices[i] : ofY[i];
      }
      Storage both = Concatenate.join(x.dtype(), List.of(x.storage(), y.storage()));
      return Array.wrap(both.gather(indices), shape);
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      Array condition = call.input(0);
      Array zero = Array.scalar(0, cotangent.dtype());
      List<@Nullable Array> all = Gradients.none(3);
      if (call.wants(1)) {
        Array x = where(condition, cotangent, zero);
        all.set(1, Gradients.unbroadcast(x, call.input(1).shape()));
      }
      if (call.wants(2)) {
        Array y = where(condition, zero, cotangent);
        all.set(2, Gradients.unbroadcast(y, call.input(2).shape()));
      }
      return all;
    }

    /** Elements of {@code other} where the flags equal {@code set}, else of {@code even}. */
    private static float[] select(
        Shape shape, Array flags, byte[] keep, boolean set, Array other, Array even) {
      float[] a = other.storage().floats();
      float[] b = even.storage().floats();
      int step = b.length == 1 ? 0 : 1;
      float[] out = new float[shape.size()];
      StridedIterator.rows(
          shape,
          flags.shape(),
          other.shape(),
          COST,
          (o, i, si, j, sj, m) -> {
            for (int k = 0; k < m; k++) {
              int flag = keep[i + k * si];
              int mask = ((flag | -flag) >> 31) ^ (set ? 0 : -1); // without a branch
              int chosen = Float.floatToRawIntBits(a[j + k * sj]) & mask;
              int rest = Float.floatToRawIntBits(b[(o + k) * step]) & ~mask;
              out[o + k] = Float.intBitsToFloat(chosen | rest);
            }
          });
      return out;
    }
  }
}
