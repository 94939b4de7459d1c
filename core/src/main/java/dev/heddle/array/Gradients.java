package dev.heddle.array;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shared parts of derivatives. */
final class Gradients {
  private Gradients() {}

  /** A mutable list of absent cotangents. */
  static List<@Nullable Array> none(int inputs) {
    List<@Nullable Array> all = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      all.add(null);
    }
    return all;
  }

  /** The cotangents of two inputs, each computed only if it is wanted. */
  static List<@Nullable Array> two(
      Op.VjpContext call, Supplier<Array> first, Supplier<Array> second) {
    List<@Nullable Array> all = none(2);
    if (call.wants(0)) {
      all.set(0, unbroadcast(first.get(), call.input(0).shape()));
    }
    if (call.wants(1)) {
      all.set(1, unbroadcast(second.get(), call.input(1).shape()));
    }
    return all;
  }

  /**
   * The cotangent of an array that was broadcast: summed over the axes along which it was repeated,
   * by {@link Reduce#sum} if the last axis is one of them, else by {@link ChainSum}.
   *
   * @param cotangent of the broadcast shape
   * @param shape the array's own, which broadcasts to it
   */
  static Array unbroadcast(Array cotangent, Shape shape) {
    int extra = cotangent.rank() - shape.rank();
    Shape kept = cotangent.shape();
    List<Integer> repeated = new ArrayList<>();
    for (int axis = 0; axis < cotangent.rank(); axis++) {
      if (axis < extra || shape.dim(axis - extra) != cotangent.shape().dim(axis)) {
        repeated.add(axis);
        kept = kept.with(axis, 1);
      }
    }
    if (repeated.isEmpty()) {
      return Reshape.to(cotangent, shape);
    }
    if (repeated.getLast() < cotangent.rank() - 1) {
      return Reshape.to(Op.run(new ChainSum(kept), cotangent), shape);
    }
    int[] axes = repeated.stream().mapToInt(Integer::intValue).toArray();
    return Reshape.to(Reduce.sum(cotangent, true, axes), shape);
  }
}
