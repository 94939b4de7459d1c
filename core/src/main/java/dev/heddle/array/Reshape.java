package dev.heddle.array;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reshaping without a copy, and broadcasting. */
public final class Reshape {
  private Reshape() {}

  /**
   * The array in another shape, {@code jnp.reshape}; a length of -1 is inferred.
   *
   * @throws IllegalArgumentException if the number of elements differs
   */
  public static Array reshape(Array x, int... dims) {
    return to(x, inferred(x, dims));
  }

  private static Shape inferred(Array x, int... dims) {
    int inferred = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == -1 && inferred < 0) {
        inferred = i;
      } else if (dims[i] < 0) {
        throw mismatch(x, dims);
      } else {
        known *= dims[i];
      }
    }
    if (inferred < 0) {
      return Shape.of(dims);
    }
    if (known == 0 || x.shape().count() % known != 0) {
      throw mismatch(x, dims);
    }
    int[] lengths = dims.clone();
    lengths[inferred] = Math.toIntExact(x.shape().count() / known);
    return Shape.of(lengths);
  }

  private static IllegalArgumentException mismatch(Array x, int... dims) {
    return new IllegalArgumentException(
        "reshape: expected a shape of "
            + x.shape().count()
            + " elements for shape "
            + x.shape()
            + ", got "
            + Arrays.toString(dims));
  }

  /** The array in another shape of as many elements. */
  static Array to(Array x, Shape shape) {
    if (shape.count() != x.shape().count()) {
      throw mismatch(x, shape.dims());
    }
    return shape.equals(x.shape()) ? x : Op.run(new Reshaped(shape), x);
  }

  /** All elements on one axis, {@code jnp.ravel}. */
  public static Array ravel(Array x) {
    return reshape(x, x.size());
  }

  /** The array with new axes of length 1, numbered as in the result, {@code jnp.expand_dims}. */
  public static Array expandDims(Array x, int... axes) {
    int rank = x.rank() + axes.length;
    int[] inserted = Axes.many("expand_dims", axes, rank);
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    int[] kept = Axes.others(inserted, rank);
    for (int i = 0; i < kept.length; i++) {
      dims[kept[i]] = x.shape().dim(i);
    }
    return to(x, Shape.of(dims));
  }

  /**
   * The array without these axes of length 1, or all if none are given, {@code jnp.squeeze}.
   *
   * @throws IllegalArgumentException if one has another length
   */
  public static Array squeeze(Array x, int... axes) {
    int[] dims = x.shape().dims();
    if (axes.length == 0) {
      return to(x, Shape.of(Arrays.stream(dims).filter(d -> d != 1).toArray()));
    }
    int[] dropped = Axes.many("squeeze", axes, x.rank());
    for (int axis : dropped) {
      if (dims[axis] != 1) {
        throw new IllegalArgumentException(
            "squeeze: argument \"axes\": expected axes of length 1 of shape %s, got axis %s"
                .formatted(x.shape(), axis));
      }
    }
    return to(x, Shape.of(Axes.pick(dims, Axes.others(dropped, dims.length))));
  }

  /**
   * The array broadcast to a shape, {@code jnp.broadcast_to}.
   *
   * @throws IllegalArgumentException if the shape does not broadcast to it
   */
  public static Array broadcastTo(Array x, int... dims) {
    return repeated(x, Shape.of(dims));
  }

  static Array repeated(Array x, Shape shape) {
    if (!x.shape().broadcastsTo(shape)) {
      throw new IllegalArgumentException(
          "broadcast_to: expected a shape that " + x.shape() + " broadcasts to, got " + shape);
    }
    return shape.equals(x.shape()) ? x : Op.run(new Repeated(shape), x);
  }

  private record Reshaped(Shape shape) implements Op {
    @Override
    public String name() {
      return "reshape";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Array lazy = LazyMask.reshaped(x, shape);
      return lazy == null ? Array.wrap(x.storage(), shape) : lazy;
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return Collections.singletonList(to(cotangent, call.input(0).shape()));
    }
  }

  private record Repeated(Shape shape) implements Op {
    @Override
    public String name() {
      return "broadcast_to";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.getFirst();
      Array lazy = LazyMask.repeated(x, shape);
      if (lazy != null) {
        return lazy;
      }
      int[] indices = StridedIterator.indices(shape, x.shape().stridesFor(shape), 0);
      return Array.wrap(x.storage().gather(indices), shape);
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return Collections.singletonList(Gradients.unbroadcast(cotangent, call.input(0).shape()));
    }
  }
}
