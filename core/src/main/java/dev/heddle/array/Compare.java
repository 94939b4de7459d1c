package dev.heddle.array;

import java.util.List;
import java.util.Locale;

/**
 * Elementwise comparisons and logic, with NumPy's broadcasting; the result is bool.
 *
 * <p>Two arrays are compared in their common type. NaN is unequal to everything and neither less
 * nor greater. The logical functions treat "not zero" as true.
 */
public final class Compare {
  private static final int COST = 48;

  private Compare() {}

  /** x == y, {@code jnp.equal}. */
  public static Array equal(Array x, Array y) {
    return compare(Relation.EQUAL, x, y);
  }

  /** x != y, {@code jnp.not_equal}. */
  public static Array notEqual(Array x, Array y) {
    return compare(Relation.NOT_EQUAL, x, y);
  }

  /** {@code x < y}, {@code jnp.less}. */
  public static Array less(Array x, Array y) {
    return compare(Relation.LESS, x, y);
  }

  /** {@code x <= y}, {@code jnp.less_equal}. */
  public static Array lessEqual(Array x, Array y) {
    return compare(Relation.LESS_EQUAL, x, y);
  }

  /** {@code x > y}, {@code jnp.greater}. */
  public static Array greater(Array x, Array y) {
    return compare(Relation.GREATER, x, y);
  }

  /** {@code x >= y}, {@code jnp.greater_equal}. */
  public static Array greaterEqual(Array x, Array y) {
    return compare(Relation.GREATER_EQUAL, x, y);
  }

  /**
   * x and y, {@code jnp.logical_and}. If one is a lazy mask, or they are a row and a column, the
   * result is lazy and needs no memory until it is read; attention does not read it.
   */
  public static Array logicalAnd(Array x, Array y) {
    if (x.tracer() == null && y.tracer() == null) {
      Array lazy =
          LazyMask.and(x, y, StridedIterator.broadcast("logical_and", x.shape(), y.shape()));
      if (lazy != null) {
        return lazy;
      }
    }
    return Op.run(new Logical(Connective.AND), truth(x), truth(y));
  }

  /** x or y, {@code jnp.logical_or}. */
  public static Array logicalOr(Array x, Array y) {
    return Op.run(new Logical(Connective.OR), truth(x), truth(y));
  }

  /** x xor y, {@code jnp.logical_xor}. */
  public static Array logicalXor(Array x, Array y) {
    return Op.run(new Logical(Connective.XOR), truth(x), truth(y));
  }

  /** Whether x is zero, {@code jnp.logical_not}. */
  public static Array logicalNot(Array x) {
    return equal(truth(x), Array.scalar(0, DType.BOOL));
  }

  /** Whether x is NaN, {@code jnp.isnan}. */
  public static Array isNan(Array x) {
    return notEqual(x, x);
  }

  /** Whether x is infinite, {@code jnp.isinf}. */
  public static Array isInf(Array x) {
    return equal(Elementwise.abs(x), Array.scalar(Double.POSITIVE_INFINITY, floating(x)));
  }

  /** Whether x is neither NaN nor infinite, {@code jnp.isfinite}. */
  public static Array isFinite(Array x) {
    return less(Elementwise.abs(x), Array.scalar(Double.POSITIVE_INFINITY, floating(x)));
  }

  private static DType floating(Array x) {
    return x.dtype().isFloating() ? x.dtype() : DType.FLOAT32;
  }

  private static Array truth(Array x) {
    return Cast.astype(x, DType.BOOL);
  }

  private static Array compare(Relation relation, Array x, Array y) {
    DType dtype = DType.promote(x.dtype(), y.dtype());
    return Op.run(new Comparison(relation), Cast.astype(x, dtype), Cast.astype(y, dtype));
  }

  enum Relation {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL
  }

  private record Comparison(Relation relation) implements Op {
    @Override
    public String name() {
      return relation.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.get(0);
      Array y = inputs.get(1);
      Shape shape = StridedIterator.broadcast(name(), x.shape(), y.shape());
      byte[] out = new byte[shape.size()];
      StridedIterator.Row row;
      if (x.dtype() == DType.FLOAT64) {
        double[] a = x.storage().doubles();
        double[] b = y.storage().doubles();
        row = (o, i, si, j, sj, m) -> BinaryLoops.compare(relation, out, o, a, i, si, b, j, sj, m);
      } else if (x.dtype().isFloating()) {
        float[] a = x.storage().floats();
        float[] b = y.storage().floats();
        row = (o, i, si, j, sj, m) -> BinaryLoops.compare(relation, out, o, a, i, si, b, j, sj, m);
      } else {
        long[] a = x.storage().longs();
        long[] b = y.storage().longs();
        row = (o, i, si, j, sj, m) -> BinaryLoops.compare(relation, out, o, a, i, si, b, j, sj, m);
      }
      StridedIterator.rows(shape, x.shape(), y.shape(), COST, row);
      return Array.wrap(new Storage.Bool(out), shape);
    }
  }

  private enum Connective {
    AND,
    OR,
    XOR
  }

  private record Logical(Connective connective) implements Op {
    @Override
    public String name() {
      return "logical_" + connective.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.get(0);
      Array y = inputs.get(1);
      Shape shape = StridedIterator.broadcast(name(), x.shape(), y.shape());
      byte[] out = new byte[shape.size()];
      byte[] a = ((Storage.Bool) x.storage()).values();
      byte[] b = ((Storage.Bool) y.storage()).values();
      StridedIterator.rows(
          shape,
          x.shape(),
          y.shape(),
          COST,
          (o, i, si, j, sj, m) -> {
            for (int k = 0; k < m; k++) {
              int p = a[i + k * si];
              int q = b[j + k * sj];
              out[o + k] =
                  (byte)
                      (connective == Connective.AND
                          ? p & q
                          : connective == Connective.OR ? p | q : p ^ q);
            }
          });
      return Array.wrap(new Storage.Bool(out), shape);
    }
  }
}
