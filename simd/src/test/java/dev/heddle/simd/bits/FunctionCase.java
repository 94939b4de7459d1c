package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.random.Key;
import dev.heddle.support.Numbers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of {@code dotProductAttention} with arguments that the layer never passes: a bias, values
 * of another depth, infinities and NaNs.
 *
 * @param biasAxes how many of the last axes of the scores the bias has; 0 for none
 * @param range the magnitude of the largest query
 * @param special the special value in the middle of the keys or values, or null
 */
record FunctionCase(
    long seed,
    DType dtype,
    int queries,
    int keys,
    int heads,
    int depth,
    int width,
    MaskForm mask,
    int biasAxes,
    @Nullable DType biasDtype,
    double dropoutRate,
    boolean forceFp32ForSoftmax,
    double range,
    @Nullable Double special,
    boolean specialKey)
    implements Case {
  static FunctionCase draw(Draw draw, Size size) {
    MaskForm mask = draw.oneOf(size.masks());
    int queries = draw.oneOf(size.queries());
    int keys = mask.isSquare() ? queries : draw.oneOf(size.keys());
    int heads = draw.from(1, 3);
    int depth = draw.oneOf(1, 2, 3, 8, 16, 20, 64, 65);
    int width = draw.oneOf(1, 3, 7, 16, 33, 64);
    while ((double) queries * keys * heads * (depth + width + 20) > size.cost()) {
      if (heads > 1) {
        heads = 1;
      } else if (depth > 3) {
        depth = depth / 2;
      } else if (width > 3) {
        width = width / 2;
      } else {
        queries = (queries + 1) / 2;
        keys = mask.isSquare() ? queries : keys;
      }
    }
    return new FunctionCase(
        draw.seed(),
        draw.oneOf(DType.FLOAT32, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64),
        queries,
        keys,
        heads,
        depth,
        width,
        mask,
        draw.from(0, 4),
        draw.chance(3) ? DType.FLOAT32 : null,
        draw.chance(3) ? 0.4 : 0,
        draw.chance(4),
        draw.oneOf(0.5, 2.0, 300.0),
        draw.oneOf(null, null, Double.NaN, Double.POSITIVE_INFINITY),
        draw.chance(2));
  }

  @Override
  public List<Array> run() {
    AttentionOptions options = options(bias());
    Array out = DotProductAttention.dotProductAttention(query(), key(), value(), options);
    if (scores().count() > 100_000) {
      return List.of(out);
    }
    return List.of(out, DotProductAttention.dotProductAttentionWeights(query(), key(), options));
  }

  Array query() {
    return Numbers.between(seed, -range, range, dtype, 2, queries, heads, depth);
  }

  Array key() {
    return with(specialKey, Numbers.of(seed + 1, dtype, 2, keys, heads, depth));
  }

  Array value() {
    return with(!specialKey, Numbers.of(seed + 2, dtype, 2, keys, heads, width));
  }

  AttentionOptions options(@Nullable Array bias) {
    AttentionOptions.Builder options =
        AttentionOptions.builder()
            .mask(mask.make(seed + 3, scores()))
            .bias(bias)
            .dtype(dtype)
            .forceFp32ForSoftmax(forceFp32ForSoftmax);
    if (dropoutRate > 0) {
      options
          .dropoutRate(dropoutRate)
          .dropoutRng(Key.of(seed))
          .broadcastDropout(false)
          .x64(dtype == DType.FLOAT64);
    }
    return options.build();
  }

  /** The same case without special values. */
  FunctionCase withoutSpecial() {
    return new FunctionCase(
        seed,
        dtype,
        queries,
        keys,
        heads,
        depth,
        width,
        mask,
        biasAxes,
        biasDtype,
        dropoutRate,
        forceFp32ForSoftmax,
        range,
        null,
        specialKey);
  }

  private Shape scores() {
    return Shape.of(2, heads, queries, keys);
  }

  @Nullable Array bias() {
    if (biasAxes == 0) {
      return null;
    }
    DType of = biasDtype == null ? dtype : biasDtype;
    return Numbers.of(seed + 4, of, scores().range(4 - biasAxes, 4).dims());
  }

  private Array with(boolean wanted, Array array) {
    if (!wanted || special == null || array.size() == 0) {
      return array;
    }
    double[] values = array.toDoubleArray();
    values[values.length / 2] = special;
    return Array.of(values, array.shape().dims()).astype(dtype);
  }
}
