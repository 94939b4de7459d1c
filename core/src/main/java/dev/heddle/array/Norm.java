package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.NormDerivative;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.Workers;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fused layer normalization along the last axis, with the bits of the sequence of operations in
 * {@link NormRows}.
 */
public final class Norm {
  private static final int COST = 32;

  /** Columns of a task of the sums over all rows. */
  private static final int COLUMNS = 128;

  private Norm() {}

  /**
   * {@code (x - mean) * (rsqrt(variance + epsilon) * scale) + bias} for each row along the last
   * axis.
   *
   * @param x shape {@code [B..., F]}, of any type but float64; computed in float32
   * @param scale {@code F} elements of any type but float64, in any shape; null for none
   * @param bias as {@code scale}
   * @param fast whether the variance is {@code max(0, mean(x²) - mean²)}; otherwise it is the mean
   *     of the squared deviations from the mean
   * @return float32, of the shape of {@code x}
   * @throws IllegalArgumentException if {@code x} has no axis, a type is float64, or scale or bias
   *     has another number of elements
   */
  public static Array lastAxis(
      Array x, @Nullable Array scale, @Nullable Array bias, double epsilon, boolean fast) {
    if (x.rank() == 0) {
      throw new IllegalArgumentException("norm: expected at least one axis, got a scalar");
    }
    int length = x.shape().dim(-1);
    return Op.run(
        new LastAxis((float) epsilon, fast),
        toFloat32("x", x),
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
    return toFloat32(argument, feature);
  }

  private static Array toFloat32(String argument, Array x) {
    if (x.dtype() == DType.FLOAT64) {
      throw new IllegalArgumentException(
          "norm: argument \"" + argument + "\": expected a type other than float64, got float64");
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
      ParallelFor.rows(count, length, COST, (first, some) -> kernels.normalize(rows, first, some));
      return Array.wrap(new Storage.F32(out), x.shape());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array g) {
      List<@Nullable Array> all = Gradients.none(3);
      if (call.isNested()) {
        compose(call, g, all);
      } else if (call.wants(0) || call.wants(1)) {
        fuse(call, g, all);
      }
      if (call.wants(2)) {
        all.set(2, toFeature(call.input(2), g));
      }
      return all;
    }

    private static Array toFeature(Array feature, Array g) {
      return Reshape.to(
          Gradients.unbroadcast(g, g.shape().range(g.rank() - 1, g.rank())), feature.shape());
    }

    private void fuse(VjpContext call, Array g, List<@Nullable Array> all) {
      Array x = call.input(0);
      Array scale = call.input(1);
      int length = x.shape().dim(-1);
      int count = length == 0 ? 0 : x.size() / length;
      float[] out = new float[x.size()];
      float[] none = new float[0];
      NormRows in =
          new NormRows(
              x.storage().floats(), out, length, epsilon, fast, scale.storage().floats(), none);
      NormDerivative rows =
          new NormDerivative(in, g.storage().floats(), new float[count], new float[count]);
      Kernels kernels = KernelChoice.current().kernels();
      ParallelFor.rows(
          count, length, 2 * COST, (first, some) -> kernels.normDerivative(rows, first, some));
      if (call.wants(0)) {
        all.set(0, Array.wrap(new Storage.F32(out), x.shape()));
      }
      if (call.wants(1)) {
        float[] sums = new float[length];
        Workers.run(
            Math.ceilDiv(length, COLUMNS),
            (long) x.size() * COST,
            i -> {
              int from = i * COLUMNS;
              int columns = Math.min(COLUMNS, length - from);
              kernels.normScaleDerivative(rows, count, sums, from, columns);
            });
        all.set(1, Array.wrap(new Storage.F32(sums), scale.shape()));
      }
    }

    /** The derivative by differentiable operations. */
    private void compose(VjpContext call, Array g, List<@Nullable Array> all) {
      Array x = call.input(0);
      Array mean = Reduce.mean(x, true, -1);
      Array deviation = x.minus(mean);
      Array squares = Reduce.mean(Elementwise.square(fast ? x : deviation), true, -1);
      Array variance = fast ? squares.minus(Elementwise.square(mean)) : squares;
      Array zero = Array.scalar(0, x.dtype());
      Array factor = Elementwise.rsqrt(Elementwise.maximum(variance, zero).plus(epsilon));
      if (call.wants(0)) {
        Array t = g.times(Reshape.ravel(call.input(1)));
        Array share = Cast.astype(Compare.greater(variance, zero), x.dtype());
        Array half = Cast.astype(Compare.equal(variance, zero), x.dtype()).times(fast ? 0.5 : 1);
        Array cube = Elementwise.square(factor).times(factor).times(share.plus(half));
        Array varianceTerm = Reduce.mean(t.times(deviation), true, -1).times(cube);
        Array centered = t.minus(Reduce.mean(t, true, -1)).times(factor);
        all.set(0, centered.minus(deviation.times(varianceTerm)));
      }
      if (call.wants(1)) {
        all.set(1, toFeature(call.input(1), g.times(deviation.times(factor))));
      }
    }
  }
}
