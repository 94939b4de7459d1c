package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import java.util.ArrayList;
import java.util.List;

/** What derivatives share. */
final class Gradients {
  private Gradients() {}

  /**
   * The cotangent of an array that was broadcast: summed over the axes along which it was repeated.
   *
   * @param cotangent of the broadcast shape
   * @param shape the array's own, which broadcasts to it
   */
  static Array unbroadcast(Array cotangent, Shape shape) {
    int extra = cotangent.rank() - shape.rank();
    List<Integer> repeated = new ArrayList<>();
    for (int axis = 0; axis < cotangent.rank(); axis++) {
      if (axis < extra || shape.dim(axis - extra) != cotangent.shape().dim(axis)) {
        repeated.add(axis);
      }
    }
    if (repeated.isEmpty()) {
      return cotangent;
    }
    int[] axes = repeated.stream().mapToInt(Integer::intValue).toArray();
    return Reshape.to(Reduce.sum(cotangent, true, axes), shape);
  }
}
