package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.Creation;
import dev.heddle.array.DType;
import dev.heddle.linen.Module;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Scope;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Embed;
import dev.heddle.linen.layers.LayerNorm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder-only transformer: token and position embeddings, pre-norm blocks of causal
 * self-attention and an MLP with residual connections, a final layer normalization, and logits from
 * the transposed token embedding.
 *
 * <pre>{@code
 * var model = CausalLanguageModel.of(Config.small());
 * Variables variables = model.init(Rngs.of(0), tokens);   // tokens: int32 [B, L]
 * Array logits = model.apply(variables, tokens);          // [B, L, V]: of the next token
 * }</pre>
 *
 * <p>The same in Linen, with the same variables, is {@code
 * parity/heddle_parity/causal_language_model.py}. Parameters: {@code embed/embedding [V, F]},
 * {@code positions/embedding [length, F]}; in each {@code block_i} the attention of {@code
 * MultiHeadDotProductAttention} as {@code attention}, {@code ln_1} and {@code ln_2} of {@code scale
 * [F]} and {@code bias [F]}, {@code up [F, 4 F]} and {@code down [4 F, F]}; {@code ln}. (Radford
 * and others, "Language models are unsupervised multitask learners", 2019.)
 */
public final class CausalLanguageModel extends Module<LanguageModelInputs, Array> {
  /** The standard deviation of initial parameters; small, so that initial logits are near 0. */
  static final double STDDEV = 0.02;

  private final Config config;
  private final Embed embed;
  private final Embed positions;
  private final List<TransformerBlock> blocks;
  private final LayerNorm norm;

  private CausalLanguageModel(Config config) {
    this.config = config;
    embed = table(config, config.vocabulary());
    positions = table(config, config.length());
    blocks = TransformerBlock.stack(config);
    norm = LayerNorm.builder().dtype(config.dtype()).paramDtype(config.paramDtype()).build();
  }

  private static Embed table(Config config, int rows) {
    return Embed.builder()
        .numEmbeddings(rows)
        .features(config.features())
        .dtype(config.dtype())
        .paramDtype(config.paramDtype())
        .embeddingInit(Initializers.normal(STDDEV))
        .build();
  }

  /** Makes a model from a configuration. */
  public static CausalLanguageModel of(Config config) {
    return new CausalLanguageModel(config);
  }

  /** The sizes and dtypes of this model. */
  public Config config() {
    return config;
  }

  /** Initializes the variables; as {@link #init(Rngs, Object)}, without dropout. */
  public Variables init(Rngs rngs, Array tokens) {
    return init(rngs, LanguageModelInputs.of(tokens));
  }

  /** Computes logits without dropout; as {@link #apply(Variables, Object)}. */
  public Array apply(Variables variables, Array tokens) {
    return apply(variables, LanguageModelInputs.of(tokens));
  }

  /**
   * Computes the logits of the next token at every position.
   *
   * @return logits, shape {@code [B..., L, V]}; those at a position depend on the tokens up to it
   * @throws IllegalArgumentException if the tokens are not integers of the vocabulary, have no
   *     axis, or are longer than the model's length (Flax gives NaN)
   */
  @Override
  protected Array call(Scope scope, LanguageModelInputs in) {
    Array tokens = in.tokens();
    if (tokens.rank() == 0 || tokens.shape().dim(-1) > config.length()) {
      throw scope.error(
          "argument \"tokens\": expected shape [batch..., length] with a length of at most "
              + config.length()
              + ", got "
              + tokens.shape());
    }
    Array places = Creation.arange(tokens.shape().dim(-1));
    Array x = scope.call("embed", embed, tokens); // [L, F]
    x = x.plus(scope.call("positions", positions, places));
    x = TransformerBlock.drop(scope, "dropout", config, x, in.deterministic());
    Array mask = Masks.makeCausalMask(tokens); // [1, L, L], lazy
    for (int i = 0; i < blocks.size(); i++) {
      var block = new TransformerBlock.Inputs(x, mask, in.deterministic());
      x = scope.call("block_" + i, blocks.get(i), block); // [L, F]
    }
    Array normalized = scope.call("ln", norm, x);
    return scope.within(embed, own -> embed.attend(own, normalized)); // [L, V]
  }

  @Override
  protected boolean usesFloat64() {
    return config.dtype() == DType.FLOAT64 || config.paramDtype() == DType.FLOAT64;
  }

  /**
   * The sizes and dtypes of a model.
   *
   * @param vocabulary the size of the vocabulary, V
   * @param length the maximum length of a sequence
   * @param features the features of the residual stream, F
   * @param heads the heads of each attention layer; a divisor of the features
   * @param layers the number of blocks
   * @param dropoutRate the dropout rate of the attention weights, of the outputs of attention and
   *     MLP, and of the embeddings
   * @param dtype the dtype of the computation; null for that of the parameters
   * @param paramDtype the dtype of the parameters
   */
  public record Config(
      int vocabulary,
      int length,
      int features,
      int heads,
      int layers,
      double dropoutRate,
      @Nullable DType dtype,
      DType paramDtype) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is not positive, the heads do not divide the
     *     features, the rate is not from 0 to below 1, or a dtype is not a floating-point type
     */
    public Config {
      requirePositive("vocabulary", vocabulary);
      requirePositive("length", length);
      requirePositive("features", features);
      requirePositive("heads", heads);
      requirePositive("layers", layers);
      if (features % heads != 0) {
        throw wrong("heads", "a divisor of the " + features + " features", heads);
      }
      if (!(dropoutRate >= 0 && dropoutRate < 1)) { // NaN too
        throw wrong("dropout_rate", "a rate from 0 to below 1", dropoutRate);
      }
      if (dtype != null && !dtype.isFloating()) {
        throw wrong("dtype", "a floating-point type", dtype);
      }
      if (!paramDtype.isFloating()) {
        throw wrong("param_dtype", "a floating-point type", paramDtype);
      }
    }

    private static void requirePositive(String name, int size) {
      if (size < 1) {
        throw wrong(name, "a positive number", size);
      }
    }

    private static IllegalArgumentException wrong(String name, String expected, Object got) {
      return new IllegalArgumentException(
          "CausalLanguageModel: argument \"%s\": expected %s, got %s"
              .formatted(name, expected, got));
    }

    /** The number of parameters; {@code Long.MAX_VALUE} if it overflows. */
    public long parameters() {
      double width = features;
      double block = 12 * width * width + 13 * width; // attention 4 F^2, MLP 8 F^2; biases, norms
      double all = ((double) vocabulary + length) * width + layers * block + 2 * width;
      return all < 1L << 53 ? (long) all : Long.MAX_VALUE; // exact below
    }

    /** A byte-level model of 0.8 million parameters, which trains within a minute on two cores. */
    public static Config small() {
      return builder().vocabulary(256).length(128).features(128).heads(4).layers(4).build();
    }

    /** A builder with the sizes of {@link #small} as defaults. */
    public static Builder builder() {
      return new Builder();
    }

    /** A builder with this configuration. */
    public Builder toBuilder() {
      return builder()
          .vocabulary(vocabulary)
          .length(length)
          .features(features)
          .heads(heads)
          .layers(layers)
          .dropoutRate(dropoutRate)
          .dtype(dtype)
          .paramDtype(paramDtype);
    }

    /** Builds a configuration. */
    public static final class Builder {
      private int vocabulary = ByteTokenizer.VOCABULARY;
      private int length = 128;
      private int features = 128;
      private int heads = 4;
      private int layers = 4;
      private double dropoutRate;
      private @Nullable DType dtype;
      private DType paramDtype = DType.FLOAT32;

      private Builder() {}

      /** The size of the vocabulary; 256 by default, for bytes. */
      public Builder vocabulary(int value) {
        vocabulary = value;
        return this;
      }

      /** The maximum length of a sequence; 128 by default. */
      public Builder length(int value) {
        length = value;
        return this;
      }

      /** The features; 128 by default. */
      public Builder features(int value) {
        features = value;
        return this;
      }

      /** The heads of each attention layer; 4 by default. */
      public Builder heads(int value) {
        heads = value;
        return this;
      }

      /** The number of blocks; 4 by default. */
      public Builder layers(int value) {
        layers = value;
        return this;
      }

      /** The dropout rate where a call is not deterministic; 0 by default. */
      public Builder dropoutRate(double value) {
        dropoutRate = value;
        return this;
      }

      /** The dtype of the computation; that of the parameters by default. */
      public Builder dtype(@Nullable DType value) {
        dtype = value;
        return this;
      }

      /** The dtype of the parameters; float32 by default. */
      public Builder paramDtype(DType value) {
        paramDtype = value;
        return this;
      }

      /**
       * Builds the configuration.
       *
       * @throws IllegalArgumentException as {@link Config} throws
       */
      public Config build() {
        return new Config(
            vocabulary, length, features, heads, layers, dropoutRate, dtype, paramDtype);
      }
    }
  }
}
