package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.linen.Variables;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What all trees of arrays have; {@code jax.tree.map} on them. */
class ArrayTreeTest {
  private static final Variables PARAMS =
      Variables.of(
          Map.of(
              "params/kernel", Array.of(new float[] {1, 2, 3, 4}, 2, 2),
              "params/bias", Array.of(new float[] {5, 6})));

  @Test
  void mapAppliesAFunctionToEveryLeaf() {
    Variables halves = PARAMS.map(array -> array.astype(DType.BFLOAT16));

    assertThat(halves.paths()).isEqualTo(PARAMS.paths());
    assertThatArray(halves.get("params/bias"))
        .hasSameBitsAs(Array.of(new float[] {5, 6}).astype(DType.BFLOAT16));
    assertThat(halves.leaves()).allMatch(leaf -> leaf.dtype() == DType.BFLOAT16);
  }

  @Test
  void anArrayIsATreeOfOneLeaf() {
    assertThat(Array.of(new float[] {1, 2}).map(x -> x.times(2)))
        .isEqualTo(Array.of(new float[] {2, 4}));
  }

  @Test
  void zipAppliesAFunctionToCorrespondingLeaves() {
    Variables gradients = PARAMS.map(array -> array.times(10));

    Variables updated = PARAMS.zip(gradients, (p, g) -> p.minus(g.times(0.5)));

    assertThatArray(updated.get("params/kernel"))
        .hasSameBitsAs(Array.of(new float[] {-4, -8, -12, -16}, 2, 2));
    assertThatArray(updated.get("params/bias")).hasSameBitsAs(Array.of(new float[] {-20, -24}));
  }

  @Test
  void zipRefusesTreesOfOtherPaths() {
    Variables renamed = Variables.of(Map.of("params/scale", Array.of(new float[] {1})));
    Variables shorter = Variables.of(Map.of("params/a", Array.scalar(1, DType.FLOAT32)));
    Variables longer = shorter.with("params/b", Array.scalar(2, DType.FLOAT32));

    assertThatThrownBy(() -> shorter.zip(renamed, Array::plus))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "params/a: expected in both the first tree and the second, got none in the second");
    assertThatThrownBy(() -> shorter.zip(longer, Array::plus))
        .hasMessage(
            "params/b: expected in both the first tree and the second, got none in the first tree");
    assertThatThrownBy(() -> longer.zip(shorter, Array::plus))
        .hasMessage(
            "params/b: expected in both the first tree and the second, got none in the second");
  }

  @Test
  void zipMatchesLeavesByPathInAnyOrder() {
    Array one = Array.scalar(1, DType.FLOAT32);
    Array two = Array.scalar(2, DType.FLOAT32);
    Variables first = Variables.empty().with("params/a", one).with("params/b", two);
    Variables second = Variables.empty().with("params/b", one).with("params/a", two);

    Variables differences = first.zip(second, Array::minus);

    assertThat(differences.paths()).containsExactly("params/a", "params/b");
    assertThat(differences.leaves()).containsExactly(one.minus(two), two.minus(one));
  }

  @Test
  void integersAreReadExactlyOrNotAtAll() {
    assertThat(Array.of(new long[] {1, Integer.MIN_VALUE, Integer.MAX_VALUE}).toIntArray())
        .containsExactly(1, Integer.MIN_VALUE, Integer.MAX_VALUE);
    assertThat(Array.of(new float[] {1.9f, -1.9f}).toIntArray()).containsExactly(1, -1);
    assertThat(List.of(Array.of(new boolean[] {true, false}).toIntArray()[0])).containsExactly(1);
    assertThatThrownBy(() -> Array.of(new long[] {0, 1L << 31}, 2, 1).toIntArray())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "toIntArray: expected elements in the range of int32, got 2147483648 at index 1 of an"
                + " array of int64[2, 1]");
  }
}
