package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.LayerNorm;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** {@code flax.linen.Sequential}; numbers and names are those of Flax 0.12.8 and 0.7.2. */
class SequentialTest {
  private static final Array X = Array.of(new float[] {1, 1, 1, 1, 1, 1}, 2, 3);

  @Test
  void namesAndNumbersAreThoseOfFlax() {
    Dense shared = Dense.of(3);
    Sequential chain =
        Sequential.builder()
            .add(Dense.of(3))
            .add(Elementwise::relu)
            .add(shared)
            .add(shared)
            .add(LayerNorm.builder().build())
            .build();

    Variables variables = chain.init(Rngs.of(0), X);

    assertThat(variables.paths())
        .containsExactlyInAnyOrder(
            "params/layers_0/kernel",
            "params/layers_0/bias",
            "params/layers_2/kernel",
            "params/layers_2/bias",
            "params/layers_4/scale",
            "params/layers_4/bias");
    float[] kernel = variables.get("params/layers_0/kernel").toFloatArray();
    assertThat(kernel).startsWith(1.0962783f, 0.97494566f, -0.25782079f);
    float[] row = {-1.3951813f, 0.89751166f, 0.4976696f};
    assertThat(chain.apply(variables, X).toFloatArray())
        .containsExactly(
            new float[] {row[0], row[1], row[2], row[0], row[1], row[2]}, Offset.offset(1e-6f));
  }

  @Test
  void layersThatWereBoundBeforeBelongToTheSurroundingModule() {
    Module<Array, Array> outer =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array x) {
            Dense named = Dense.builder().features(2).name("a").build();
            Dense unnamed = Dense.of(2);
            scope.bind(named);
            scope.bind(unnamed);
            return scope.call(Sequential.builder().add(named).add(unnamed).build(), x);
          }
        };

    assertThat(outer.init(Rngs.of(0), X).paths())
        .containsExactlyInAnyOrder(
            "params/a/kernel", "params/a/bias", "params/Dense_0/kernel", "params/Dense_0/bias");
  }

  @Test
  void aChainInsideAModuleHasItsOwnLayers() {
    Module<Array, Array> outer =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array x) {
            return scope.call(Sequential.builder().add(Dense.of(2)).build(), x);
          }
        };

    assertThat(outer.init(Rngs.of(0), X).paths())
        .containsExactlyInAnyOrder(
            "params/Sequential_0/layers_0/kernel", "params/Sequential_0/layers_0/bias");
  }

  @Test
  void float64IsThatOfItsLayers() {
    Sequential chain =
        Sequential.builder()
            .add(Dense.builder().features(2).paramDtype(DType.FLOAT64).build())
            .build();

    Variables variables = chain.init(Rngs.of(0), X);

    assertThat(variables.leaves()).allMatch(leaf -> leaf.dtype() == DType.FLOAT64);
    assertThat(chain.usesFloat64()).isTrue();
  }

  @Test
  void showsItsLayers() {
    Sequential chain = Sequential.builder().add(Dense.of(2)).add(Elementwise::relu).build();

    assertThat(chain.toString()).startsWith("Sequential(layers=[Dense(").endsWith(", function])");
  }

  @Test
  void anEmptyChainIsAnError() {
    assertThatThrownBy(() -> Sequential.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Sequential: argument \"layers\": expected one or more layers, got none");
  }
}
