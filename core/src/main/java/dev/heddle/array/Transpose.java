package dev.heddle.array;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Permutations of axes. */
public final class Transpose {
  private Transpose() {}

  /**
   * Permutes the axes, {@code jnp.transpose}: axis i of the result is axis {@code axes[i]} of x.
   * Without arguments the axes are reversed.
   *
   * @throws IllegalArgumentException if the axes are not a permutation of x's
   */
  public static Array transpose(Array x, int... axes) {
    int rank = x.rank();
    if (axes.length == 0) {
      int[] reversed = new int[rank];
      Arrays.setAll(reversed, i -> rank - 1 - i);
      return permute(x, reversed);
    }
    if (axes.length != rank) {
      throw new IllegalArgumentException(
          "transpose: argument \"axes\": expected all %s axes of shape %s, got %s"
              .formatted(rank, x.shape(), Arrays.toString(axes)));
    }
    return permute(x, Axes.many("transpose", axes, rank));
  }

  private static Array permute(Array x, int[] axes) {
    return Arrays.equals(axes, Axes.first(axes.length)) ? x : Op.run(new Permute(axes), x);
  }

  /** Moves one axis, with the others in order, {@code jnp.moveaxis}. */
  public static Array moveaxis(Array x, int source, int destination) {
    return moveaxis(x, new int[] {source}, new int[] {destination});
  }

  /** Moves axes, with the others in order, {@code jnp.moveaxis}. */
  public static Array moveaxis(Array x, int[] sources, int[] destinations) {
    int rank = x.rank();
    int[] from = Axes.many("moveaxis", sources, rank);
    int[] to = Axes.many("moveaxis", destinations, rank);
    if (from.length != to.length) {
      throw new IllegalArgumentException(
          "moveaxis: expected as many destinations as sources, got %s and %s"
              .formatted(Arrays.toString(sources), Arrays.toString(destinations)));
    }
    int[] axes = new int[rank];
    int[] staying = Axes.others(from, rank);
    int[] free = Axes.others(to, rank);
    for (int i = 0; i < staying.length; i++) {
      axes[free[i]] = staying[i];
    }
    for (int i = 0; i < from.length; i++) {
      axes[to[i]] = from[i];
    }
    return permute(x, axes);
  }

  /** Exchanges two axes, {@code jnp.swapaxes}. */
  public static Array swapaxes(Array x, int a, int b) {
    int[] axes = Axes.first(x.rank());
    int first = Axes.one("swapaxes", a, x.shape());
    int second = Axes.one("swapaxes", b, x.shape());
    axes[first] = second;
    axes[second] = first;
    return permute(x, axes);
  }

  /** The elements of an array with permuted axes, not recorded on a tape. */
  static Storage permuted(Storage elements, Shape shape, int[] axes) {
    int[] dims = shape.dims();
    if (elements instanceof Storage.F32(float[] values)) {
      float[] moved = FloatPermutation.of(dims, axes).permute(values);
      if (moved != null) {
        return new Storage.F32(moved);
      }
    }
    Shape result = Shape.of(Axes.pick(dims, axes));
    return elements.gather(StridedIterator.indices(result, Axes.pick(shape.strides(), axes), 0));
  }

  private record Permute(int[] axes) implements Op {
    @Override
    public String name() {
      return "transpose";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      return Array.wrap(
          permuted(x.storage(), x.shape(), axes), Shape.of(Axes.pick(x.shape().dims(), axes)));
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return Collections.singletonList(Transpose.permute(cotangent, Axes.inverse(axes)));
    }
  }
}
