package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.Attention;
import dev.heddle.array.Compare;
import dev.heddle.array.Creation;
import dev.heddle.array.DType;
import dev.heddle.array.Reshape;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.attention.Masks;
import dev.heddle.random.Era;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import dev.heddle.support.Numbers;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Dropout that is drawn where attention needs it drops what the whole draw would drop. */
class AttentionDropoutTest {
  private static final double RATE = .25;
  private static final Key KEY = Key.of(5);

  private record Draw(Key key, boolean broadcast, boolean x64, int queries, int keys) {}

  static Stream<Draw> draws() {
    return Stream.of(KEY, KEY.era(Era.CLASSIC), KEY.partitionable(false))
        .flatMap(key ->
            Stream.of(
                new Draw(key, false, false, 70, 300),
                new Draw(key, false, true, 70, 257),
                new Draw(key, true, false, 65, 255),
                new Draw(key, true, true, 9, 31),
                new Draw(key, false, false, 3, 4097),
                new Draw(key, true, false, 2051, 2053))); // too many to be drawn at once
  }

  @ParameterizedTest
  @MethodSource("draws")
  void dropsWhatTheWholeDrawDrops(Draw draw) {
    Array query = Numbers.of(1, DType.FLOAT32, 1, draw.queries, 2, 1);
    Array key = Numbers.of(2, DType.FLOAT32, 1, draw.keys, 2, 1);
    Array value = Numbers.of(3, DType.FLOAT32, 1, draw.keys, 2, 1);
    AttentionOptions options =
        AttentionOptions.builder()
            .dropoutRng(draw.key)
            .dropoutRate(RATE)
            .broadcastDropout(draw.broadcast)
            .x64(draw.x64)
            .build();

    Array out = DotProductAttention.dotProductAttention(query, key, value, options);

    int heads = draw.broadcast ? 1 : 2;
    Array keep =
        Random.bernoulli(
            draw.key,
            1 - RATE,
            draw.x64 ? DType.FLOAT64 : DType.FLOAT32,
            1,
            heads,
            draw.queries,
            draw.keys);
    Array read = Array.of(keep.toBooleanArray(), 1, heads, draw.queries, draw.keys);
    double scale = 1 / (1 - RATE);
    Attention.Options plain = new Attention.Options(null, read, (float) scale, false);
    assertThat(out).isEqualTo(Attention.attend(query, key, value, null, plain));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "BFLOAT16"})
  void theWeightsThatAreAskedForDropTheSame(DType dtype) {
    Array x = Numbers.of(1, dtype, 1, 300, 2, 2);
    AttentionOptions options =
        AttentionOptions.builder()
            .dropoutRng(KEY)
            .dropoutRate(RATE)
            .broadcastDropout(false)
            .build();
    Array keys = Creation.eye(300, dtype).reshape(1, 300, 1, 300);
    Array ofEachKey = Reshape.broadcastTo(keys, 1, 300, 2, 300);

    Array weights = DotProductAttention.dotProductAttentionWeights(x, x, options);
    Array out = DotProductAttention.dotProductAttention(x, x, ofEachKey, options);

    Array zero = Array.scalar(0, dtype);
    assertThat(Compare.equal(out.transpose(0, 2, 1, 3), zero))
        .isEqualTo(Compare.equal(weights, zero));
  }

  @Test
  void lengthsWhoseSquareNoArrayCouldHold() {
    int length = 70_000;
    Array query = Numbers.of(1, DType.FLOAT32, 1, length, 1, 1);
    Array first =
        Compare.less(Creation.arange(length), Array.scalar(3, DType.INT32)).reshape(1, -1);
    Array mask = Masks.makeAttentionMask(Array.full(1, DType.BOOL, 1, length), first);
    AttentionOptions options =
        AttentionOptions.builder().mask(mask).dropoutRng(KEY).dropoutRate(RATE).build();

    Array out = DotProductAttention.dotProductAttention(query, query, onesOf(length), options);

    Array all = Random.bernoulli(KEY, 1 - RATE, DType.FLOAT32, 1, 1, length, length);
    assertThat(all.shape().count()).isEqualTo((long) length * length);
    assertThat(out.toFloatArray()[length - 1]).isBetween(0f, (float) (1 / (1 - RATE)) + 1e-6f);
    long none = Compare.equal(out, Array.scalar(0, DType.FLOAT32)).sum().itemAsLong();
    assertThat(none).isBetween(length / 64 - 200L, length / 64 + 200L); // all three keys dropped
  }

  private static Array onesOf(int length) {
    return Array.full(1, DType.FLOAT32, 1, length, 1, 1);
  }
}
