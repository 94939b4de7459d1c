package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.Stretches;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization along the last axis in one pass, with the bits of the single operations that
 * {@link NormRows} lists.
 */
public final class Norm {
  private static final int COST = 32;

  private Norm() {}

  /**
   * {@code (x - mean) * (rsqrt(variance + epsilon) * scale) + bias} for each row along the last
   * axis.
   *
   * @param x shape {@code [B..., F]}, of any type but float64; computed in float32
   * @param scale {@code F} elements of any type but float64, in any shape; null for none
   * @param bias as {@code scale}
   * @param fast whether the variance is {@code max(0, mean(x²) - mean²)}; otherwise it is the mean
   *     of the squared distances from the mean
   * @return float32, of the shape of {@code x}
   * @throws IllegalArgumentException if {@code x} has no axis, a type is float64, or scale or bias
   *     have another number of elements
   */
  public static Array lastAxis(
      Array x, @Nullable Array scale, @Nullable Array bias, double epsilon, boolean fast) {
    if (x.rank() == 0) {
      throw new IllegalArgumentException("norm: expected at least one axis, got a scalar");
    }
    int length = x.shape().dim(-1);
    return Op.run(
        new LastAxis((float) epsilon, fast),
        narrow("x", x),
        feature("scale", scale, 1, length),
        feature("bias", bias, -0f, length));
  }

  private static Array feature(String argument, @Nullable Array feature, float none, int length) {
    if (feature == null) {
      float[] values = new float[length];
      Arrays.fill(values, none);
      return Array.of(values);
    }
    if (feature.size() != length) {
      throw new IllegalArgumentException(
          "norm: argument \"%s\": expected %d elements, got shape %s"
              .formatted(argument, length, feature.shape()));
    }
    return narrow(argument, feature);
  }

  private static Array narrow(String argument, Array x) {
    if (x.dtype() == DType.FLOAT64) {
      throw new IllegalArgumentException(
          "norm: argument \"" + argument + "\": expected another type than float64");
    }
    return Cast.astype(x, DType.FLOAT32);
  }

  private record LastAxis(float epsilon, boolean fast) implements Op {
    @Override
    public String name() {
      return "norm";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Array x = inputs.get(0);
      float[] in = x.storage().floats();
      float[] out = new float[in.length];
      int length = x.shape().dim(-1);
      NormRows rows =
          new NormRows(
              in,
              out,
              length,
              epsilon,
              fast,
              inputs.get(1).storage().floats(),
              inputs.get(2).storage().floats());
      Kernels kernels = KernelChoice.current().kernels();
      int count = length == 0 ? 0 : in.length / length;
      Stretches.rows(count, length, COST, (first, some) -> kernels.normalize(rows, first, some));
      return Array.wrap(new Storage.F32(out), x.shape());
    }
  }
}
