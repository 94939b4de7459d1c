package dev.heddle.array;

import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Rounding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fused attention: softmax of the scores of queries and keys, times the values, without a
 * square of scores in memory. Also the weights alone, by the same definition of score and mask.
 *
 * <p>Queries, keys and values have one dtype; {@code linen.DotProductAttention} sees to that. A
 * query is divided by the square root of the depth, rounded to the dtype, or by the inverse of a
 * scale; a score is the product of that and a key, rounded to that dtype, plus the bias, rounded to
 * the promoted dtype; {@code finfo(dtype).min} where it is masked. Order of operations: {@link
 * Kernels#attentionForward}, and {@link Kernels#attentionBackward} of the derivative, which makes
 * the scores again, so that its memory is linear in the length too.
 *
 * <p>Letters: B batch axes, Q queries, K keys, H heads, D depth, V depth of the values.
 */
public final class Attention {
  private Attention() {}

  /**
   * What happens between score and weight.
   *
   * @param mask not zero where a key is seen; broadcasts to {@code [B..., H, Q, K]}; null for all
   * @param keep not zero where dropout keeps a weight; broadcasts likewise; null for all
   * @param dropoutScale what a kept weight is multiplied by
   * @param float32Softmax Flax's {@code force_fp32_for_softmax}: the softmax reads and gives
   *     float32
   * @param scale what the products of queries and keys are multiplied by; null for 1 divided by the
   *     square root of the depth
   * @param softCap the limit to which scores are bent before the bias, {@code softCap tanh(score /
   *     softCap)}; 0 for none
   */
  public record Options(
      @Nullable Array mask,
      @Nullable Array keep,
      double dropoutScale,
      boolean float32Softmax,
      @Nullable Double scale,
      double softCap) {
    /** No mask, no dropout, the usual scale, no cap. */
    public static final Options NONE = new Options(null, null, 1, false);

    /** The usual scale, no cap. */
    public Options(
        @Nullable Array mask, @Nullable Array keep, double dropoutScale, boolean float32Softmax) {
      this(mask, keep, dropoutScale, float32Softmax, null, 0);
    }

    /** The same with a mask. */
    public Options withMask(@Nullable Array newMask) {
      return new Options(newMask, keep, dropoutScale, float32Softmax, scale, softCap);
    }

    /** The same without dropout. */
    public Options withoutDropout() {
      return new Options(mask, null, 1, float32Softmax, scale, softCap);
    }

    /** The same with another scale. */
    public Options withScale(@Nullable Double newScale) {
      return new Options(mask, keep, dropoutScale, float32Softmax, newScale, softCap);
    }

    /** The same with another soft cap, 0 for none. */
    public Options withSoftCap(double newSoftCap) {
      return new Options(mask, keep, dropoutScale, float32Softmax, scale, newSoftCap);
    }

    /**
     * The divisor of queries: the square root of the depth, rounded, or 1 divided by the scale.
     *
     * @param rounding of the dtype of the computation
     */
    double queryDivisor(int depth, Rounding rounding) {
      return scale == null ? rounding.round(Math.sqrt(depth)) : 1 / scale;
    }
  }

  /**
   * Attends from every query to the keys.
   *
   * @param query shape {@code [B..., Q, H, D]}
   * @param key shape {@code [B..., K, H, D]}, or fewer heads that divide H, each shared by
   *     consecutive heads of queries
   * @param value shape {@code [B..., K, H, V]}, as many heads as keys have
   * @param bias added to the scores, broadcasts to {@code [B..., H, Q, K]}, or null
   * @return shape {@code [B..., Q, H, V]}, of the common dtype; float32 or wider where the softmax
   *     is forced to float32
   * @throws IllegalArgumentException if mask, bias or keep only broadcast by enlarging the scores
   */
  public static Array attend(
      Array query, Array key, Array value, @Nullable Array bias, Options options) {
    Fused op = new Fused(options, bias != null);
    return bias == null ? Op.run(op, query, key, value) : Op.run(op, query, key, value, bias);
  }

  /**
   * The weights of {@link #attend}, before dropout.
   *
   * @return shape {@code [B..., H, Q, K]}, of the common dtype, or float32 where that is forced
   */
  public static Array weights(Array query, Array key, @Nullable Array bias, Options options) {
    Weights op = new Weights(options.withoutDropout(), bias != null);
    return bias == null ? Op.run(op, query, key) : Op.run(op, query, key, bias);
  }

  /**
   * The weights of scores that were made elsewhere, by the same rules.
   *
   * @param scores shape {@code [B..., H, Q, K]}
   * @param bias added to the scores, or null
   * @param dtype the dtype of queries and keys, whose lowest number masks
   * @return shape {@code [B..., H, Q, K]}, of that dtype, or float32 where that is forced
   */
  public static Array weightsOfScores(
      Array scores, @Nullable Array bias, DType dtype, Options options) {
    ScoreWeights op = new ScoreWeights(options.withoutDropout(), dtype);
    return bias == null ? Op.run(op, scores) : Op.run(op, scores, bias);
  }

  /** {@link #attend} without a bias, with the residuals of its derivative. */
  static Op.ForwardResult forwardWithResiduals(
      Options options, Array query, Array key, Array value) {
    return new Fused(options, false).forwardWithResiduals(List.of(query, key, value));
  }

  /**
   * The derivative of {@link #attend} without a bias.
   *
   * @param call its inputs, output and residuals
   */
  static List<@Nullable Array> vjp(Options options, Op.VjpContext call, Array cotangent) {
    return new Fused(options, false).vjp(call, cotangent);
  }

  private record Fused(Options options, boolean biased) implements Op {
    @Override
    public String name() {
      return "dot_product_attention";
    }

    @Override
    public Array forward(List<Array> inputs) {
      return rounded(inputs, exact(inputs, plan(inputs), null));
    }

    /**
     * Keeps the greatest score and the sum of each row, {@code [B..., H, Q]} each; and the output
     * before it was rounded, where the bias makes the softmax wider than the output: the gradient
     * of such a bias is a difference that would lose the digits that rounding took.
     */
    @Override
    public ForwardResult forwardWithResiduals(List<Array> inputs) {
      AttentionPlan plan = plan(inputs);
      RowStatistics statistics = RowStatistics.of(plan);
      Array exact = exact(inputs, plan, statistics);
      Array output = rounded(inputs, exact);
      List<Array> kept = new ArrayList<>(statistics.residuals());
      if (plan.isWiderThan(output.dtype())) {
        kept.add(exact);
      }
      return new ForwardResult(output, kept);
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return call.isNested()
          ? WeightGradient.ofAttention(call, cotangent, options)
          : new AttentionGradient(plan(call.inputs()), call).of(cotangent);
    }

    private AttentionPlan plan(List<Array> inputs) {
      Array query = inputs.get(0);
      Array bias = biased ? inputs.get(3) : null;
      return AttentionPlan.of(query, inputs.get(1), bias, query.dtype(), options);
    }

    private static Array exact(
        List<Array> inputs, AttentionPlan plan, @Nullable RowStatistics statistics) {
      Shape shape = inputs.get(0).shape().with(-1, inputs.get(2).shape().dim(-1));
      return Array.wrap(plan.attentionForward(inputs, shape, statistics), shape);
    }

    private Array rounded(List<Array> inputs, Array exact) {
      DType dtype = inputs.get(0).dtype();
      DType result = options.float32Softmax() ? DType.promote(DType.FLOAT32, dtype) : dtype;
      return Array.wrap(exact.storage().to(result), exact.shape());
    }
  }

  private record Weights(Options options, boolean biased) implements Op {
    @Override
    public String name() {
      return "dot_product_attention_weights";
    }

    @Override
    public Array forward(List<Array> inputs) {
      return plan(inputs).weights(inputs, result(inputs), false);
    }

    @Override
    public ForwardResult forwardWithResiduals(List<Array> inputs) {
      return keepExact(plan(inputs), inputs, result(inputs), false);
    }

    private AttentionPlan plan(List<Array> inputs) {
      Array query = inputs.get(0);
      Array bias = biased ? inputs.get(2) : null;
      return AttentionPlan.of(query, inputs.get(1), bias, query.dtype(), options);
    }

    private DType result(List<Array> inputs) {
      return options.float32Softmax() ? DType.FLOAT32 : inputs.get(0).dtype();
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return WeightGradient.ofWeights(call, cotangent, options);
    }
  }

  private record ScoreWeights(Options options, DType dtype) implements Op {
    @Override
    public String name() {
      return "attention_weights_of_scores";
    }

    @Override
    public Array forward(List<Array> inputs) {
      return plan(inputs).weights(inputs, result(), true);
    }

    @Override
    public ForwardResult forwardWithResiduals(List<Array> inputs) {
      return keepExact(plan(inputs), inputs, result(), true);
    }

    private AttentionPlan plan(List<Array> inputs) {
      Array bias = inputs.size() > 1 ? inputs.get(1) : null;
      return AttentionPlan.ofScores(inputs.get(0), bias, dtype, options);
    }

    private DType result() {
      return options.float32Softmax() ? DType.FLOAT32 : dtype;
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return WeightGradient.ofScoreWeights(call, cotangent, options);
    }
  }

  /** Keeps weights as they were before their rounding, where the softmax is wider than they are. */
  private static Op.ForwardResult keepExact(
      AttentionPlan plan, List<Array> inputs, DType result, boolean scored) {
    if (!plan.isWiderThan(result)) {
      return new Op.ForwardResult(plan.weights(inputs, result, scored), List.of());
    }
    Array exact = plan.weights(inputs, plan.softmax(), scored);
    return new Op.ForwardResult(exact.convertedTo(result), List.of(exact));
  }
}
