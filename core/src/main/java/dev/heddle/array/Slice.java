package dev.heddle.array;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Slices of an array, and arrays with a slice replaced. */
public final class Slice {
  private Slice() {}

  /**
   * NumPy's basic indexing, {@code x[...]}; axes without an index stay whole.
   *
   * @throws IllegalArgumentException if there are more indices than axes, or one is out of bounds
   *     (JAX clamps it)
   */
  public static Array get(Array x, Index... indices) {
    View view = View.of("get", x.shape(), indices);
    return Op.run(new Viewed("slice", view), x);
  }

  /**
   * A copy with a slice replaced, {@code x.at[...].set(value)}.
   *
   * @param value broadcasts to the slice and is converted to x's type
   * @throws IllegalArgumentException as {@link #get}, or if the value does not broadcast
   */
  public static Array set(Array x, Array value, Index... indices) {
    View view = View.of("set", x.shape(), indices);
    if (!value.shape().broadcastsTo(view.shape)) {
      throw new IllegalArgumentException(
          "set: argument \"value\": expected a shape that broadcasts to %s, got %s"
              .formatted(view.shape, value.shape()));
    }
    return Op.run(new Replaced("scatter", view), x, Cast.astype(value, x.dtype()));
  }

  /**
   * From starts (inclusive) to limits (exclusive) in steps, {@code lax.slice}.
   *
   * @throws IllegalArgumentException if the number of starts, limits or steps is not the rank
   */
  public static Array slice(Array x, int[] starts, int[] limits, int[] steps) {
    requireEach("slice", "starts", starts, x.shape());
    requireEach("slice", "limits", limits, x.shape());
    requireEach("slice", "steps", steps, x.shape());
    Index[] indices = new Index[x.rank()];
    Arrays.setAll(indices, i -> Index.range(starts[i], limits[i], steps[i]));
    return get(x, indices);
  }

  /**
   * A slice of fixed size, {@code lax.dynamic_slice}: negative starts count from the end, and
   * starts are clamped so that the slice is inside the array.
   *
   * @throws IllegalArgumentException if a size exceeds x's shape
   */
  public static Array dynamicSlice(Array x, int[] starts, int... sizes) {
    requireEach("dynamic_slice", "sizes", sizes, x.shape());
    int[] clamped = clamped("dynamic_slice", x.shape(), starts, Shape.of(sizes));
    return Op.run(new Viewed("dynamic_slice", View.block(x.shape(), clamped, sizes)), x);
  }

  /**
   * A copy with a block replaced, {@code lax.dynamic_update_slice}; starts as in {@link
   * #dynamicSlice}.
   *
   * @throws IllegalArgumentException if types differ or the update exceeds x's shape
   */
  public static Array dynamicUpdateSlice(Array x, Array update, int... starts) {
    if (update.dtype() != x.dtype()) {
      throw new IllegalArgumentException(
          "dynamic_update_slice: argument \"update\": expected %s, got %s"
              .formatted(x.dtype(), update.dtype()));
    }
    int[] clamped = clamped("dynamic_update_slice", x.shape(), starts, update.shape());
    View view = View.block(x.shape(), clamped, update.shape().dims());
    return Op.run(new Replaced("dynamic_update_slice", view), x, update);
  }

  /** The elements reversed along axes, all if none are given, {@code jnp.flip}. */
  public static Array flip(Array x, int... axes) {
    Index[] indices = new Index[x.rank()];
    Arrays.fill(indices, Index.all());
    for (int axis : Axes.allOr("flip", axes, x.shape())) {
      indices[axis] = Index.every(-1);
    }
    return get(x, indices);
  }

  /** The diagonal of two axes, as a new last axis, {@code jnp.diagonal}. */
  public static Array diagonal(Array x, int a, int b) {
    int[] both = Axes.many("diagonal", new int[] {a, b}, x.rank());
    int[] others = Axes.others(both, x.rank());
    int[] strides = x.shape().strides();
    int length = Math.min(x.shape().dim(both[0]), x.shape().dim(both[1]));
    Shape shape = Shape.of(Axes.pick(x.shape().dims(), others)).append(length);
    int step = strides[both[0]] + strides[both[1]];
    int[] viewed = Axes.concat(Axes.pick(strides, others), new int[] {step});
    return Op.run(new Viewed("diagonal", new View(shape, viewed, 0)), x);
  }

  private static void requireEach(String operation, String argument, int[] values, Shape shape) {
    if (values.length != shape.rank()) {
      throw new IllegalArgumentException(
          "%s: argument \"%s\": expected %s numbers for shape %s, got %s"
              .formatted(operation, argument, shape.rank(), shape, Arrays.toString(values)));
    }
  }

  private static int[] clamped(String operation, Shape shape, int[] starts, Shape part) {
    requireEach(operation, "starts", starts, shape);
    int[] clamped = new int[starts.length];
    if (part.rank() != shape.rank()) {
      throw tooLarge(operation, shape, part);
    }
    for (int i = 0; i < clamped.length; i++) {
      int room = shape.dim(i) - part.dim(i);
      if (room < 0) {
        throw tooLarge(operation, shape, part);
      }
      clamped[i] = Math.clamp(starts[i] < 0 ? starts[i] + shape.dim(i) : starts[i], 0, room);
    }
    return clamped;
  }

  private static IllegalArgumentException tooLarge(String operation, Shape shape, Shape part) {
    return new IllegalArgumentException(
        operation + ": expected a part that fits into shape " + shape + ", got " + part);
  }

  /** The strides and the offset of a slice in the array. */
  private record View(Shape shape, int[] strides, int offset) {

    private static View block(Shape whole, int[] starts, int[] sizes) {
      int[] strides = whole.strides();
      int offset = 0;
      for (int i = 0; i < starts.length; i++) {
        offset += starts[i] * strides[i];
      }
      return new View(Shape.of(sizes), strides, offset);
    }

    private static View of(String operation, Shape whole, Index... indices) {
      int rest = whole.rank() - indexedAxes(operation, whole, indices);
      int[] wholeStrides = whole.strides();
      int[] dims = new int[whole.rank() + indices.length];
      int[] strides = new int[dims.length];
      int n = 0;
      int axis = 0;
      int offset = 0;
      for (Index index : indices) {
        switch (index) {
          case Index.At(int place) -> {
            int length = whole.dim(axis);
            if (place < -length || place >= length) {
              throw new IllegalArgumentException(
                  "%s: index %s is out of bounds for axis %s of shape %s"
                      .formatted(operation, place, axis, whole));
            }
            offset += (place < 0 ? place + length : place) * wholeStrides[axis++];
          }
          case Index.Range range -> {
            int length = whole.dim(axis);
            dims[n] = range.count(length);
            strides[n++] = wholeStrides[axis] * range.step();
            offset += dims[n - 1] == 0 ? 0 : range.first(length) * wholeStrides[axis];
            axis++;
          }
          case Index.NewAxis() -> dims[n++] = 1;
          case Index.Rest() -> {
            for (int i = 0; i < rest; i++) {
              dims[n] = whole.dim(axis);
              strides[n++] = wholeStrides[axis++];
            }
            rest = 0;
          }
        }
      }
      while (axis < whole.rank()) {
        dims[n] = whole.dim(axis);
        strides[n++] = wholeStrides[axis++];
      }
      return new View(Shape.of(Arrays.copyOf(dims, n)), Arrays.copyOf(strides, n), offset);
    }

    private static int indexedAxes(String operation, Shape whole, Index... indices) {
      int indexed = 0;
      int rests = 0;
      for (Index index : indices) {
        indexed += index instanceof Index.At || index instanceof Index.Range ? 1 : 0;
        rests += index instanceof Index.Rest ? 1 : 0;
      }
      if (indexed > whole.rank() || rests > 1) {
        throw new IllegalArgumentException(
            "%s: expected at most %s indices for shape %s and \"rest\" once, got %s"
                .formatted(operation, whole.rank(), whole, Arrays.toString(indices)));
      }
      return indexed;
    }

    private int[] indices() {
      return StridedIterator.indices(shape, strides, offset);
    }

    /** Visits the slice in order, by segments that are contiguous in the array. */
    private void segments(Segment segment) {
      int last = shape.rank() - 1;
      boolean inRows = last >= 0 && (strides[last] == 1 || shape.dim(last) == 1);
      int length = inRows ? shape.dim(last) : 1;
      int[] starts =
          inRows
              ? StridedIterator.indices(shape.range(0, last), Arrays.copyOf(strides, last), offset)
              : indices();
      for (int i = 0; i < starts.length; i++) {
        segment.at(i * length, starts[i], length);
      }
    }

    /** A contiguous segment, at {@code from} in the slice and at {@code to} in the array. */
    private interface Segment {
      void at(int from, int to, int length);
    }

    /** Whether the slice is contiguous in the array. */
    private boolean isContiguous() {
      int[] packed = shape.strides();
      for (int i = 0; i < packed.length; i++) {
        if (shape.dim(i) != 1 && strides[i] != packed[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private record Viewed(String name, View view) implements Op {
    @Override
    public Array forward(List<Array> inputs) {
      Storage all = inputs.getFirst().storage();
      Storage part =
          view.isContiguous() && view.shape.size() > 0
              ? all.slice(view.offset, view.shape.size())
              : all.gather(view.indices());
      return Array.wrap(part, view.shape);
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      Op pad = new Padded(view, call.input(0).shape());
      return Collections.singletonList(Op.run(pad, cotangent));
    }
  }

  /** Zeros with a slice replaced, the derivative of {@link Viewed}. */
  private record Padded(View view, Shape whole) implements Op {
    @Override
    public String name() {
      return "pad";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array part = inputs.getFirst();
      Storage all = Storage.zeros(part.dtype(), whole.size());
      view.segments((from, to, length) -> copy(part.storage(), from, all, to, length));
      return Array.wrap(all, whole);
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return Collections.singletonList(Op.run(new Viewed("slice", view), cotangent));
    }
  }

  private record Replaced(String name, View view) implements Op {
    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.get(0);
      Storage all = x.storage().slice(0, x.size());
      Array value = Reshape.repeated(inputs.get(1), view.shape);
      view.segments((from, to, length) -> copy(value.storage(), from, all, to, length));
      return Array.wrap(all, x.shape());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      Array value = call.input(1);
      Array zeros = Array.zeros(value.dtype(), value.shape().dims());
      Array rest = call.wants(0) ? Op.run(this, cotangent, zeros) : null;
      Array part =
          call.wants(1)
              ? Gradients.unbroadcast(Op.run(new Viewed("slice", view), cotangent), value.shape())
              : null;
      return Arrays.asList(rest, part);
    }
  }

  private static void copy(Storage in, int from, Storage out, int at, int length) {
    System.arraycopy(in.values(), from, out.values(), at, length);
  }
}
