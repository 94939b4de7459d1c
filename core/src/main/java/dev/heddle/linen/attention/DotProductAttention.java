package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.Attention;
import dev.heddle.array.AttentionLayer;
import dev.heddle.array.AttentionLayer.Operand;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Repeat;
import dev.heddle.array.Shape;
import dev.heddle.linen.layers.Promotion;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention, {@code softmax(query key / sqrt(D) + bias) value} over the keys
 * that a mask allows: Flax's {@code dot_product_attention} and {@code
 * dot_product_attention_weights}. (Vaswani et al., "Attention is all you need", 2017.)
 *
 * <pre>{@code
 * Array out = DotProductAttention.dotProductAttention(
 *     query, key, value, AttentionOptions.builder().mask(causal).build());
 * }</pre>
 *
 * <p>The query is divided by the root of the depth before the product, in the dtype of the
 * computation. A masked score is {@code finfo(dtype).min}, applied after the bias: a row in which
 * every key is masked gives the mean of all values. Order of operations: {@link Attention}.
 *
 * <p>Letters as in the package; V is the depth of the values.
 */
public final class DotProductAttention {
  private static final String WEIGHTS = "attention_weights";
  private static final String SCORES_OF = "...qhd,...khd->...hqk";
  private static final String VALUES_OF = "...hqk,...khd->...qhd";

  private DotProductAttention() {}

  /**
   * Computes attention from every query to the keys.
   *
   * @param query shape {@code [B..., Q, H, D]}
   * @param key shape {@code [B..., K, H, D]}, or fewer heads that divide H, each shared by
   *     consecutive heads of queries
   * @param value shape {@code [B..., K, H, V]}, as many heads as of keys
   * @return shape {@code [B..., Q, H, V]}, in {@code options.dtype()} or the promoted one; with the
   *     softmax forced to float32, in the promotion of that and float32
   * @throws IllegalArgumentException if ranks, batch axes, heads, depths or lengths disagree, a
   *     mask or bias would enlarge the result, dropout lacks a key or has rate 1, or only one
   *     contraction is replaced
   */
  public static Array dotProductAttention(
      Array query, Array key, Array value, AttentionOptions options) {
    requireKeys(query, key);
    requireValues(key, value);
    return layer(Operand.of(query), Operand.of(key), Operand.of(value), null, options);
  }

  /**
   * Attention between projections, of operands whose shapes fit.
   *
   * @param out the projection out, or null
   * @return shape {@code [B..., Q, F]}; without a projection out that of {@link
   *     #dotProductAttention}
   */
  static Array layer(
      Operand query,
      Operand key,
      Operand value,
      @Nullable Projection out,
      AttentionOptions options) {
    requireEinsums(options);
    if (options.dtype() != null) {
      Promotion.requireInexact("dtype", options.dtype());
    }
    DType given = options.dtype();
    DType ofQuery = given == null ? dtypeOfHeads(query) : given;
    DType ofKey = given == null ? dtypeOfHeads(key) : given;
    DType ofValue = given == null ? dtypeOfHeads(value) : given;
    DType dtype = dtype(ofQuery, ofKey, ofValue);
    Operand q = ofQuery == dtype ? query : Operand.of(query.heads(ofQuery));
    Operand k = ofKey == dtype ? key : Operand.of(key.heads(ofKey));
    Operand v = ofValue == dtype ? value : Operand.of(value.heads(ofValue));
    AttentionEinsum valueEinsum = options.attnWeightsValueEinsum();
    if (valueEinsum != null) {
      Array weights = weights(q.heads(dtype), k.heads(dtype), options);
      Array values = repeatHeads(v.heads(dtype), q.shape().dim(-2));
      Array attended = valueEinsum.apply(VALUES_OF, weights, values, options.precision());
      return out == null ? attended : project(attended, out, options);
    }
    if (isSown(options)) {
      q = Operand.of(q.heads(dtype));
      k = Operand.of(k.heads(dtype));
      Attention.Options plain = plain(options, dtype);
      sow(options, Attention.weights(q.array(), k.array(), options.bias(), plain));
    }
    Attention.Options between = between(options, scoreShape(q.shape(), k.shape()), dtype);
    if (options.bias() != null) { // of the function only: a module has none
      return Attention.attend(
          q.heads(dtype), k.heads(dtype), v.heads(dtype), options.bias(), between);
    }
    DType attendedType = between.float32Softmax() ? DType.promote(DType.FLOAT32, dtype) : dtype;
    boolean isOneType = out == null || dtype(options, attendedType, out) == dtype;
    Array result = AttentionLayer.apply(q, k, v, isOneType ? out : null, dtype, between);
    return out == null || isOneType ? result : project(result, out, options);
  }

  private static Array project(Array attended, Projection out, AttentionOptions options) {
    return out.apply(attended, 2, dtype(options, attended.dtype(), out));
  }

  /** The dtype of the computation: the promotion of all heads. */
  private static DType dtype(DType query, DType key, DType value) {
    DType all = DType.promote(query, DType.promote(key, value));
    return all.isFloating() ? all : DType.FLOAT32;
  }

  private static DType dtypeOfHeads(Operand operand) {
    Projection projection = operand.projection();
    return projection == null
        ? operand.array().dtype()
        : Promotion.canonicalizeDtype(
            null, operand.array(), projection.kernel(), projection.bias());
  }

  private static DType dtype(AttentionOptions options, DType input, Projection projection) {
    if (options.dtype() != null) {
      return options.dtype();
    }
    DType all = DType.promote(input, projection.kernel().dtype());
    Array bias = projection.bias();
    return bias == null ? all : DType.promote(all, bias.dtype());
  }

  /** The options of the fused attention. */
  private static Attention.Options between(AttentionOptions options, Shape scores, DType dtype) {
    Array keep = options.hasDropout() ? keep(options, scores) : null;
    double scale = keep == null ? 1 : multiplier(options.dropoutRate(), dtype);
    boolean isForced = isForced(options, dtype);
    return new Attention.Options(
        options.mask(), keep, scale, isForced, options.scale(), options.softCap());
  }

  /** The options without dropout. */
  private static Attention.Options plain(AttentionOptions options, DType dtype) {
    boolean isForced = isForced(options, dtype);
    return new Attention.Options(
        options.mask(), null, 1, isForced, options.scale(), options.softCap());
  }

  /**
   * The attention weights, after dropout.
   *
   * @param query shape {@code [B..., Q, H, D]}
   * @param key shape {@code [B..., K, H, D]}, or fewer heads that divide H
   * @return shape {@code [B..., H, Q, K]}, in {@code options.dtype()} or the promoted one; float32
   *     where the softmax is forced to that
   * @throws IllegalArgumentException as {@link #dotProductAttention}
   */
  public static Array dotProductAttentionWeights(Array query, Array key, AttentionOptions options) {
    DType common = Promotion.canonicalizeDtype(options.dtype(), query, key);
    requireKeys(query, key);
    if (options.qkAttnWeightsEinsum() != null && options.precision() != null) {
      throw precisionWithEinsum();
    }
    return weights(query.astype(common), key.astype(common), options);
  }

  private static Array weights(Array query, Array key, AttentionOptions options) {
    Attention.Options plain = plain(options, query.dtype());
    AttentionEinsum einsum = options.qkAttnWeightsEinsum();
    Array weights;
    if (einsum == null) {
      weights = Attention.weights(query, key, options.bias(), plain);
    } else {
      Array keys = repeatHeads(key, query.shape().dim(-2));
      Array scores = einsum.apply(SCORES_OF, scaled(query, options), keys, options.precision());
      requireScores(scores, scoreShape(query.shape(), key.shape()));
      weights = Attention.weightsOfScores(scores, options.bias(), query.dtype(), plain);
    }
    if (isSown(options)) {
      sow(options, weights);
    }
    if (!options.hasDropout()) {
      return weights;
    }
    DType dtype = query.dtype();
    Array keep = keep(options, weights.shape());
    Array factor = Array.scalar(multiplier(options.dropoutRate(), dtype), dtype);
    return Elementwise.multiply(weights, Elementwise.multiply(keep.astype(dtype), factor));
  }

  /** Keys or values with a head for each head of queries, for contractions of the user. */
  private static Array repeatHeads(Array keys, int heads) {
    int group = heads / Math.max(1, keys.shape().dim(-2));
    return Repeat.repeat(keys, group, -2);
  }

  private static boolean isSown(AttentionOptions options) {
    return options.scope() != null && options.scope().isMutable("intermediates");
  }

  private static void sow(AttentionOptions options, Array weights) {
    if (options.scope() != null) {
      options.scope().sow("intermediates", WEIGHTS, weights);
    }
  }

  /** The query divided by the root of the depth, which is rounded to its dtype first, or scaled. */
  private static Array scaled(Array query, AttentionOptions options) {
    if (options.scale() != null) {
      return Elementwise.multiply(query, Array.scalar(options.scale(), query.dtype()));
    }
    double root = Math.sqrt(query.shape().dim(-1));
    return Elementwise.divide(query, Array.scalar(root, query.dtype()));
  }

  private static boolean isForced(AttentionOptions options, DType dtype) {
    return options.forceFp32ForSoftmax() && dtype != DType.FLOAT32;
  }

  private static Shape scoreShape(Shape query, Shape key) {
    int[] dims = query.dims();
    int last = dims.length - 1;
    dims[last - 2] = query.dim(-2);
    dims[last - 1] = query.dim(-3);
    dims[last] = key.dim(-3);
    return Shape.of(dims);
  }

  /**
   * The dropout mask, nonzero where a weight is kept; one mask for all batch elements and heads
   * where broadcast.
   */
  private static Array keep(AttentionOptions options, Shape scores) {
    Key rng = options.dropoutRng();
    if (rng == null) {
      throw new IllegalArgumentException(
          "dot_product_attention: argument \"dropout_rng\": expected a key for dropout of rate "
              + options.dropoutRate()
              + ", got none");
    }
    if (options.dropoutRate() == 1) {
      throw new IllegalArgumentException(
          "dot_product_attention: argument \"dropout_rate\": expected less than 1, got 1: with all"
              + " weights dropped the rest cannot be scaled up (0 divided by 0)");
    }
    Shape shape = scores;
    if (options.broadcastDropout()) {
      for (int axis = 0; axis < scores.rank() - 2; axis++) {
        shape = shape.with(axis, 1);
      }
    }
    DType drawIn = options.x64() ? DType.FLOAT64 : DType.FLOAT32;
    return Random.bernoulli(rng, 1 - options.dropoutRate(), drawIn, shape.dims());
  }

  /** The factor of a kept weight: 1 divided by the keep probability, both rounded to the dtype. */
  private static double multiplier(double rate, DType dtype) {
    Array keepProb = Array.scalar(1 - rate, dtype);
    return Elementwise.divide(Array.scalar(1, dtype), keepProb).item();
  }

  private static void requireKeys(Array query, Array key) {
    require(query.rank() >= 3 && query.rank() == key.rank(), "one rank, 3 or more", query, key);
    int batch = query.rank() - 3;
    require(
        query.shape().range(0, batch).equals(key.shape().range(0, batch)),
        "equal batch axes",
        query,
        key);
    int heads = Math.max(1, key.shape().dim(-2));
    require(query.shape().dim(-2) % heads == 0, "as many heads, or a divisor", query, key);
    require(query.shape().dim(-1) == key.shape().dim(-1), "equal depths", query, key);
  }

  private static void require(boolean holds, String expected, Array query, Array key) {
    if (!holds) {
      throw new IllegalArgumentException(
          "dot_product_attention: expected query [B..., Q, H, D] and key [B..., K, H, D] of "
              + expected
              + ", got "
              + query.shape()
              + " and "
              + key.shape());
    }
  }

  private static void requireValues(Array key, Array value) {
    boolean fits = key.rank() == value.rank();
    for (int axis = 0; fits && axis < key.rank() - 1; axis++) {
      fits = key.shape().dim(axis) == value.shape().dim(axis);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "dot_product_attention: expected key [B..., K, H, D] and value [B..., K, H, V] that differ"
              + " in depth only, got "
              + key.shape()
              + " and "
              + value.shape());
    }
  }

  private static void requireEinsums(AttentionOptions options) {
    @Nullable AttentionEinsum qk = options.qkAttnWeightsEinsum();
    @Nullable AttentionEinsum weightsValue = options.attnWeightsValueEinsum();
    if ((qk == null) != (weightsValue == null)) {
      throw new IllegalArgumentException(
          "dot_product_attention: expected both of \"qk_attn_weights_einsum\" and"
              + " \"attn_weights_value_einsum\" or none, got only \""
              + (qk == null ? "attn_weights_value_einsum" : "qk_attn_weights_einsum")
              + "\"");
    }
    if (qk != null && options.precision() != null) {
      throw precisionWithEinsum();
    }
  }

  private static IllegalArgumentException precisionWithEinsum() {
    return new IllegalArgumentException(
        "dot_product_attention: expected \"precision\" or replaced contractions, got both");
  }

  private static void requireScores(Array scores, Shape expected) {
    if (!scores.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "dot_product_attention: argument \"qk_attn_weights_einsum\": expected a result of shape "
              + expected
              + ", got "
              + scores.shape());
    }
  }
}
