package dev.heddle.array;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The lengths of an array's axes, outermost first. Elements are in row-major order: the last axis
 * is contiguous. Immutable.
 *
 * <p>Axes may be counted from the end with negative numbers, as in NumPy.
 */
public final class Shape {
  /** The shape of a scalar: no axes, one element. */
  public static final Shape SCALAR = new Shape(new int[0]);

  /** The maximum number of elements of an array. */
  public static final long MAX_SIZE = Integer.MAX_VALUE - 8;

  private final int[] dims;
  private final long count;

  private Shape(int[] dims) {
    this.dims = dims;
    this.count = count(dims);
  }

  /**
   * A shape of the given lengths; the array is copied.
   *
   * @throws IllegalArgumentException if a length is negative
   */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** The product of the lengths, saturated at {@code Long.MAX_VALUE}. */
  private static long count(int[] dims) {
    long count = 1;
    boolean empty = false;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "shape: expected lengths of 0 or more, got " + Arrays.toString(dims));
      }
      empty |= dim == 0;
      count = times(count, dim);
    }
    return empty ? 0 : count;
  }

  private static long times(long count, int dim) {
    if (count <= Integer.MAX_VALUE) {
      return count * dim; // the usual case, without a division
    }
    return dim == 0 || count <= Long.MAX_VALUE / dim ? count * dim : Long.MAX_VALUE;
  }

  /** The number of axes. */
  public int rank() {
    return dims.length;
  }

  /**
   * The number of elements.
   *
   * @throws IllegalArgumentException if there are more than an array can index (2,147,483,639)
   */
  public int size() {
    if (count > MAX_SIZE) {
      throw new IllegalArgumentException(
          "shape: expected at most %s elements, got %s, which has more"
              .formatted(MAX_SIZE, Arrays.toString(dims)));
    }
    return (int) count;
  }

  /**
   * The number of elements, saturated at {@code Long.MAX_VALUE}. It may exceed that of any array,
   * as for scores that are never materialized.
   */
  public long count() {
    return count;
  }

  /**
   * The length of an axis; -1 is the last.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /**
   * The axis counted from the front, for one counted from either end.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public int axis(int axis) {
    if (axis < -dims.length || axis >= dims.length) {
      throw new IllegalArgumentException(
          "axis: expected -%s to %s for shape %s, got %s"
              .formatted(dims.length, dims.length - 1, this, axis));
    }
    return axis < 0 ? axis + dims.length : axis;
  }

  /** A copy of the lengths. */
  public int[] dims() {
    return dims.clone();
  }

  /** The distance between neighbours on each axis, in elements, row-major. */
  public int[] strides() {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  /**
   * The strides of this shape broadcast to {@code target}: 0 on repeated axes.
   *
   * @throws IllegalArgumentException if this shape does not broadcast to the target
   */
  public int[] stridesFor(Shape target) {
    int[] own = strides();
    int[] strides = new int[target.rank()];
    int shift = target.rank() - rank();
    if (shift < 0 || !broadcastsTo(target)) {
      throw new IllegalArgumentException("shape " + this + " does not broadcast to " + target);
    }
    for (int i = shift; i < strides.length; i++) {
      strides[i] = dims[i - shift] == 1 ? 0 : own[i - shift];
    }
    return strides;
  }

  /** Whether this shape broadcasts to {@code target}. */
  public boolean broadcastsTo(Shape target) {
    int shift = target.rank() - rank();
    if (shift < 0) {
      return false;
    }
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != 1 && dims[i] != target.dims[i + shift]) {
        return false;
      }
    }
    return true;
  }

  /**
   * The shape that two shapes broadcast to, by NumPy's rules.
   *
   * @throws IllegalArgumentException if lengths differ on an axis and neither is 1
   */
  public static Shape broadcast(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] dims = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
      int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast");
      }
      dims[rank - i] = x == 1 ? y : x;
    }
    return of(dims);
  }

  /** The axes from {@code from} (inclusive) to {@code to} (exclusive), counted from the front. */
  public Shape range(int from, int to) {
    return of(Arrays.copyOfRange(dims, from, to));
  }

  /** These axes followed by those of another shape. */
  public Shape concat(Shape other) {
    int[] all = Arrays.copyOf(dims, dims.length + other.dims.length);
    System.arraycopy(other.dims, 0, all, dims.length, other.dims.length);
    return of(all);
  }

  /** These axes followed by more. */
  public Shape append(int... more) {
    return concat(of(more));
  }

  /** This shape with another length at one axis; -1 is the last. */
  public Shape with(int axis, int length) {
    int[] changed = dims();
    changed[axis(axis)] = length;
    return of(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** The lengths as {@code [2, 16, 32]}. */
  @Override
  public String toString() {
    return Arrays.stream(dims)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
