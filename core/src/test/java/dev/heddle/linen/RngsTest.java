package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.random.Era;
import dev.heddle.random.Key;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RngsTest {

  /** Flax's keys for the seed 0: a path of names, a count, the key, and the key with separators. */
  @ParameterizedTest
  @CsvSource({
    "query, 1, 1308884843, 1225305129, 1111830053, 1397871280",
    "query, 2, 2288002353, 2498009769, 4106815225, 1757096748",
    "key, 1, 2080219909, 1816195950, 239585503, 844595925",
    "value, 1, 3096648707, 2622127245, 270424868, 802264488",
    "out, 1, 216560127, 3024577514, 949502283, 2412485087",
    "'', 1, 1428664606, 3351135085, 1543086838, 3704909070",
    "MultiHeadDotProductAttention_0, 1, 4118058079, 883846156, 1876420513, 207312614",
    "MultiHeadDotProductAttention_0/query, 1, 2188737070, 1158017047, 393188859, 1228312202",
  })
  void aDrawsKeyComesFromItsPathAndCount(
      String path, int count, long high, long low, long separatedHigh, long separatedLow) {
    List<String> names = path.isEmpty() ? List.of() : List.of(path.split("/"));

    assertThat(LazyRng.fold(Key.of(0), names, count, false).data().toLongArray())
        .containsExactly(high, low);
    assertThat(LazyRng.fold(Key.of(0), names, count, true).data().toLongArray())
        .containsExactly(separatedHigh, separatedLow);
  }

  @Test
  void seedsAreCutToTheirLowerHalfWithoutX64() {
    Rngs rngs = Rngs.of((1L << 32) + 5);

    assertThat(rngs.keys(false).get("params")).isEqualTo(Key.of(5));
    assertThat(rngs.keys(true).get("params").data().toLongArray()).containsExactly(1, 5);
  }

  @Test
  void theEraIsThatOfTheKeysUnlessItIsSet() {
    Key classic = Key.of(0).era(Era.CLASSIC);

    assertThat(Rngs.of(classic).keys(false).get("params").era()).isEqualTo(Era.CLASSIC);
    assertThat(Rngs.of("params", classic).and("dropout", 1).keys(false).get("dropout").era())
        .isEqualTo(Era.MODERN);
    assertThat(Rngs.of(classic).era(Era.MODERN).keys(false).get("params").era())
        .isEqualTo(Era.MODERN);
  }

  @Test
  void aStreamIsGivenOnce() {
    assertThat(Rngs.of(0).and("dropout", 1)).hasToString("Rngs[params, dropout]");
    assertThatThrownBy(() -> Rngs.of(0).and("params", 1))
        .hasMessage("rngs: stream \"params\": expected once, got twice");
  }
}
