package dev.heddle.array;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.AttentionHead64;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.MatrixView64;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.Workers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call, laid out: sizes, rules, and where the parts of mask, bias and dropout begin.
 *
 * @param softmax the type of the scores with their bias, of which the softmax is
 */
record AttentionPlan(
    Shape scores,
    int heads,
    int queries,
    int keys,
    DType softmax,
    ScoreRules rules,
    MaskParts mask,
    MaskParts keep,
    @Nullable ScoreBias bias) {
  /** Query rows of a task are a multiple of this, so that kernels fill their blocks. */
  private static final int ROW_BLOCK = 64;

  /** Tasks for each thread, so that none waits long for the last one. */
  private static final int TASKS_PER_THREAD = 4;

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
    return of(scores, Math.sqrt(query.shape().dim(-1)), bias, dtype, dtype, biased, options);
  }

  static AttentionPlan ofScores(
      Array scores, @Nullable Array bias, DType dtype, Attention.Options options) {
    DType biased = bias == null ? scores.dtype() : DType.promote(scores.dtype(), bias.dtype());
    return of(scores.shape(), 1, bias, dtype, scores.dtype(), biased, options);
  }

  /**
   * A call without a bias.
   *
   * @param root what queries are divided by, 1 if they are divided already
   */
  static AttentionPlan of(Shape scores, double root, DType dtype, Attention.Options options) {
    return of(scores, root, null, dtype, dtype, dtype, options);
  }

  private static AttentionPlan of(
      Shape scores,
      double root,
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
    ScoreRules rules =
        new ScoreRules(
            rounding(scored, isFloat64).round(root),
            rounding(scored, isFloat64),
            rounding(biased, isFloat64),
            isFloat64 && options.float32Softmax() ? Rounding.FLOAT32 : Rounding.NONE,
            lowest,
            dtype == DType.FLOAT16 ? lowest + range : lowest,
            seen.isCausal(),
            options.dropoutScale());
    return new AttentionPlan(
        scores,
        scores.dim(-3),
        scores.dim(-2),
        scores.dim(-1),
        biased,
        rules,
        seen,
        MaskParts.ofKeep(options.keep(), scores),
        bias == null ? null : ScoreBias.of(bias, scores, isFloat64));
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
          "attention: argument \""
              + role
              + "\": expected a shape that broadcasts to the scores "
              + scores
              + " ([batch..., heads, queries, keys]), got "
              + array.shape());
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

  /**
   * Attends.
   *
   * @param statistics filled, where somebody will differentiate
   */
  Storage attentionForward(List<Array> inputs, Shape shape, @Nullable RowStatistics statistics) {
    Array query = inputs.get(0);
    Array value = inputs.get(2);
    int depth = query.shape().dim(-1);
    int width = value.shape().dim(-1);
    long cost = scores.count() * (depth + width);
    Kernels kernels = KernelChoice.current().kernels();
    if (isFloat64()) {
      double[] out = new double[shape.size()];
      double[] q = query.storage().doubles();
      double[] k = inputs.get(1).storage().doubles();
      double[] v = value.storage().doubles();
      eachBlock(
          cost,
          (unit, from, to) -> {
            AttentionHead64 head =
                head64(
                    unit,
                    rows64(q, unit, queries, depth),
                    rows64(k, unit, keys, depth),
                    rows64(v, unit, keys, width),
                    null);
            kernels.attentionForward(
                head,
                from,
                to,
                rows64(out, unit, queries, width),
                statistics == null ? null : statistics.maxima64()[unit],
                statistics == null ? null : statistics.sums64()[unit]);
          });
      return Storage.ofDoubles(DType.FLOAT64, out);
    }
    float[] out = new float[shape.size()];
    float[] q = query.storage().floats();
    float[] k = inputs.get(1).storage().floats();
    float[] v = value.storage().floats();
    eachBlock(
        cost,
        (unit, from, to) -> {
          AttentionHead head =
              head(
                  unit,
                  rows(q, unit, queries, depth),
                  rows(k, unit, keys, depth),
                  rows(v, unit, keys, width),
                  null);
          kernels.attentionForward(
              head,
              from,
              to,
              rows(out, unit, queries, width),
              statistics == null ? null : statistics.maxima()[unit],
              statistics == null ? null : statistics.sums()[unit]);
        });
    return Storage.ofFloats(DType.FLOAT32, out);
  }

  Array weights(List<Array> inputs, DType dtype, boolean scored) {
    return Array.wrap(attentionWeights(inputs, dtype, scored), scores);
  }

  private Storage attentionWeights(List<Array> inputs, DType dtype, boolean scored) {
    Array first = inputs.get(0);
    int depth = scored ? 0 : first.shape().dim(-1);
    long cost = scores.count() * (depth + 1);
    Kernels kernels = KernelChoice.current().kernels();
    Rounding rounding = rounding(dtype, isFloat64());
    if (isFloat64()) {
      double[] out = new double[scores.size()];
      double[] q = first.storage().doubles();
      double[] k = scored ? q : inputs.get(1).storage().doubles();
      eachBlock(
          cost,
          (unit, from, to) -> {
            MatrixView64 given = scored ? square64(q, unit) : null;
            AttentionHead64 head =
                head64(
                    unit,
                    rows64(q, unit, queries, depth),
                    rows64(k, unit, keys, depth),
                    rows64(q, unit, keys, 0),
                    given);
            kernels.attentionWeights(head, from, to, square64(out, unit), rounding);
          });
      return Storage.ofDoubles(dtype, out);
    }
    float[] out = new float[scores.size()];
    float[] q = first.storage().floats();
    float[] k = scored ? q : inputs.get(1).storage().floats();
    eachBlock(
        cost,
        (unit, from, to) -> {
          MatrixView given = scored ? square(q, unit) : null;
          AttentionHead head =
              head(
                  unit,
                  rows(q, unit, queries, depth),
                  rows(k, unit, keys, depth),
                  rows(q, unit, keys, 0),
                  given);
          kernels.attentionWeights(head, from, to, square(out, unit), rounding);
        });
    return Storage.ofFloats(dtype, out);
  }

  /** One head of one batch element, counted row-major, and some of its query rows. */
  private interface Block {
    void run(int unit, int from, int to);
  }

  private void eachBlock(long cost, Block block) {
    int units = scores.range(0, scores.rank() - 2).size();
    int rows = rowsPerTask(units);
    int blocks = (queries + rows - 1) / rows;
    Workers.run(
        units * blocks,
        cost,
        task -> {
          int from = task % blocks * rows;
          block.run(task / blocks, from, Math.min(queries, from + rows));
        });
  }

  /** All rows of a head where there are heads enough, because its values are laid out once. */
  private int rowsPerTask(int units) {
    int wanted = TASKS_PER_THREAD * Workers.threads();
    int tasksPerUnit = Math.max(1, (wanted + units - 1) / Math.max(1, units));
    int blocks = (queries + ROW_BLOCK - 1) / ROW_BLOCK;
    return Math.max(1, (blocks + tasksPerUnit - 1) / tasksPerUnit) * ROW_BLOCK;
  }

  AttentionHead head(
      int unit, MatrixView q, MatrixView k, MatrixView v, @Nullable MatrixView given) {
    return new AttentionHead(
        q,
        k,
        v,
        given,
        bias == null ? null : bias.floats(unit),
        mask.of(unit),
        keep.of(unit),
        rules);
  }

  AttentionHead64 head64(
      int unit, MatrixView64 q, MatrixView64 k, MatrixView64 v, @Nullable MatrixView64 given) {
    return new AttentionHead64(
        q,
        k,
        v,
        given,
        bias == null ? null : bias.doubles(unit),
        mask.of(unit),
        keep.of(unit),
        rules);
  }

  /** The rows of a head inside {@code [B..., rows, H, cols]}. */
  MatrixView rows(float[] data, int unit, int rows, int cols) {
    int batch = unit / heads;
    int offset = (batch * rows * heads + unit % heads) * cols;
    return new MatrixView(data, offset, heads * cols, rows, cols);
  }

  MatrixView64 rows64(double[] data, int unit, int rows, int cols) {
    int batch = unit / heads;
    int offset = (batch * rows * heads + unit % heads) * cols;
    return new MatrixView64(data, offset, heads * cols, rows, cols);
  }

  MatrixView square(float[] data, int unit) {
    return new MatrixView(data, unit * queries * keys, keys, queries, keys);
  }

  MatrixView64 square64(double[] data, int unit) {
    return new MatrixView64(data, unit * queries * keys, keys, queries, keys);
  }
}
