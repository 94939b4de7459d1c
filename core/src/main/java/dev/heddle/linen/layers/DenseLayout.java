package dev.heddle.linen.layers;

import dev.heddle.array.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The shapes and axes with which a linear layer meets inputs of one shape. A layer keeps the last
 * one, because most calls are like the one before.
 *
 * @param input the input's shape
 * @param axes the contraction: of given axes, behind leading batch axes
 * @param kernel the kernel's shape: batch axes, contracted axes, features
 * @param flatKernel the two axes that its initializer sees
 * @param bias the bias's shape: batch axes, features
 * @param spread the bias's shape beside the output: with ones for the input's other axes
 */
record DenseLayout(
    Shape input, DotGeneral.Axes axes, Shape kernel, Shape flatKernel, Shape bias, Shape spread) {

  /**
   * The layout for an input.
   *
   * @param contracted axes counted from the front, ascending
   * @param batch how many leading axes have kernels of their own
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

  /** The one axis that a bias's initializer sees. */
  Shape flatBias() {
    return Shape.of(bias.size());
  }
}
