package dev.heddle.array;

import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScoreRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call, laid out: sizes, rules, and where the parts of mask, bias and dropout begin.
 *
 * @param keyHeads the heads of keys and values, each shared by {@link #group} heads of queries
 * @param softmax the type of the scores with their bias, of which the softmax is
 */
record AttentionPlan(
    Shape scores,
    int heads,
    int keyHeads,
    int queries,
    int keys,
    DType softmax,
    ScoreRules rules,
    MaskParts mask,
    MaskParts keep,
    @Nullable ScoreBias bias) {
  /** Below this, exp is 0: by how much a score may exceed the lowest and still vanish beside it. */
  private static final double EXP_RANGE = 104;

  private static final double EXP_RANGE_64 = 746;

  static AttentionPlan of(
      Array query, Array key, @Nullable Array bias, DType dtype, Attention.Options options) {
    int batchRank = query.rank() - 3;
    Shape scores =
        query
            .shape()
            .range(0, batchRank)
            .append(query.shape().dim(-2), query.shape().dim(-3), key.shape().dim(-3));
    DType biased = bias == null ? dtype : DType.promote(dtype, bias.dtype());
    int depth = query.shape().dim(-1);
    return of(scores, key.shape().dim(-2), depth, bias, dtype, dtype, biased, options);
  }

  static AttentionPlan ofScores(
      Array scores, @Nullable Array bias, DType dtype, Attention.Options options) {
    DType biased = bias == null ? scores.dtype() : DType.promote(scores.dtype(), bias.dtype());
    int heads = scores.shape().dim(-3);
    return of(scores.shape(), heads, 0, bias, dtype, scores.dtype(), biased, options);
  }

  /**
   * A call without a bias.
   *
   * @param depth the depth of queries, 0 if they are divided already
   */
  static AttentionPlan of(
      Shape scores, int keyHeads, int depth, DType dtype, Attention.Options options) {
    return of(scores, keyHeads, depth, null, dtype, dtype, dtype, options);
  }

  private static AttentionPlan of(
      Shape scores,
      int keyHeads,
      int depth,
      @Nullable Array bias,
      DType dtype,
      DType scored,
      DType biased,
      Attention.Options options) {
    boolean isFloat64 = biased == DType.FLOAT64;
    Array mask = options.mask();
    require("mask", mask, scores);
    require("bias", bias, scores);
    require("dropout mask", options.keep(), scores);
    MaskParts seen = MaskParts.ofMask(mask, scores);
    double range = isFloat64 ? EXP_RANGE_64 : EXP_RANGE;
    double lowest = dtype.finfoMin();
    Rounding rounding = rounding(scored, isFloat64);
    ScoreRules rules =
        new ScoreRules(
            depth == 0 ? 1 : options.queryDivisor(depth, rounding),
            rounding,
            rounding(biased, isFloat64),
            isFloat64 && options.float32Softmax() ? Rounding.FLOAT32 : Rounding.NONE,
            lowest,
            dtype == DType.FLOAT16 ? lowest + range : lowest,
            seen.band(),
            options.dropoutScale(),
            options.softCap());
    return new AttentionPlan(
        scores,
        scores.dim(-3),
        keyHeads,
        scores.dim(-2),
        scores.dim(-1),
        biased,
        rules,
        seen,
        MaskParts.ofKeep(options.keep(), scores),
        bias == null
            ? null
            : ScoreBias.of(bias, scores, isFloat64 ? DType.FLOAT64 : DType.FLOAT32));
  }

  /** The heads of queries that share a head of keys and values. */
  int group() {
    return keyHeads == 0 ? 1 : heads / keyHeads;
  }

  /** The index of a head of queries, among those that share its keys. */
  int indexInGroup(int unit) {
    return unit % group();
  }

  /** Whether it is computed in float64. */
  boolean isFloat64() {
    return softmax == DType.FLOAT64;
  }

  /** Whether results of a type have lost digits that the softmax has. */
  boolean isWiderThan(DType result) {
    return DType.promote(result, softmax) != result;
  }

  private static void require(String role, @Nullable Array array, Shape scores) {
    if (array != null && !array.shape().broadcastsTo(scores)) {
      throw new IllegalArgumentException(
          ("attention: argument \"%s\": expected a shape that broadcasts to the scores %s"
                  + " ([batch..., heads, queries, keys]), got %s")
              .formatted(role, scores, array.shape()));
    }
  }

  private static Rounding rounding(DType dtype, boolean isFloat64) {
    return switch (dtype) {
      case BFLOAT16 -> Rounding.BFLOAT16;
      case FLOAT16 -> Rounding.FLOAT16;
      case FLOAT32 -> isFloat64 ? Rounding.FLOAT32 : Rounding.NONE;
      case FLOAT64 -> Rounding.NONE;
      case INT32, INT64, UINT8, UINT32, BOOL ->
          throw new IllegalArgumentException(
              "attention: expected floating-point queries and keys, got " + dtype);
    };
  }

  /** The type of computation: float64 if the softmax is of it, else float32. */
  DType computeType() {
    return isFloat64() ? DType.FLOAT64 : DType.FLOAT32;
  }

  /** The elements of an array in the {@link #computeType}. */
  Storage computed(Array array) {
    return array.storage().to(computeType());
  }

  /** The operands of a call whose first inputs are query, key and value. */
  HeadKernels.Operands operands(List<Array> inputs) {
    return new HeadKernels.Operands(
        computed(inputs.get(0)),
        computed(inputs.get(1)),
        computed(inputs.get(2)),
        inputs.get(0).shape().dim(-1),
        inputs.get(2).shape().dim(-1));
  }

  HeadKernels kernels() {
    return isFloat64() ? HeadKernels64.of(this) : HeadKernels32.of(this);
  }

  /**
   * Attends.
   *
   * @param statistics filled, where somebody will differentiate
   */
  Storage attentionForward(List<Array> inputs, Shape shape, @Nullable RowStatistics statistics) {
    HeadKernels kernels = kernels();
    HeadKernels.Operands operands = operands(inputs);
    Storage out = Storage.zeros(computeType(), shape.size());
    eachBlock(
        scores.count() * (operands.depth() + operands.width()),
        (unit, from, to) -> kernels.forward(operands, unit, from, to, out, statistics));
    return out;
  }

  /**
   * The weights.
   *
   * @param scored whether the first input is the scores, else it is the query and the second the
   *     key
   */
  Array weights(List<Array> inputs, DType dtype, boolean scored) {
    HeadKernels kernels = kernels();
    Storage first = computed(inputs.get(0));
    Storage second = scored ? first : computed(inputs.get(1));
    int depth = scored ? 0 : inputs.get(0).shape().dim(-1);
    HeadKernels.Operands operands = new HeadKernels.Operands(first, second, first, depth, 0);
    Storage given = scored ? first : null;
    Storage out = Storage.zeros(computeType(), scores.size());
    Rounding rounding = rounding(dtype, isFloat64());
    eachBlock(
        scores.count() * (depth + 1),
        (unit, from, to) -> kernels.weights(operands, given, unit, from, to, out, rounding));
    return Array.wrap(out.to(dtype), scores);
  }

  /** Splits the query rows of heads, few of them where there are heads enough. */
  private void eachBlock(long cost, TaskSplit.Part block) {
    TaskSplit.ofBlocks(scores.range(0, scores.rank() - 2).size(), queries).run(cost, block);
  }
}
