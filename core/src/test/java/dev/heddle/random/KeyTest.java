package dev.heddle.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTest {

  @Test
  void seedsKeepOnlyTheirLowerWordWithoutX64() {
    assertThat(Key.of(5)).isEqualTo(Key.of((1L << 32) + 5));
    assertThat(words(Key.of(-1))).containsExactly(0, 0xffffffffL);
    assertThat(words(Key.of((1L << 32) + 5, true))).containsExactly(1, 5);
    assertThat(words(Key.of(-7, true))).containsExactly(0xffffffffL, 0xfffffff9L);
  }

  /** The first four bytes of hashed paths, which Flax folds in, and JAX's keys. */
  @ParameterizedTest
  @CsvSource({
    "1ebc834f, 1308884843, 1225305129",
    "7970934b, 1111830053, 1397871280",
    "ce5d9a97, 2288002353, 2498009769",
    "719516b0, 2080219909, 1816195950",
    "655ac93d, 3096648707, 2622127245",
    "c716445f, 216560127, 3024577514",
    "bf8b4530, 1428664606, 3351135085",
    "86b9beb6, 4118058079, 883846156"
  })
  void foldsDataInTheSameWayInBothEras(String data, long first, long second) {
    for (Era era : Era.values()) {
      Key folded = Key.of(0).era(era).foldIn(Integer.parseUnsignedInt(data, 16));
      assertThat(words(folded)).containsExactly(first, second);
      assertThat(folded.era()).isEqualTo(era);
    }
  }

  @Test
  void splitsAsEachEraDoes() {
    assertThat(Key.of(0).split().stream().map(KeyTest::words))
        .containsExactly(
            new long[] {1797259609L, 2579123966L}, new long[] {928981903L, 3453687069L});
    assertThat(Key.of(0).era(Era.CLASSIC).split().stream().map(KeyTest::words))
        .containsExactly(
            new long[] {4146024105L, 967050713L}, new long[] {2718843009L, 1272950319L});
  }

  @Test
  void uniformNumbersOfAFoldedKeyDifferBetweenTheEras() {
    Key key = Key.of(0).foldIn(0x1ebc834f);
    assertThat(uniform(key))
        .containsExactly(.81474495f, .33149374f, .68564713f, .39970887f, .66647303f);
    assertThat(uniform(key.era(Era.CLASSIC)))
        .containsExactly(.85637057f, .61799908f, .53299856f, .73987246f, .63032937f);
  }

  @Test
  void partitionableIsIndependentOfTheEra() {
    Key key = Key.of(3).partitionable(false);
    assertThat(key.era()).isEqualTo(Era.MODERN);
    assertThat(key.split().getFirst().data())
        .isEqualTo(Key.of(3).era(Era.CLASSIC).split().getFirst().data());
    assertThat(key).hasToString("Key[0, 3, MODERN, partitionable=false]");
    assertThat(Key.of(-1)).hasToString("Key[0, 4294967295, MODERN]");
  }

  @Test
  void refusesANegativeNumberOfKeys() {
    assertThatThrownBy(() -> Key.of(0).split(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("n: expected 0 to 1073741823 keys, got -1");
  }

  private static long[] words(Key key) {
    return key.data().toLongArray();
  }

  private static float[] uniform(Key key) {
    return Random.uniform(key, DType.FLOAT32, 5).toFloatArray();
  }
}
