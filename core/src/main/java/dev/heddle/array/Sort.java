package dev.heddle.array;

import dev.heddle.kernel.ParallelFor;
import java.util.List;

/**
 * Sorting and searching. Sorts are stable, -0 and 0 are equal, and NaN is larger than all numbers,
 * as in JAX. Indices are int32.
 */
public final class Sort {
  private Sort() {}

  /** The index of the first maximum along an axis, or of the first NaN, {@code jnp.argmax}. */
  public static Array argmax(Array x, int axis) {
    return extreme("argmax", x, axis);
  }

  /** {@link #argmax(Array, int)} among all elements in row-major order. */
  public static Array argmax(Array x) {
    return argmax(Reshape.ravel(x), 0);
  }

  /** The index of the first minimum along an axis, or of the first NaN, {@code jnp.argmin}. */
  public static Array argmin(Array x, int axis) {
    return extreme("argmin", x, axis);
  }

  /** {@link #argmin(Array, int)} among all elements in row-major order. */
  public static Array argmin(Array x) {
    return argmin(Reshape.ravel(x), 0);
  }

  private static Array extreme(String name, Array x, int axis) {
    int along = Axes.one(name, axis, x.shape());
    if (x.shape().dim(along) == 0) {
      throw new IllegalArgumentException(
          name + ": expected at least one element on axis " + along + ", got shape " + x.shape());
    }
    return Op.run(new Ordering(name, along, 1), x);
  }

  /** The indices that sort the elements along an axis, {@code jnp.argsort}. */
  public static Array argsort(Array x, int axis) {
    int along = Axes.one("argsort", axis, x.shape());
    return Op.run(new Ordering("argsort", along, x.shape().dim(along)), x);
  }

  /** The elements along an axis in ascending order, {@code jnp.sort}. */
  public static Array sort(Array x, int axis) {
    return Gather.takeAlongAxis(x, argsort(x, axis), axis);
  }

  /**
   * The k largest elements along the last axis, descending, and their indices, {@code lax.top_k}.
   *
   * @throws IllegalArgumentException if the axis has fewer than k elements
   */
  public static TopK topK(Array x, int k) {
    int axis = Axes.one("top_k", -1, x.shape());
    if (k < 0 || k > x.shape().dim(axis)) {
      throw new IllegalArgumentException(
          "top_k: argument \"k\": expected 0 to %s for shape %s, got %s"
              .formatted(x.shape().dim(axis), x.shape(), k));
    }
    Array indices = Op.run(new Ordering("top_k", axis, k), x);
    return new TopK(Gather.takeAlongAxis(x, indices, axis), indices);
  }

  /**
   * The largest elements and their indices.
   *
   * @param values shape {@code [..., k]}, descending
   * @param indices int32, the same shape
   */
  public record TopK(Array values, Array indices) {}

  /** The first indices along an axis in an order; integers, hence without a derivative. */
  private record Ordering(String name, int axis, int count) implements Op {
    /** The cost of one element in multiply-adds, roughly. */
    private static final int COST = 16;

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Grouping groups = new Grouping(x.shape(), axis);
      Storage rows = groups.toRows(x.storage());
      SortKeys keys =
          switch (name) {
            case "argmax", "top_k" -> SortKeys.descending(rows);
            case "argmin" -> SortKeys.ascendingAfterNan(rows);
            default -> SortKeys.ascending(rows);
          };
      boolean extreme = name.equals("argmax") || name.equals("argmin");
      int length = groups.length;
      Shape shape = x.shape().with(axis, count);
      int[] out = new int[shape.size()];
      ParallelFor.eachRow(
          groups.rows,
          length,
          COST,
          row -> {
            if (extreme) {
              out[row] = keys.first(row * length, length);
            } else {
              keys.sort(row * length, length, out, row * count, count);
            }
          });
      Storage indices = new Grouping(shape, axis).fromRows(Storage.of(DType.INT32, out));
      return Array.wrap(indices, extreme ? groups.reduced(false) : shape);
    }
  }
}
