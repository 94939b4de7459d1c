package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.linen.internal.Settings;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A chain of modules and functions, each applied to the output of the previous one; Flax's {@code
 * Sequential}.
 *
 * <pre>{@code
 * Sequential mlp =
 *     Sequential.builder().add(Dense.of(8)).add(Elementwise::relu).add(Dense.of(4)).build();
 * Variables variables = mlp.init(Rngs.of(0), x); // params/layers_0/kernel, params/layers_2/kernel
 * Array y = mlp.apply(variables, x);
 * }</pre>
 *
 * <p>Submodules are named {@code layers_0}, {@code layers_1}, ... by their position in the chain,
 * in which functions count. The same instance twice has one set of parameters, under the name of
 * its first position. Flax constructs the layers of a {@code Sequential} in a compact method as
 * submodules of the surrounding module, {@code Dense_0}, ...; {@link Scope#bind} before the call
 * does the same here.
 */
public final class Sequential extends Module<Array, Array> {
  private final List<Layer> layers;

  /** A module or a function of the chain; one of the two is null. */
  private record Layer(
      @Nullable Module<Array, Array> module, @Nullable UnaryOperator<Array> function) {
    Array apply(Scope scope, int index, Array x) {
      return module != null
          ? scope.attribute("layers_" + index, module).call(x)
          : Objects.requireNonNull(function).apply(x);
    }
  }

  private Sequential(Builder builder) {
    super(builder);
    layers = builder.layers;
  }

  /** A chain to fill in. */
  public static Builder builder() {
    return new Builder();
  }

  /** A chain that begins with these layers, to be continued. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.layers = layers;
    return builder;
  }

  @Override
  protected Array call(Scope scope, Array x) {
    Array output = x;
    for (int i = 0; i < layers.size(); i++) {
      output = layers.get(i).apply(scope, i, output);
    }
    return output;
  }

  /** Whether a submodule's configuration names float64. */
  @Override
  protected boolean usesFloat64() {
    return layers.stream().anyMatch(layer -> layer.module != null && layer.module.usesFloat64());
  }

  /** The layers in order; a function is {@code function}. */
  @Override
  public String toString() {
    return Settings.of("Sequential")
        .add(
            "layers",
            layers.stream().map(layer -> layer.module == null ? "function" : layer.module).toList())
        .toString();
  }

  /** The layers of a {@link Sequential}, in order. */
  public static final class Builder extends ModuleBuilder<Builder> {
    private List<Layer> layers = List.of();

    private Builder() {}

    /** Adds a submodule. */
    public Builder add(Module<Array, Array> module) {
      return add(new Layer(Objects.requireNonNull(module, "module"), null));
    }

    /** Adds a function without parameters, such as {@code Elementwise::relu}. */
    public Builder add(UnaryOperator<Array> function) {
      return add(new Layer(null, Objects.requireNonNull(function, "function")));
    }

    private Builder add(Layer layer) {
      layers = Stream.concat(layers.stream(), Stream.of(layer)).toList();
      return this;
    }

    /**
     * The module.
     *
     * @throws IllegalArgumentException if there is no layer
     */
    public Sequential build() {
      if (layers.isEmpty()) {
        throw new IllegalArgumentException(
            "Sequential: argument \"layers\": expected one or more layers, got none");
      }
      return new Sequential(this);
    }
  }
}
