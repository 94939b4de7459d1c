package dev.heddle.array;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Indexing by arrays of indices. Negative indices count from the end; one out of bounds is an error
 * (JAX returns NaN or clamps it).
 *
 * <p>The cotangents of an element that is selected several times are added in the order of the
 * indices.
 */
public final class Gather {
  private Gather() {}

  /**
   * The parts of x at indices of one axis, {@code jnp.take}; the indices' shape replaces the axis.
   *
   * @throws IllegalArgumentException if the indices are not integers or one is out of bounds
   */
  public static Array take(Array x, Array indices, int axis) {
    requireIntegers("take", indices);
    return Op.run(new Take(Axes.one("take", axis, x.shape())), x, indices);
  }

  /**
   * The element of x at each index along one axis, {@code jnp.take_along_axis}.
   *
   * @param indices of x's rank; its other axes broadcast with x's
   * @throws IllegalArgumentException if ranks or other axes do not match, the indices are not
   *     integers or one is out of bounds
   */
  public static Array takeAlongAxis(Array x, Array indices, int axis) {
    requireIntegers("take_along_axis", indices);
    int along = Axes.one("take_along_axis", axis, x.shape());
    if (indices.rank() != x.rank()) {
      throw new IllegalArgumentException(
          ("take_along_axis: argument \"indices\": expected %s axes as x's shape %s, got shape"
                  + " %s")
              .formatted(x.rank(), x.shape(), indices.shape()));
    }
    StridedIterator.broadcast(
        "take_along_axis", x.shape().with(along, 1), indices.shape().with(along, 1));
    return Op.run(new Along(along), x, indices);
  }

  /**
   * NumPy's advanced indexing {@code x[i, j, ...]}: one array of indices for each of the first
   * axes; the arrays broadcast, and their shape replaces these axes.
   *
   * @throws IllegalArgumentException if there are more arrays than axes, they are not integers or
   *     do not broadcast, or an index is out of bounds
   */
  public static Array index(Array x, Array... indices) {
    if (indices.length == 0 || indices.length > x.rank()) {
      throw new IllegalArgumentException(
          "index: expected 1 to %s arrays of indices for shape %s, got %s"
              .formatted(x.rank(), x.shape(), indices.length));
    }
    List<Array> inputs = new ArrayList<>(List.of(x));
    for (Array one : indices) {
      requireIntegers("index", one);
      inputs.add(one);
    }
    return Op.run(new Advanced(), inputs.toArray(Array[]::new));
  }

  private static void requireIntegers(String operation, Array indices) {
    if (!indices.dtype().isInteger()) {
      throw new IllegalArgumentException(
          operation + ": argument \"indices\": expected integers, got " + indices.dtype());
    }
  }

  private static int normalized(String operation, long index, int axis, Shape shape) {
    int length = shape.dim(axis);
    if (index < -length || index >= length) {
      throw new IllegalArgumentException(
          "%s: index %s is out of bounds for axis %s of shape %s"
              .formatted(operation, index, axis, shape));
    }
    return (int) (index < 0 ? index + length : index);
  }

  /** The segments of x at the indices that are the other inputs. */
  private interface Selection extends Op {
    Segments segments(Shape x, List<Array> indices);

    private Segments segments(List<Array> inputs) {
      return segments(inputs.getFirst().shape(), inputs.subList(1, inputs.size()));
    }

    @Override
    default Array forward(List<Array> inputs) {
      return segments(inputs).gatherFrom(inputs.getFirst());
    }

    @Override
    default List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      List<@Nullable Array> all = Gradients.none(call.inputs().size());
      all.set(0, segments(call.inputs()).scatterAdd(cotangent));
      return all;
    }
  }

  private record Take(int axis) implements Selection {
    @Override
    public String name() {
      return "take";
    }

    @Override
    public Segments segments(Shape x, List<Array> all) {
      Array indices = all.getFirst();
      long[] requested = indices.storage().longs();
      Shape before = x.range(0, axis);
      Shape after = x.range(axis + 1, x.rank());
      int inner = after.size();
      int length = x.dim(axis);
      int[] starts = new int[Shape.of(before.size(), requested.length).size()];
      int n = 0;
      for (int block = 0; block < before.size(); block++) {
        for (long index : requested) {
          starts[n++] = (block * length + normalized(name(), index, axis, x)) * inner;
        }
      }
      return new Segments(starts, inner, x, before.concat(indices.shape()).concat(after));
    }
  }

  private record Along(int axis) implements Selection {
    @Override
    public String name() {
      return "take_along_axis";
    }

    @Override
    public Segments segments(Shape x, List<Array> all) {
      Array indices = all.getFirst();
      int count = indices.shape().dim(axis);
      Shape shape =
          Shape.broadcast(x.with(axis, 1), indices.shape().with(axis, 1)).with(axis, count);
      int[] strides = x.with(axis, 1).stridesFor(shape.with(axis, 1));
      int[] own = x.strides();
      for (int i = 0; i < strides.length; i++) {
        strides[i] = strides[i] == 0 ? 0 : own[i];
      }
      strides[axis] = 0;
      int[] offsets = StridedIterator.indices(shape, strides, 0);
      int[] from = StridedIterator.indices(shape, indices.shape().stridesFor(shape), 0);
      long[] values = indices.storage().longs();
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] += normalized(name(), values[from[i]], axis, x) * own[axis];
      }
      return new Segments(offsets, 1, x, shape);
    }
  }

  private record Advanced() implements Selection {
    @Override
    public String name() {
      return "index";
    }

    @Override
    public Segments segments(Shape x, List<Array> indices) {
      Shape common = Shape.SCALAR;
      for (Array one : indices) {
        common = StridedIterator.broadcast(name(), common, one.shape());
      }
      int[] rows = new int[common.size()];
      int[] strides = x.strides();
      for (int axis = 0; axis < indices.size(); axis++) {
        Array one = indices.get(axis);
        long[] values = one.storage().longs();
        int[] from = StridedIterator.indices(common, one.shape().stridesFor(common), 0);
        for (int i = 0; i < rows.length; i++) {
          rows[i] += normalized(name(), values[from[i]], axis, x) * strides[axis];
        }
      }
      Shape rest = x.range(indices.size(), x.rank());
      return new Segments(rows, rest.size(), x, common.concat(rest));
    }
  }
}
