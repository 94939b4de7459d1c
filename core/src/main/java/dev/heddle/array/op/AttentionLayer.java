package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A whole layer of multi-head attention in one: projections into heads, attention, projection out.
 * The bits are those of {@link MatMul#affine}, {@link Attention#attend} and {@link MatMul#affine}
 * one after another; in between only workspace is used, and a thread that has projected a head
 * attends in it while it is in the cache.
 *
 * <p>It has no derivative: who wants one composes the layer of its parts.
 *
 * <p>Letters: B batch axes, Q queries, K keys, F features, H heads, D depth.
 */
public final class AttentionLayer {
  private AttentionLayer() {}

  /**
   * The parameters of a projection.
   *
   * @param kernel shape {@code [F, H, D]}; {@code [H, D, F]} of the projection out
   * @param bias shape {@code [H, D]}; {@code [F]} of the projection out; null for none
   */
  public record Projection(Array kernel, @Nullable Array bias) {
    Array kernelOf(DType dtype) {
      return kernel.convertedTo(dtype);
    }

    /** Rounded to the type; widened once, not for each call. */
    float @Nullable [] biasOf(DType dtype) {
      return bias == null
          ? null
          : bias.convertedTo(dtype).convertedTo(DType.FLOAT32).storage().floats();
    }
  }

  /** The parameters of a layer, whose shapes go together. */
  public record Parameters(Projection query, Projection key, Projection value, Projection out) {
    /**
     * Checks the shapes.
     *
     * @throws IllegalArgumentException if they do not go together
     */
    public Parameters {
      Shape heads = tail(query.kernel());
      require("query", query, heads, heads.rank() == 2);
      require("key", key, heads, tail(key.kernel()).equals(heads));
      require("value", value, heads, tail(value.kernel()).equals(heads));
      Shape outKernel = out.kernel().shape();
      boolean fits = outKernel.rank() == 3 && outKernel.range(0, 2).equals(heads);
      require("out", out, outKernel.range(Math.min(2, outKernel.rank()), outKernel.rank()), fits);
    }

    private static Shape tail(Array kernel) {
      return kernel.shape().range(Math.min(1, kernel.rank()), kernel.rank());
    }

    private static void require(String name, Projection projection, Shape bias, boolean fits) {
      Array given = projection.bias();
      if (!fits || (given != null && !given.shape().equals(bias))) {
        throw new IllegalArgumentException(
            "attention layer: \""
                + name
                + "\": expected a kernel [features, heads, depth] ([heads, depth, features] of"
                + " \"out\") with a bias of its last axes, got "
                + projection.kernel().shape()
                + " and "
                + (given == null ? "none" : given.shape()));
      }
    }

    /** H. */
    public int heads() {
      return out.kernel().shape().dim(0);
    }

    /** D. */
    public int depth() {
      return out.kernel().shape().dim(1);
    }

    /** F of the projection out. */
    public int outFeatures() {
      return out.kernel().shape().dim(2);
    }
  }

  /**
   * Attends from every query to the keys.
   *
   * @param inputsQ shape {@code [B..., Q, F]}
   * @param inputsK shape {@code [B..., K, any]}, as many features as its kernel has
   * @param inputsV shape {@code [B..., K, any]}
   * @param dtype in which it is computed: float32, bfloat16 or float16
   * @param options without a softmax forced to another type than {@code dtype}
   * @return shape {@code [B..., Q, F]} of {@code dtype}, F those of the projection out
   * @throws IllegalArgumentException if shapes, dtype or options are others
   */
  public static Array apply(
      Array inputsQ,
      Array inputsK,
      Array inputsV,
      Parameters parameters,
      DType dtype,
      Attention.Options options) {
    if (!dtype.isFloating() || dtype == DType.FLOAT64) {
      throw new IllegalArgumentException(
          "attention layer: argument \"dtype\": expected float32, bfloat16 or float16, got "
              + dtype);
    }
    require("inputs_q", inputsQ, inputsQ, -1, parameters.query());
    require("inputs_k", inputsK, inputsQ, -1, parameters.key());
    require("inputs_v", inputsV, inputsQ, inputsK.shape().dim(-2), parameters.value());
    if (options.float32Softmax() && dtype != DType.FLOAT32) {
      throw new IllegalArgumentException(
          "attention layer: expected a softmax in " + dtype + ", got one forced to float32");
    }
    return new AttentionLayerCall(inputsQ, inputsK, inputsV, parameters, dtype, options).run();
  }

  private static void require(
      String argument, Array array, Array like, int length, Projection projection) {
    Shape shape = array.shape();
    int rank = shape.rank();
    int features = projection.kernel().shape().dim(0);
    boolean fits = rank == like.rank() && rank >= 2 && shape.dim(-1) == features;
    for (int axis = 0; fits && axis < rank - 2; axis++) {
      fits = shape.dim(axis) == like.shape().dim(axis);
    }
    if (!fits || (length >= 0 && shape.dim(-2) != length)) {
      throw new IllegalArgumentException(
          "attention layer: argument \""
              + argument
              + "\": expected shape [B..., "
              + (length < 0 ? "length" : length)
              + ", "
              + features
              + "] with the batch axes of "
              + like.shape()
              + ", got "
              + shape);
    }
  }
}
