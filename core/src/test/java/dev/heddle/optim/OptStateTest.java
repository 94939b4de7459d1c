package dev.heddle.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** States are looked up by path, in time that does not depend on how many arrays they have. */
class OptStateTest {
  private static final Array ONE = Array.scalar(1, DType.FLOAT32);
  private static final Array TWO = Array.scalar(2, DType.FLOAT32);

  @Test
  void aPathLeadsThroughGroupsAndNamesThatHaveSlashes() {
    OptState moments = OptState.of(List.of("params/a/kernel", "params/b"), List.of(ONE, TWO));
    OptState state =
        OptState.ofStates(List.of(OptState.empty(), OptState.empty().with("mu", moments)))
            .with("count", ONE)
            .with("1/mu/params", OptState.empty().with("c", TWO));
    assertThat(state.flatten().keySet())
        .containsExactly("1/mu/params/a/kernel", "1/mu/params/b", "count", "1/mu/params/c");
    state.flatten().forEach((path, array) -> assertThat(state.get(path)).isSameAs(array));
    for (String none :
        List.of("", "/", "0", "1", "1/mu", "1/mu/params/a", "count/", "/count", "2")) {
      assertThat(state.find(none)).as(none).isEmpty();
    }
    assertThatThrownBy(() -> state.get("1/mu/params/a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "optimizer state: expected one of [1/mu/params/a/kernel, 1/mu/params/b, count,"
                + " 1/mu/params/c], got \"1/mu/params/a\"");
  }

  @Test
  void twoArraysAtOnePathAreAnError() {
    OptState state = OptState.empty().with("mu/a", ONE).with("mu", OptState.empty().with("a", TWO));
    assertThatThrownBy(state::flatten)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("expected paths that differ, got two arrays at \"mu/a\"");
  }

  /** Flattening the state at each look-up would take 4e10 steps, many minutes. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void allArraysOfALargeStateAreFound() {
    int count = 200_000;
    List<String> paths = IntStream.range(0, count).mapToObj(i -> "params/layer_" + i).toList();
    OptState moments = OptState.of(paths, Collections.nCopies(count, ONE));
    OptState state = OptState.ofStates(List.of(OptState.empty().with("mu", moments)));
    int found = 0;
    for (String path : paths) {
      found += state.find("0/mu/" + path).isPresent() ? 1 : 0;
    }
    assertThat(found).isEqualTo(count);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aChainMayHaveManyTransformations() {
    List<GradientTransformation> links = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      links.add(Optim.scale(1));
    }
    GradientTransformation chain = Optim.chain(links.toArray(GradientTransformation[]::new));
    OptState state = chain.init(ONE);
    assertThat(state.names()).hasSize(links.size());
    assertThat(chain.update(ONE, state, ONE).updates()).isEqualTo(ONE);
  }
}
