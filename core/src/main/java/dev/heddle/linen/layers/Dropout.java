package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.Where;
import dev.heddle.linen.ModuleBuilder;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.ArgumentName;
import dev.heddle.linen.internal.Settings;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Dropout (Srivastava and others, 2014): each element is set to zero with a probability, and
 * otherwise divided by the probability of being kept. Flax's {@code Dropout}.
 *
 * <pre>{@code
 * scope.call(Dropout.of(0.1), Dropout.Inputs.of(x).deterministic(false));
 * }</pre>
 *
 * <p>No parameters. The output has the input's shape and type. A rate of 0 or {@code deterministic}
 * returns the input, a rate of 1 returns zeros; neither draws random numbers.
 */
public final class Dropout extends Layer<Dropout.Inputs, Dropout.Builder> {

  private Dropout(Builder builder) {
    super(builder);
  }

  /**
   * The inputs of a call.
   *
   * @param inputs any shape
   * @param deterministic whether dropout is off; null if the module specifies it
   * @param rng the random key; null for the next one of the module's stream
   */
  public record Inputs(Array inputs, @Nullable Boolean deterministic, @Nullable Key rng)
      implements ArrayTree<Inputs> {
    /** Only an input. */
    public static Inputs of(Array inputs) {
      return new Inputs(inputs, null, null);
    }

    /** The same with {@code deterministic}. */
    public Inputs deterministic(boolean value) {
      return new Inputs(inputs, value, rng);
    }

    /** The same with a key. */
    public Inputs rng(Key key) {
      return new Inputs(inputs, deterministic, key);
    }

    @Override
    public List<Array> leaves() {
      return List.of(inputs);
    }

    @Override
    public Inputs withLeaves(List<Array> leaves) {
      if (leaves.size() != 1) {
        throw new IllegalArgumentException("leaves: expected 1 array, got " + leaves.size());
      }
      return new Inputs(leaves.getFirst(), deterministic, rng);
    }
  }

  /**
   * A layer with a dropout rate.
   *
   * @throws IllegalArgumentException if the rate is not from 0 to 1
   */
  public static Dropout of(double rate) {
    return builder().rate(rate).build();
  }

  /** A builder; {@code rate} is required. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  protected Array call(Scope scope, Inputs in) {
    boolean nothing = Deterministic.merge(scope, config.deterministic, in.deterministic());
    Array x = in.inputs();
    if (config.rate == 0 || nothing) {
      return x;
    }
    if (config.rate == 1) {
      return Array.zeros(x.dtype(), x.shape().dims());
    }
    if (!x.dtype().isFloating()) {
      throw scope.error("argument \"inputs\": expected a floating-point type, got " + x.dtype());
    }
    double keepProb = 1 - config.rate;
    Key key = in.rng() == null ? scope.makeRng(config.rngCollection) : in.rng();
    Array keep = // [..., with 1 where the mask is shared]
        Random.bernoulli(
            key,
            keepProb,
            scope.x64() ? DType.FLOAT64 : DType.FLOAT32,
            maskShape(scope, x.shape()).dims());
    Array kept = x.dividedBy(Array.scalar(keepProb, x.dtype()));
    return Where.where(keep, kept, Array.scalar(0, x.dtype()));
  }

  private Shape maskShape(Scope scope, Shape shape) {
    int[] dims = shape.dims();
    for (int axis : config.broadcastDims) {
      if (axis < -dims.length || axis >= dims.length) {
        throw scope.error(
            "%s: expected axes of an input of shape %s, got %s"
                .formatted(ArgumentName.argument("broadcast_dims"), shape, config.broadcastDims));
      }
      dims[axis < 0 ? axis + dims.length : axis] = 1;
    }
    return Shape.of(dims);
  }

  @Override
  Settings settings() {
    return Settings.of("Dropout")
        .add("rate", config.rate)
        .add("broadcast_dims", config.broadcastDims)
        .add("deterministic", config.deterministic)
        .add("rng_collection", config.rngCollection);
  }

  /** The arguments of a {@link Dropout}, with Flax's names and defaults. */
  public static final class Builder extends ModuleBuilder<Builder> {
    private double rate = Double.NaN;
    private List<Integer> broadcastDims = List.of();
    private @Nullable Boolean deterministic;
    private String rngCollection = "dropout";

    private Builder() {}

    /** The probability of being dropped, from 0 to 1. */
    public Builder rate(double rate) {
      this.rate = rate;
      return this;
    }

    /** The axes along which elements share one mask value; none by default. */
    public Builder broadcastDims(int... broadcastDims) {
      this.broadcastDims = IntStream.of(broadcastDims).boxed().toList();
      return this;
    }

    /** Whether dropout is off; by default specified at the call. */
    public Builder deterministic(@Nullable Boolean deterministic) {
      this.deterministic = deterministic;
      return this;
    }

    /** The random stream; {@code dropout} by default. */
    public Builder rngCollection(String rngCollection) {
      this.rngCollection = Objects.requireNonNull(rngCollection, "rngCollection");
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if the rate is missing, NaN, below 0 or above 1 (Flax does
     *     not check this)
     */
    public Dropout build() {
      if (!(rate >= 0 && rate <= 1)) {
        throw new IllegalArgumentException(
            "Dropout: argument \"rate\": expected a number from 0 to 1, got " + rate);
      }
      return new Dropout(this);
    }
  }
}
