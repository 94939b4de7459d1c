package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.grad.Grad;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nested lists and maps of arrays as one tree. */
class PytreeTest {
  private static final Array ONE = Array.of(new float[] {1, 2});
  private static final Array TWO = Array.of(new float[] {3, 4});
  private static final Array THREE = Array.scalar(5, DType.FLOAT32);

  @Test
  void pathsAreIndicesAndSortedKeys() {
    Pytree tree =
        ArrayTree.of(
            Map.of("scale", THREE, "layers", List.of(ONE, Map.of("w", TWO)), "none", List.of()));

    assertThat(tree.paths()).containsExactly("layers/0", "layers/1/w", "scale");
    assertThat(tree.get("layers/1/w")).isEqualTo(TWO);
    assertThat(ArrayTree.of(List.of(tree, ONE)).paths())
        .containsExactly("0/layers/0", "0/layers/1/w", "0/scale", "1");
  }

  @Test
  void gradientsHaveTheSameStructure() {
    Pytree at = ArrayTree.of(Map.of("x", ONE, "more", List.of(TWO, THREE)));
    Pytree gradient =
        Grad.grad(p -> p.get("x").times(p.get("more/0")).sum().times(p.get("more/1")), at);

    assertThat(gradient.paths()).isEqualTo(at.paths());
    assertThat(gradient.get("x")).isEqualTo(TWO.times(5));
    assertThat(gradient.get("more/1").item()).isEqualTo(11);
    assertThat(at.zip(gradient, Array::minus).get("more/0")).isEqualTo(TWO.minus(ONE.times(5)));
  }

  @Test
  void errorsNameThePath() {
    assertThatThrownBy(() -> ArrayTree.of(Map.of("a", List.of(ONE, "text"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tree: expected arrays, trees, lists and maps, got a java.lang.String at \"a/1\"");
    assertThatThrownBy(() -> ArrayTree.of(List.of(ONE, TWO)).get("2"))
        .hasMessage("path: expected one of [0, 1], got \"2\"");
    assertThatThrownBy(() -> ArrayTree.of(Map.of("a/b", ONE, "a", Map.of("b", TWO))))
        .hasMessage("paths: expected each once, got [a/b, a/b]");
    assertThatThrownBy(() -> ArrayTree.of(List.of(ONE)).withLeaves(List.of()))
        .hasMessage("leaves: expected 1 arrays, got 0");
  }
}
