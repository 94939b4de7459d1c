package dev.heddle.random;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any range of samples can be drawn without the others. */
class BernoulliTest {
  private static final Key KEY = Key.of(7);
  private static final double P = .7;

  private record Draw(Key key, int size, boolean float64) {}

  static Stream<Draw> draws() {
    return Stream.of(KEY, KEY.era(Era.CLASSIC), KEY.partitionable(false))
        .flatMap(key ->
            IntStream.of(1, 2, 3, 255, 256, 257, 1001, 1024)
                .boxed()
                .flatMap(n -> Stream.of(new Draw(key, n, false), new Draw(key, n, true))));
  }

  @ParameterizedTest
  @MethodSource("draws")
  void anyRangeMatchesTheUniformNumbers(Draw draw) {
    DType dtype = draw.float64 ? DType.FLOAT64 : DType.FLOAT32;
    double bound = draw.float64 ? P : (float) P;
    double[] uniform = Random.uniform(draw.key, dtype, draw.size).toDoubleArray();
    Bernoulli flags = new Bernoulli(draw.key, P, draw.size, draw.float64);
    for (int from = 0; from < draw.size; from += 1 + draw.size / 9) {
      for (int count : new int[] {1, 2, 300, draw.size}) {
        int length = Math.min(count, draw.size - from);
        byte[] drawn = new byte[length + 2];
        Arrays.fill(drawn, (byte) 1);
        flags.restrict(from, length, drawn, 1);
        for (int i = 0; i < length; i++) {
          assertThat(drawn[i + 1]).isEqualTo((byte) (uniform[from + i] < bound ? 1 : 0));
        }
        assertThat(drawn[0] + drawn[length + 1]).as("outside").isEqualTo(2);
      }
    }
  }

  /** One key that is not partitionable gives 2^32 - 1 words; the test limits it to fewer. */
  @ParameterizedTest
  @MethodSource("draws")
  void moreWordsThanAKeyGivesComeFromKeysSplitFromIt(Draw draw) {
    Key key = KEY.partitionable(false);
    int wordsPerKey = 101;
    int words = draw.float64 ? 2 * draw.size : draw.size;
    List<Key> keys = words < wordsPerKey ? List.of(key) : key.split(words / wordsPerKey + 1);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      int own = Math.min(wordsPerKey, words - i * wordsPerKey);
      Arrays.stream(Bits.words(keys.get(i), own)).forEach(all::add);
    }
    byte[] drawn = new byte[draw.size];
    Arrays.fill(drawn, (byte) 1);
    new Bernoulli(key, .5, draw.size, draw.float64, wordsPerKey).restrict(0, draw.size, drawn, 0);
    for (int i = 0; i < draw.size; i++) {
      assertThat(drawn[i]).as("%d", i).isEqualTo((byte) (all.get(i) < 0 ? 0 : 1)); // the top bit
    }
  }

  @Test
  void largeIndicesUseBothWordsOfTheCounter() {
    long[] places = {1L << 31, (1L << 32) - 3, (1L << 32) + 5, (3L << 32) + 1_000_000_007};
    Bernoulli flags = new Bernoulli(KEY, .5, 1L << 40, false);
    for (long place : places) {
      byte[] drawn = new byte[40];
      Arrays.fill(drawn, (byte) 1);
      flags.restrict(place, 40, drawn, 0);
      byte[] expected = new byte[40];
      LongStream.range(place, place + 40)
          .forEach(i -> {
            long block = Threefry.block(KEY.hi(), KEY.lo(), (int) (i >>> 32), (int) i);
            int bits = Threefry.first(block) ^ Threefry.second(block);
            expected[(int) (i - place)] = (byte) (bits < 0 ? 0 : 1);
          });
      assertThat(drawn).isEqualTo(expected);
    }
  }

  @Test
  void probabilitiesAreClamped() {
    for (double p : new double[] {-1, 0, 1, 2, Double.POSITIVE_INFINITY}) {
      boolean[] drawn = Random.bernoulli(KEY, p, DType.FLOAT32, 100).toBooleanArray();
      assertThat(drawn).containsOnly(p > 0);
    }
  }
}
