package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.layers.DenseGeneral;
import dev.heddle.support.Numbers;
import org.junit.jupiter.api.Test;

/**
 * A layer remembers the axes of its last input, and asks again where the next has another shape.
 */
class DenseLayoutTest {
  @Test
  void oneLayerTakesInputsOfAllShapes() {
    DenseGeneral layer = DenseGeneral.builder().features(2, 3).build();

    assertThat(shape(layer, 5, 4)).isEqualTo(Shape.of(5, 2, 3));
    assertThat(shape(layer, 5, 7)).isEqualTo(Shape.of(5, 2, 3));
    assertThat(shape(layer, 4)).isEqualTo(Shape.of(2, 3));
    assertThat(shape(layer, 1, 5, 4)).isEqualTo(Shape.of(1, 5, 2, 3));
    assertThat(shape(layer, 5, 4)).isEqualTo(Shape.of(5, 2, 3));
  }

  private static Shape shape(DenseGeneral layer, int... input) {
    Array x = Numbers.of(1, DType.FLOAT32, input);
    return layer.apply(layer.init(Rngs.of(0), x), x).shape();
  }
}
