package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Gather;
import dev.heddle.array.Shape;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.linen.Scope;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.initializers.VarianceScaling.Axes;
import dev.heddle.linen.initializers.VarianceScaling.Distribution;
import dev.heddle.linen.initializers.VarianceScaling.Mode;
import dev.heddle.linen.internal.ArgumentName;
import dev.heddle.linen.internal.Settings;
import java.util.List;
import java.util.Objects;

/**
 * An embedding table, whose vectors are looked up by index; Flax's {@code Embed}.
 *
 * <p>Parameter: {@code embedding}, shape {@code [numEmbeddings, features]}. Input, integers of
 * shape {@code [...]}, gives output, shape {@code [..., features]}, in the configured type or the
 * table's. Negative indices count from the end, as in NumPy.
 *
 * <p>{@link #attend} multiplies by the transposed table, to share it with the output layer of a
 * language model:
 *
 * <pre>{@code
 * Array x = scope.call(embed, tokens);
 * Array logits = scope.within(embed, s -> embed.attend(s, hidden));
 * }</pre>
 */
public final class Embed extends Layer<Array, Embed.Builder> {
  private static final Initializer DEFAULT_INIT =
      Initializers.varianceScaling(
          1.0, Mode.FAN_IN, Distribution.NORMAL, new Axes(List.of(-2), List.of(0), List.of()));

  private final Shape shape;

  private Embed(Builder builder) {
    super(builder);
    shape = Shape.of(config.numEmbeddings, config.features);
  }

  /** A table of a size. */
  public static Embed of(int numEmbeddings, int features) {
    return builder().numEmbeddings(numEmbeddings).features(features).build();
  }

  /** A builder; {@code numEmbeddings} and {@code features} are required. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Looks up vectors.
   *
   * @throws IllegalArgumentException if the input is not of integers, or an index is out of range
   *     (Flax returns NaN)
   */
  @Override
  protected Array call(Scope scope, Array inputs) {
    Array embedding = embedding(scope);
    if (!inputs.dtype().isInteger()) {
      throw scope.error(
          "argument \"inputs\": expected integers, got " + inputs.dtype() + inputs.shape());
    }
    for (long index : inputs.toLongArray()) {
      if (index < -config.numEmbeddings || index >= config.numEmbeddings) {
        throw scope.error(
            "argument \"inputs\": expected numbers from 0 to %s, got %s"
                .formatted(config.numEmbeddings - 1, index));
      }
    }
    return Gather.take(
        config.dtype == null ? embedding : ArrayInternals.convertedTo(embedding, config.dtype),
        inputs,
        0);
  }

  /**
   * The products of queries with every vector of the table; call it through {@link Scope#within}.
   *
   * @param query shape {@code [..., features]}
   * @return shape {@code [..., numEmbeddings]}
   * @throws IllegalArgumentException if the last axis is not {@code features} long
   */
  public Array attend(Scope scope, Array query) {
    Array embedding = embedding(scope);
    if (query.rank() == 0 || query.shape().dim(-1) != config.features) {
      throw scope.error(
          "argument \"query\": expected shape [..., %s], got %s"
              .formatted(config.features, query.shape()));
    }
    DType compute = Promotion.canonicalizeDtype(config.dtype, query, embedding);
    DotGeneral.Axes axes =
        new DotGeneral.Axes(List.of(query.rank() - 1), List.of(1), List.of(), List.of());
    return DotGeneral.standard()
        .dotGeneral(
            query.astype(compute), ArrayInternals.convertedTo(embedding, compute), axes, null);
  }

  private Array embedding(Scope scope) {
    return scope.param("embedding", config.embeddingInit, shape, config.paramDtype);
  }

  @Override
  Settings settings() {
    return Settings.of("Embed")
        .add("num_embeddings", config.numEmbeddings)
        .add("features", config.features)
        .add("dtype", config.dtype)
        .add("param_dtype", config.paramDtype)
        .add("embedding_init", config.embeddingInit);
  }

  /** The arguments of an {@link Embed}, with Flax's names and defaults. */
  public static final class Builder extends LayerBuilder<Builder> {
    private int numEmbeddings = -1;
    private int features = -1;
    private Initializer embeddingInit = DEFAULT_INIT;

    private Builder() {}

    /** The number of vectors. */
    public Builder numEmbeddings(int numEmbeddings) {
      this.numEmbeddings = numEmbeddings;
      return this;
    }

    /** The length of a vector. */
    public Builder features(int features) {
      this.features = features;
      return this;
    }

    /**
     * The initializer of the table; by default {@code variance_scaling(1.0, 'fan_in', 'normal',
     * out_axis=0)}.
     */
    public Builder embeddingInit(Initializer embeddingInit) {
      this.embeddingInit = Objects.requireNonNull(embeddingInit, "embeddingInit");
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if a number is missing or negative
     */
    public Embed build() {
      if (numEmbeddings < 0 || features < 0) {
        throw new IllegalArgumentException(
            "Embed: arguments %s and \"features\": expected numbers of 0 or more, got %s and %s"
                .formatted(ArgumentName.quoted("num_embeddings"), numEmbeddings, features));
      }
      return new Embed(this);
    }
  }
}
