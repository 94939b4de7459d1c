package dev.heddle.linen.layers;

import dev.heddle.array.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The shapes and axes of a linear layer for inputs of one shape. A layer caches the last one, since
 * most calls have the shape of the previous one.
 *
 * @param input the input's shape
 * @param axes the contraction: of given axes, behind leading batch axes
 * @param kernel the kernel's shape: batch axes, contracted axes, features
 * @param flatKernel the shape that its initializer gets, of two axes
 * @param bias the bias's shape: batch axes, features
 * @param spread the bias's shape for broadcasting: with ones for the input's other axes
 */
record DenseLayout(
    Shape input, DotGeneral.Axes axes, Shape kernel, Shape flatKernel, Shape bias, Shape spread) {

  /**
   * The layout for an input.
   *
   * @param contracted axes counted from the front, ascending
   * @param batch the number of batch axes
   * @param features the output's new axes
   * @throws IllegalArgumentException if kernel or bias would have more elements than an array can
   */
  static DenseLayout of(Shape input, int[] contracted, int batch, Shape features) {
    Shape leading = input.range(0, batch);
    int[] lengths = new int[contracted.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = input.dim(contracted[i]);
    }
    Shape rows = leading.concat(Shape.of(lengths));
    int[] ones = new int[input.rank() - contracted.length - batch];
    Arrays.fill(ones, 1);
    return new DenseLayout(
        input,
        axes(contracted, batch),
        rows.concat(features),
        Shape.of(rows.size(), features.size()),
        leading.concat(features),
        leading.append(ones).concat(features));
  }

  private static DotGeneral.Axes axes(int[] contracted, int batch) {
    Integer[] left = new Integer[contracted.length];
    Integer[] right = new Integer[contracted.length];
    for (int i = 0; i < contracted.length; i++) {
      left[i] = contracted[i];
      right[i] = batch + i;
    }
    Integer[] leading = new Integer[batch];
    Arrays.setAll(leading, i -> i);
    List<Integer> both = List.of(leading);
    return new DotGeneral.Axes(List.of(left), List.of(right), both, both);
  }

  /** The shape that the bias's initializer gets, of one axis. */
  Shape flatBias() {
    return Shape.of(bias.size());
  }
}
