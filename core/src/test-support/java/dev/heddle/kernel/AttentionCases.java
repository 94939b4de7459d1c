package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Heads of all kinds, at awkward sizes and inside larger arrays, for the tests of kernels. */
final class AttentionCases {
  private static final float CANARY = 12345.678f;

  private AttentionCases() {}

  /** The masks of a case. */
  enum Masking {
    NONE,
    CAUSAL,
    KEYS,
    PAIRS,
    CAUSAL_AND_PAIRS,
    /** Valid keys and queries, as in a padded batch. */
    PADDING,
    CAUSAL_AND_PADDING,
    /** A window around each query, computed on request. */
    WINDOW,
    /** Only the last keys, so that all tiles before them are fully masked. */
    LAST_KEYS,
    /** Diagonals around the main one. */
    BAND,
    /** Diagonals up to the one that ends at the last query and key. */
    CAUSAL_AT_END,
    /** Few diagonals before that one, and a mask. */
    BAND_AT_END_AND_PAIRS;
  }

  record Case(
      int queries,
      int keys,
      int depth,
      int width,
      Masking masking,
      boolean bias,
      Rounding rounding,
      boolean dropout,
      Special special) {

    /** A soft cap in every other width. */
    double softCap() {
      return width % 2 == 1 ? 1.7 : 0;
    }

    Band band() {
      return switch (masking) {
        case CAUSAL, CAUSAL_AND_PAIRS, CAUSAL_AND_PADDING -> Band.CAUSAL;
        case BAND -> new Band(-20, 7);
        case CAUSAL_AT_END -> new Band(Band.NO_LOWER, (long) keys - queries);
        case BAND_AT_END_AND_PAIRS -> new Band((long) keys - queries - 40, (long) keys - queries);
        case NONE, KEYS, PAIRS, PADDING, WINDOW, LAST_KEYS -> Band.ALL;
      };
    }
  }

  /** Special values among the numbers. */
  enum Special {
    NOTHING,
    NAN_SCORE,
    INFINITE_BIAS,
    NAN_VALUE,
    /**
     * Values that are not finite, at keys whose weight underflows because of a far greater score
     * before or after.
     */
    OUTWEIGHED_VALUES,
    /** Values whose weighted mean is zero by rounding, from below. */
    SUBNORMAL_VALUES
  }

  static Stream<Case> all() {
    int[][] sizes = {
      {1, 1, 1, 1},
      {3, 5, 4, 4},
      {8, 9, 3, 5},
      {15, 256, 7, 8},
      {64, 257, 16, 16},
      {65, 255, 64, 64},
      {70, 70, 5, 3},
      {130, 600, 8, 9},
      {9, 4096, 2, 2},
      {10, 4097, 2, 3},
      {20, 13000, 3, 2},
      {300, 300, 4, 4},
      {15, 300, 64, 20}
    };
    return IntStream.range(0, sizes.length * Masking.values().length * 4)
        .mapToObj(i -> {
          int[] s = sizes[i % sizes.length];
          Masking masking = Masking.values()[i / sizes.length % Masking.values().length];
          int variant = i / (sizes.length * Masking.values().length);
          Special special = Special.values()[(i + variant) % Special.values().length];
          Rounding rounding =
              List.of(Rounding.NONE, Rounding.BFLOAT16, Rounding.NONE, Rounding.FLOAT16)
                  .get(variant);
          return new Case(
              s[0],
              s[1],
              s[2],
              s[3],
              masking,
              variant > 1,
              rounding,
              i % 3 == 0,
              variant == 0 ? Special.NOTHING : special);
        });
  }

  /** Every fifth case, which still combines all properties. */
  static Stream<Case> everyFifth() {
    List<Case> all = all().toList();
    return IntStream.range(0, all.size()).filter(i -> i % 5 == 0).mapToObj(all::get);
  }

  static AttentionHead head(Case c) {
    MatrixView q =
        new MatrixView(
            numbers(1, 3 + c.queries * (c.depth + 5)), 3, c.depth + 5, c.queries, c.depth);
    MatrixView k =
        new MatrixView(numbers(2, 4 + c.keys * (c.depth + 1)), 4, c.depth + 1, c.keys, c.depth);
    MatrixView v =
        new MatrixView(numbers(3, 5 + c.keys * (c.width + 3)), 5, c.width + 3, c.keys, c.width);
    if (c.special == Special.NAN_SCORE) {
      q.data()[q.at(c.queries / 2)] = Float.NaN;
    }
    if (c.special == Special.NAN_VALUE) {
      v.data()[v.at(c.keys / 2)] = Float.NaN;
      v.data()[v.at(c.keys - 1)] = Float.POSITIVE_INFINITY;
    }
    if (c.special == Special.OUTWEIGHED_VALUES) {
      v.data()[v.at(c.keys / 2)] = Float.NaN;
      v.data()[v.at(c.keys / 2) + c.width - 1] = Float.POSITIVE_INFINITY;
    }
    if (c.special == Special.SUBNORMAL_VALUES) {
      for (int i = 0; i < v.data().length; i++) {
        v.data()[i] = i % 3 == 0 ? -Float.MIN_VALUE : 0;
      }
    }
    ScoreRules rules = rules(c, c.band(), c.dropout ? 1.25 : 1);
    return new AttentionHead(q, k, v, null, bias(c), mask(c), c.dropout ? keep(c) : null, rules);
  }

  static ScoreRules rules(Case c, Band band, double dropoutScale) {
    Rounding rounding = c.rounding;
    double masked = rounding == Rounding.FLOAT16 ? -65504 : -Float.MAX_VALUE;
    return new ScoreRules(
        rounding.round(Math.sqrt(c.depth)),
        rounding,
        rounding,
        Rounding.NONE,
        masked,
        rounding == Rounding.FLOAT16 ? masked + 104 : masked,
        band,
        dropoutScale,
        c.softCap());
  }

  private static @Nullable StridedView<float[]> bias(Case c) {
    boolean outweighs = c.special == Special.OUTWEIGHED_VALUES;
    if (!c.bias && !outweighs) {
      return null;
    }
    float[] bias = numbers(4, 2 + c.queries * c.keys);
    for (int i = 0; outweighs && i < c.queries; i++) {
      bias[2 + i * c.keys + (i % 2 == 0 ? c.keys - 1 : 0)] = 300;
    }
    if (c.special == Special.INFINITE_BIAS) {
      int row = 2 + c.queries / 2 * c.keys;
      Arrays.fill(bias, row, row + c.keys, Float.NEGATIVE_INFINITY);
      bias[2] = Float.POSITIVE_INFINITY;
    }
    return new StridedView<>(bias, 2, c.keys, 1);
  }

  private static @Nullable ScoreMask mask(Case c) {
    return switch (c.masking) {
      case NONE, CAUSAL, BAND, CAUSAL_AT_END -> null;
      case KEYS -> {
        StridedView<byte[]> pairs = flags(5, c, 2);
        yield new ScoreMask.Stored(new StridedView<>(pairs.data(), pairs.offset(), 0, 1));
      }
      case PAIRS, CAUSAL_AND_PAIRS, BAND_AT_END_AND_PAIRS -> {
        StridedView<byte[]> pairs = flags(6, c, 2);
        int row = pairs.offset() + (c.queries - 1) * c.keys;
        Arrays.fill(pairs.data(), row, row + c.keys, (byte) 0);
        yield new ScoreMask.Stored(pairs);
      }
      case PADDING, CAUSAL_AND_PADDING ->
          new ScoreMask.Both(
              new ScoreMask.Stored(
                  new StridedView<>(firstOf(c.queries, c.queries * 2 / 3), 0, 1, 0)),
              new ScoreMask.Stored(new StridedView<>(firstOf(c.keys, c.keys / 3), 0, 0, 1)));
      case WINDOW -> made((i, j) -> Math.abs(i * (long) c.keys / c.queries - j) < 20 && i % 7 != 5);
      case LAST_KEYS -> made((i, j) -> j >= c.keys - 3 && i != 2);
    };
  }

  private static ScoreMask keep(Case c) {
    return c.queries % 2 == 0
        ? new ScoreMask.Stored(flags(7, c, 5))
        : made((i, j) -> (i * 31 + j * 17) % 5 != 0);
  }

  private static byte[] firstOf(int length, int set) {
    byte[] flags = new byte[length];
    Arrays.fill(flags, 0, set, (byte) 1);
    return flags;
  }

  /** Whether the flag of a query and a key is set. */
  interface Pair {
    boolean isSet(int query, int key);
  }

  static ScoreMask made(Pair pair) {
    return (ScoreMask.Made)
        (query, queries, key, keys, flags) -> {
          for (int i = 0; i < queries; i++) {
            for (int j = 0; j < keys; j++) {
              if (!pair.isSet(query + i, key + j)) {
                flags[i * Tiles.TILE + j] = 0;
              }
            }
          }
        };
  }

  private static StridedView<byte[]> flags(long seed, Case c, int ofEvery) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] flags = new byte[1 + c.queries * c.keys];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) (random.nextInt(ofEvery) == 0 ? 0 : 1);
    }
    return new StridedView<>(flags, 1, c.keys, 1);
  }

  static float[] numbers(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() * 4 - 2);
    }
    return values;
  }

  static boolean isMasked(AttentionHead head, int query, int key) {
    byte[] flag = {1};
    if (head.mask() != null) {
      head.mask().restrict(query, 1, key, 1, flag);
    }
    return flag[0] == 0 || !head.rules().band().contains(query, key);
  }

  static float[] canaries(int count) {
    float[] values = new float[count];
    Arrays.fill(values, CANARY);
    return values;
  }

  static void assertSameBits(float[] actual, float[] expected) {
    int[] actualBits = bits(actual);
    int[] expectedBits = bits(expected);
    if (!Arrays.equals(actualBits, expectedBits)) {
      int at = Arrays.mismatch(actualBits, expectedBits);
      assertThat(actual[at]).as("element %d", at).isEqualTo(expected[at]);
      assertThat(actualBits[at]).as("bits of element %d", at).isEqualTo(expectedBits[at]);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }
}
