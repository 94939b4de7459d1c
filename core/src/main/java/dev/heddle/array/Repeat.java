package dev.heddle.array;

import java.util.Arrays;
import java.util.List;

/** Repetition of arrays and of their elements. For broadcasting see {@link Reshape#broadcastTo}. */
public final class Repeat {
  private Repeat() {}

  /**
   * The whole array repeated, {@code jnp.tile}.
   *
   * @param times repetitions for the last axes; further ones add axes in front
   */
  public static Array tile(Array x, int... times) {
    int rank = Math.max(times.length, x.rank());
    int[] expanded = new int[2 * rank];
    int[] repeated = new int[2 * rank];
    int[] dims = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int length = i <= x.rank() ? x.shape().dim(-i) : 1;
      int count = i <= times.length ? times[times.length - i] : 1;
      expanded[2 * (rank - i)] = 1;
      expanded[2 * (rank - i) + 1] = length;
      repeated[2 * (rank - i)] = count;
      repeated[2 * (rank - i) + 1] = length;
      dims[rank - i] = length * count;
    }
    return Reshape.to(
        Reshape.repeated(Reshape.to(x, Shape.of(expanded)), Shape.of(repeated)), Shape.of(dims));
  }

  /** Each element along an axis repeated, {@code jnp.repeat}. */
  public static Array repeat(Array x, int times, int axis) {
    int along = Axes.one("repeat", axis, x.shape());
    if (times == 1) {
      return x;
    }
    int[] dims = x.shape().dims();
    Shape before = x.shape().range(0, along + 1);
    Shape after = x.shape().range(along + 1, x.rank());
    dims[along] *= times;
    Array expanded = Reshape.to(x, before.append(1).concat(after));
    return Reshape.to(
        Reshape.repeated(expanded, before.append(times).concat(after)), Shape.of(dims));
  }

  /** The arrays broadcast to their common shape, {@code jnp.broadcast_arrays}. */
  public static List<Array> broadcastArrays(Array... arrays) {
    Shape shape = Shape.SCALAR;
    for (Array array : arrays) {
      shape = StridedIterator.broadcast("broadcast_arrays", shape, array.shape());
    }
    Shape common = shape;
    return Arrays.stream(arrays).map(array -> Reshape.repeated(array, common)).toList();
  }
}
