package dev.heddle.array;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Concatenation and splitting of arrays along an axis, and padding. */
public final class Concatenate {
  private Concatenate() {}

  /**
   * Arrays joined along an existing axis, {@code jnp.concatenate}, in their common type.
   *
   * @throws IllegalArgumentException if there are none or another axis differs in length
   */
  public static Array concatenate(List<Array> arrays, int axis) {
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException("concatenate: expected at least one array, got none");
    }
    Shape first = arrays.getFirst().shape();
    int along = Axes.one("concatenate", axis, first);
    DType dtype = arrays.getFirst().dtype();
    for (Array array : arrays) {
      dtype = DType.promote(dtype, array.dtype());
      if (array.rank() != first.rank()
          || !array.shape().with(along, 0).equals(first.with(along, 0))) {
        throw new IllegalArgumentException(
            "concatenate: expected equal shapes except on axis %s, got %s"
                .formatted(along, arrays.stream().map(Array::shape).toList()));
      }
    }
    DType common = dtype;
    return Op.run(
        new Join(along), arrays.stream().map(a -> Cast.astype(a, common)).toArray(Array[]::new));
  }

  /** Arrays of one shape joined along a new axis, {@code jnp.stack}. */
  public static Array stack(List<Array> arrays, int axis) {
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException("stack: expected at least one array, got none");
    }
    Shape first = arrays.getFirst().shape();
    for (Array array : arrays) {
      if (!array.shape().equals(first)) {
        throw new IllegalArgumentException(
            "stack: expected equal shapes, got " + arrays.stream().map(Array::shape).toList());
      }
    }
    int at = Axes.one("stack", "axis", axis, first.rank() + 1);
    return concatenate(arrays.stream().map(a -> Reshape.expandDims(a, at)).toList(), at);
  }

  /**
   * Equal parts along an axis, {@code jnp.split}.
   *
   * @throws IllegalArgumentException if the axis is not divisible into that many parts
   */
  public static List<Array> split(Array x, int parts, int axis) {
    int along = Axes.one("split", axis, x.shape());
    int length = x.shape().dim(along);
    if (parts <= 0 || length % parts != 0) {
      throw new IllegalArgumentException(
          "split: expected a number of parts that divides axis %s of shape %s, got %s"
              .formatted(along, x.shape(), parts));
    }
    int[] borders = new int[parts - 1];
    Arrays.setAll(borders, i -> (i + 1) * (length / parts));
    return split(x, borders, along);
  }

  /** Parts along an axis, split before each of these ascending indices, {@code jnp.split}. */
  public static List<Array> split(Array x, int[] borders, int axis) {
    int along = Axes.one("split", axis, x.shape());
    List<Array> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= borders.length; i++) {
      int to = i < borders.length ? borders[i] : x.shape().dim(along);
      Index[] index = new Index[along + 1];
      Arrays.fill(index, Index.all());
      index[along] = Index.range(from, to);
      parts.add(Slice.get(x, index));
      from = to;
    }
    return List.copyOf(parts);
  }

  /**
   * An array padded with a constant, {@code jnp.pad}.
   *
   * @param before elements added before each axis
   * @param after elements added after each axis
   * @throws IllegalArgumentException if there is not one number for each axis, or one is negative
   */
  public static Array pad(Array x, int[] before, int[] after, double value) {
    if (before.length != x.rank() || after.length != x.rank()) {
      throw new IllegalArgumentException(
          "pad: expected %s numbers before and after for shape %s, got %s and %s"
              .formatted(x.rank(), x.shape(), Arrays.toString(before), Arrays.toString(after)));
    }
    Array padded = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      padded = padAxis(padded, axis, before[axis], after[axis], value);
    }
    return padded;
  }

  private static Array padAxis(Array x, int axis, int before, int after, double value) {
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          "pad: expected 0 or more elements on axis " + axis + ", got " + before + " and " + after);
    }
    if (before == 0 && after == 0) {
      return x;
    }
    int[] low = x.shape().with(axis, before).dims();
    int[] high = x.shape().with(axis, after).dims();
    return concatenate(
        List.of(Array.full(value, x.dtype(), low), x, Array.full(value, x.dtype(), high)), axis);
  }

  /** The concatenated elements of several storages of one type. */
  static Storage join(DType dtype, List<Storage> parts) {
    long total = parts.stream().mapToLong(Storage::size).sum();
    int length = (int) Math.min(total, Integer.MAX_VALUE); // an overflow is rejected by Shape
    Storage all = Storage.zeros(dtype, Shape.of(length).size());
    Object to = all.values();
    int at = 0;
    for (Storage part : parts) {
      System.arraycopy(part.values(), 0, to, at, part.size());
      at += part.size();
    }
    return all;
  }

  private record Join(int axis) implements Op {
    @Override
    public String name() {
      return "concatenate";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array first = inputs.getFirst();
      long total = inputs.stream().mapToLong(x -> x.shape().dim(axis)).sum();
      int length = (int) Math.min(total, Integer.MAX_VALUE); // an overflow is rejected by Shape
      Shape shape = first.shape().with(axis, length);
      Storage all = Storage.zeros(first.dtype(), shape.size());
      Object to = all.values();
      int outer = shape.range(0, axis).size();
      int at = 0;
      for (int block = 0; block < outer; block++) {
        for (Array input : inputs) {
          int run = input.size() / outer;
          System.arraycopy(input.storage().values(), block * run, to, at, run);
          at += run;
        }
      }
      return Array.wrap(all, shape);
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      Index[] part = new Index[axis + 1];
      Arrays.fill(part, Index.all());
      List<@Nullable Array> all = new ArrayList<>();
      int from = 0;
      for (int i = 0; i < call.inputs().size(); i++) {
        int length = call.input(i).shape().dim(axis);
        part[axis] = Index.range(from, from + length);
        all.add(call.wants(i) ? Slice.get(cotangent, part) : null);
        from += length;
      }
      return all;
    }
  }
}
