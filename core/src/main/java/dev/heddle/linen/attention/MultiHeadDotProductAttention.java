package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.AttentionLayer;
import dev.heddle.array.AttentionLayer.Operand;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.array.Shape;
import dev.heddle.linen.LinenException;
import dev.heddle.linen.Module;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Scope;
import dev.heddle.linen.Variables;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.linen.layers.Deterministic;
import dev.heddle.random.Key;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head dot-product attention, {@code flax.linen.MultiHeadDotProductAttention}: projections
 * into heads, attention within each head, and a projection out of them.
 *
 * <pre>{@code
 * var attention = MultiHeadDotProductAttention.builder().numHeads(8).qkvFeatures(512).build();
 * Variables variables = attention.init(Rngs.of(0), x);       // x: [B..., Q, F]
 * Array y = attention.apply(variables, x);                   // self-attention, [B..., Q, F]
 * Array z = attention.apply(variables, x, memory);           // keys and values of another
 * Array w = attention.apply(variables, AttentionInputs.of(x).mask(Masks.makeCausalMask(tokens)));
 * }</pre>
 *
 * <p>Parameters: {@code query}, {@code key} and {@code value}, each a {@code kernel [F, H, D]} and
 * a {@code bias [H, D]}; {@code query_ln} and {@code key_ln}, each a {@code scale [D]}, with {@code
 * normalize_qk}; {@code out}, a {@code kernel [H, D, F]} and a {@code bias [F]}. Letters as in the
 * package; D is {@code qkv_features / num_heads}.
 *
 * <p>With {@code decode}, {@code init} makes a cache as long as its inputs, and {@code apply} takes
 * one position at a time with the collection {@code cache} mutable. (Vaswani et al., "Attention is
 * all you need", 2017.)
 */
public class MultiHeadDotProductAttention extends Module<AttentionInputs, Array> {
  private final AttentionBuilder config;
  private volatile @Nullable AttentionSublayers sublayers;

  MultiHeadDotProductAttention(AttentionBuilder builder) {
    super(builder);
    config = builder.copy();
  }

  /** The arguments to collect; {@code numHeads} is needed. */
  public static AttentionBuilder builder() {
    return new AttentionBuilder(MultiHeadDotProductAttention::new);
  }

  /** A configuration with the same arguments and class, to be changed. */
  public final AttentionBuilder toBuilder() {
    return config.copy();
  }

  /**
   * The constructor arguments by Flax's names, in Flax's order, such as {@code num_heads} and an
   * {@code Integer}; without those that are null in Java or {@code None} in Flax.
   */
  public final Map<String, Object> settings() {
    return config.settings(getClass().getSimpleName()).values();
  }

  /** Makes the variables for self-attention; as {@link #init(Rngs, Object)}. */
  public final Variables init(Rngs rngs, Array inputsQ) {
    return init(rngs, AttentionInputs.of(inputsQ));
  }

  /** Makes the variables for keys and values of another input; as {@link #init(Rngs, Object)}. */
  public final Variables init(Rngs rngs, Array inputsQ, Array inputsKv) {
    return init(rngs, AttentionInputs.of(inputsQ, inputsKv));
  }

  /** Self-attention without mask; as {@link #apply(Variables, Object)}. */
  public final Array apply(Variables variables, Array inputsQ) {
    return apply(variables, AttentionInputs.of(inputsQ));
  }

  /** Attention to another input without mask; as {@link #apply(Variables, Object)}. */
  public final Array apply(Variables variables, Array inputsQ, Array inputsKv) {
    return apply(variables, AttentionInputs.of(inputsQ, inputsKv));
  }

  /**
   * The computation, step by step. Shapes are without batch axes.
   *
   * <p>A projection is computed by {@link AttentionLayer}, together with attention, unless its
   * result is needed before: by a normalization, the cache, another attention function or product,
   * or an observer of the submodules.
   *
   * @throws IllegalArgumentException if shapes do not fit, the heads do not divide the features,
   *     {@code deterministic} is given twice or, with dropout, not at all
   */
  @Override
  protected Array call(Scope scope, AttentionInputs in) {
    InputShapes.require(scope, config, in);
    AttentionSublayers layers = sublayers(in.inputsQ().shape().dim(-1));
    boolean early = scope.isObserved() || config.attentionFn != null;
    boolean earlyQuery = early || config.normalizeQk;
    boolean earlyKey = earlyQuery || config.decode;
    boolean earlyValue = early || config.decode;
    Operand query = operand(scope, "query", layers.query(), in.inputsQ(), earlyQuery); // [Q, H, D]
    Operand key = operand(scope, "key", layers.key(), in.inputsK(), earlyKey); // [K, H, D]
    Operand value = operand(scope, "value", layers.value(), in.inputsV(), earlyValue); // [K, H, D]
    if (config.normalizeQk) {
      query = Operand.of(scope.call("query_ln", layers.queryNorm(), query.array()));
      key = Operand.of(scope.call("key_ln", layers.keyNorm(), key.array()));
    }
    Array mask = in.mask(); // [H or 1, Q, K], or none
    if (config.decode) {
      if (scope.isInitializing() && !DecodeCache.isMade(scope)) {
        DecodeCache.make(scope, key.array(), value.array());
        mask = config.masked(mask, query.shape().dim(-3), key.shape().dim(-3));
      } else {
        DecodeCache.Step step =
            DecodeCache.append(scope, query.shape(), key.array(), value.array(), mask);
        key = Operand.of(step.keys()); // [L, H, D]
        value = Operand.of(step.values()); // [L, H, D]
        mask = config.maskedStep(step.mask(), step.position(), key.shape().dim(-3)); // [.., 1, L]
      }
    } else {
      mask = config.masked(mask, query.shape().dim(-3), key.shape().dim(-3));
    }
    AttentionOptions options = options(scope, in, mask);
    AttentionFn attentionFn = config.attentionFn;
    if (attentionFn != null) {
      Array attended =
          attentionFn.apply(query.array(), key.array(), value.array(), options); // [Q, H, D]
      return scope.call("out", layers.out(), attended); // [Q, F]
    }
    boolean separateOut = early || !layers.out().hasStandardProduct();
    Projection out =
        separateOut ? null : projection(scope, "out", layers.out(), query.shape()); // [H, D, F]
    Array attended = attention(scope, query, key, value, out, options);
    return out == null ? scope.call("out", layers.out(), attended) : attended; // [Q, F]
  }

  /** The submodules, made again only if the number of features of {@code inputs_q} changes. */
  private AttentionSublayers sublayers(int inputFeatures) {
    AttentionSublayers known = sublayers;
    if (known == null || known.inputFeatures() != inputFeatures) {
      known = AttentionSublayers.of(config, inputFeatures);
      sublayers = known; // two threads may make equal ones
    }
    return known;
  }

  /**
   * An input and its projection into heads.
   *
   * @param early whether the heads are computed now
   */
  private static Operand operand(
      Scope scope, String name, DenseGeneral layer, Array input, boolean early) {
    return early || !layer.hasStandardProduct()
        ? Operand.of(scope.call(name, layer, input))
        : new Operand(input, projection(scope, name, layer, input.shape()));
  }

  private static Projection projection(
      Scope scope, String name, DenseGeneral layer, Shape inputShape) {
    return scope.within(name, layer, inner -> layer.projection(inner, inputShape));
  }

  /** Puts the module's path before the message of an error of the attention function. */
  private static Array attention(
      Scope scope,
      Operand query,
      Operand key,
      Operand value,
      @Nullable Projection out,
      AttentionOptions options) {
    try {
      return DotProductAttention.layer(query, key, value, out, options);
    } catch (LinenException e) {
      throw e; // has its path
    } catch (IllegalArgumentException e) {
      throw scope.error(String.valueOf(e.getMessage()), e);
    }
  }

  private AttentionOptions options(Scope scope, AttentionInputs in, @Nullable Array mask) {
    boolean deterministic = true;
    Key dropoutRng = in.dropoutRng();
    if (config.dropoutRate > 0) {
      deterministic = Deterministic.merge(scope.path(), config.deterministic, in.deterministic());
      if (!deterministic && dropoutRng == null) {
        dropoutRng = scope.makeRng("dropout");
      }
    }
    return config
        .options()
        .mask(mask)
        .dropoutRng(dropoutRng)
        .deterministic(deterministic)
        .scope(in.sowWeights() ? scope : null)
        .x64(scope.x64())
        .build();
  }

  @Override
  protected final boolean usesFloat64() {
    return config.namesFloat64();
  }

  /** The settings as Flax names them, without those that are not set. */
  @Override
  public final String toString() {
    return config.settings(getClass().getSimpleName()).toString();
  }
}
