package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayInspection;
import dev.heddle.array.Compare;
import dev.heddle.array.Concatenate;
import dev.heddle.array.Creation;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Reshape;
import dev.heddle.array.Shape;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.attention.Masks;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks that are never made in full give the bits of the same masks as arrays. */
class MasksTest {
  private static final int BATCH = 2;
  private static final int HEADS = 2;

  /** The ways to a mask of two sequences of a length. */
  private enum Form {
    CAUSAL {
      @Override
      Array mask(int length) {
        return Masks.makeCausalMask(Array.zeros(DType.INT32, BATCH, length));
      }
    },
    PADDING {
      @Override
      Array mask(int length) {
        return Masks.makeAttentionMask(seen(length), seen(length));
      }
    },
    PADDED_KEYS {
      @Override
      Array mask(int length) {
        return Masks.makeAttentionMask(Array.full(1, DType.INT32, BATCH, length), seen(length));
      }
    },
    WEIGHTED_PADDING {
      @Override
      Array mask(int length) {
        return Masks.makeAttentionMask(seen(length).times(2), seen(length).times(-3));
      }
    },
    SEGMENTS {
      @Override
      Array mask(int length) {
        return pairwise(length, Compare::equal);
      }
    },
    LATER_SEGMENTS_CAUSALLY {
      @Override
      Array mask(int length) {
        return both(pairwise(length, Compare::greaterEqual), CAUSAL.mask(length));
      }
    },
    CAUSAL_AND_PADDING {
      @Override
      Array mask(int length) {
        return both(CAUSAL.mask(length), PADDING.mask(length));
      }
    },
    CAUSAL_PADDING_AND_ARRAY {
      @Override
      Array mask(int length) {
        Array ofKeys = Numbers.flags(3, BATCH, HEADS, 1, length);
        return both(both(ofKeys, PADDED_KEYS.mask(length)), CAUSAL.mask(length));
      }
    },
    ROW_AND_COLUMN {
      @Override
      Array mask(int length) {
        return both(Numbers.flags(3, 1, 1, length, 1), Numbers.flags(4, BATCH, 1, 1, length));
      }
    },
    WITH_MORE_AXES {
      @Override
      Array mask(int length) {
        Array flat = Masks.makeCausalMask(Array.zeros(DType.INT32, length)); // [1, L, L]
        Array padding = PADDING.mask(length).astype(DType.BOOL).astype(DType.INT32);
        return both(Reshape.expandDims(flat, 0), padding);
      }
    },
    OF_ONE_SEQUENCE {
      @Override
      Array mask(int length) {
        Array first = seen(length).get(1); // [L]
        return Reshape.expandDims(
            both(
                Masks.makeAttentionMask(first, first),
                Masks.makeAttentionMask(
                    Creation.arange(length),
                    Creation.arange(length),
                    Masks.elementwise(Compare::less),
                    0,
                    DType.BOOL)),
            0);
      }
    };

    abstract Array mask(int length);

    static Array both(Array one, Array other) {
      return Objects.requireNonNull(Masks.combineMasks(one, other));
    }

    /** Which positions of each sequence there are. */
    static Array seen(int length) {
      Array positions = Creation.arange(length).reshape(1, length);
      return Compare.less(positions, Array.of(new int[] {length * 2 / 3, length - 1}, BATCH, 1));
    }

    /** By the numbers of segments, which grow. */
    static Array pairwise(int length, BinaryOperator<Array> function) {
      Array segment =
          Elementwise.floorDivide(
              Creation.arange(length), Creation.scalarLike(Creation.arange(1), 37));
      Array each = Reshape.broadcastTo(segment, BATCH, length);
      return Masks.makeAttentionMask(each, each, Masks.elementwise(function), 0, DType.FLOAT32);
    }
  }

  static Stream<Object[]> forms() {
    return Arrays.stream(Form.values())
        .flatMap(
            form -> Stream.of(1, 7, 64, 65, 255, 256, 300, 730).map(n -> new Object[] {form, n}));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aMaskOfEachFormHasTheBitsOfTheSameArray(Form form, int length) {
    Array query = Numbers.of(1, DType.FLOAT32, BATCH, length, HEADS, 3);
    Array key = Numbers.of(2, DType.FLOAT32, BATCH, length, HEADS, 3);
    Array value = Numbers.of(3, DType.FLOAT32, BATCH, length, HEADS, 2);
    Array mask = form.mask(length);

    assertThat(attend(query, key, value, mask))
        .isEqualTo(attend(query, key, value, read(form.mask(length))));
    assertThat(ArrayInspection.isLazy(mask) || length <= 64).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT64", "FLOAT16", "BFLOAT16"})
  void soItIsInEveryDtype(DType dtype) {
    int length = 730; // enough that a function is computed tile by tile
    Array x = Numbers.of(1, dtype, BATCH, length, HEADS, 2);
    for (Form form : Form.values()) {
      assertThat(attend(x, x, x, form.mask(length)))
          .as(form.name())
          .isEqualTo(attend(x, x, x, read(form.mask(length))));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4097, 8500})
  void andBeyondASpan(int length) {
    Array x = Numbers.of(1, DType.FLOAT32, 1, length, 1, 1);
    Array last = Creation.arange(length).reshape(1, length);
    Array late = Compare.greater(last, Array.scalar(length - 5, DType.INT32));
    Array mask = Masks.makeAttentionMask(Array.full(1, DType.BOOL, 1, length), late);
    Array few = Numbers.of(2, DType.FLOAT32, 1, 70, 1, 1);
    Array lateKeys = Masks.makeAttentionMask(Array.full(1, DType.BOOL, 1, 70), late);

    assertThat(ArrayInspection.isLazy(mask)).isTrue();
    assertThat(attend(few, x, x, lateKeys)).isEqualTo(attend(few, x, x, read(lateKeys)));
  }

  @Test
  void whatStandsInMaskedPlacesDoesNotMatter() {
    int length = 600;
    Array query = Numbers.of(1, DType.FLOAT32, 1, length, 1, 3);
    Array ones = Array.full(1, DType.FLOAT32, 1, length);
    Array seen =
        Compare.less(Creation.arange(length), Array.scalar(290, DType.INT32)).reshape(1, -1);
    Array mask = Form.both(Masks.makeAttentionMask(ones, seen), Masks.makeCausalMask(ones));
    Array numbers = Numbers.of(2, DType.FLOAT32, 1, 290, 1, 3);

    Array plain =
        Concatenate.concatenate(List.of(numbers, Array.zeros(DType.FLOAT32, 1, 310, 1, 3)), 1);
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Array rest = Array.full(odd, DType.FLOAT32, 1, 310, 1, 3);
      Array strange = Concatenate.concatenate(List.of(numbers, rest), 1);
      assertThat(attend(query, strange, strange, mask))
          .isEqualTo(attend(query, plain, plain, mask));
    }
  }

  @Test
  void aQueryThatSeesNothingGetsTheMeanOfAllValues() {
    int length = 512; // sums of ones are exact
    Array ones = Array.full(1, DType.FLOAT32, 1, length);
    Array first =
        Compare.less(Creation.arange(length), Array.scalar(100, DType.INT32)).reshape(1, -1);
    Array mask = Form.both(Masks.makeAttentionMask(first, first), Masks.makeCausalMask(ones));
    float[] values = new float[length];
    Arrays.fill(values, 256, length, 1);
    Array value = Array.of(values, 1, length, 1, 1);
    Array query = Numbers.of(1, DType.FLOAT32, 1, length, 1, 1);

    float[] out = attend(query, query, value, mask).toFloatArray();

    assertThat(Arrays.copyOfRange(out, 0, 100)).containsOnly(0);
    assertThat(Arrays.copyOfRange(out, 100, length)).containsOnly(.5f);
  }

  @Test
  void aFunctionThatIsNotDeclaredElementwiseIsComputedAtOnce() {
    int length = 100;
    Array x = Numbers.of(1, DType.FLOAT32, BATCH, length);
    BinaryOperator<Array> belowMaximum = (q, k) -> Compare.less(Elementwise.add(q, k), k.max());
    Array own = Numbers.flags(2, 1, 1, length, length);
    BinaryOperator<Array> withItsOwn = (q, k) -> Compare.logicalAnd(Compare.less(q, k), own);

    Array mask = Masks.makeAttentionMask(x, x, belowMaximum, 0, DType.BOOL);
    Array other = Masks.makeAttentionMask(x, x, withItsOwn, 0, DType.BOOL);

    assertThat(ArrayInspection.isLazy(mask)).isFalse();
    Array q = x.reshape(BATCH, 1, length, 1);
    Array k = x.reshape(BATCH, 1, 1, length);
    assertThat(mask).isEqualTo(belowMaximum.apply(q, k));
    assertThat(other).isEqualTo(read(withItsOwn.apply(q, k)));
  }

  /** Its first and last elements do not show that it looks at all keys. */
  @Test
  void aFunctionThatLooksAtAllKeysIsCalledOnceWithAllOfThem() {
    int length = 150;
    float[] values = new float[length];
    Arrays.fill(values, 40, 110, 1);
    Array x = Array.of(values, 1, length);
    List<Shape> asked = new ArrayList<>();
    BinaryOperator<Array> aboveMean =
        (q, k) -> {
          asked.add(k.shape());
          return Compare.logicalAnd(Compare.greater(k, k.mean()), Creation.onesLike(q));
        };

    Array mask = Masks.makeAttentionMask(x, x, aboveMean, 0, DType.FLOAT32);

    Array query = Numbers.of(1, DType.FLOAT32, 1, length, 2, 4);
    Array above = Compare.greater(x, x.mean()).reshape(1, 1, 1, length);
    assertThat(attend(query, query, query, mask)).isEqualTo(attend(query, query, query, above));
    assertThat(asked).containsExactly(Shape.of(1, 1, 1, length));
  }

  @Test
  void aFunctionDeclaredElementwiseIsAskedForAsManyPairsAsItIsGiven() {
    Array x = Creation.arange(100).reshape(1, 100);
    BinaryOperator<Array> ofQueries = Masks.elementwise((q, k) -> q);
    assertThatThrownBy(() -> Masks.makeAttentionMask(x, x, ofQueries, 0, DType.BOOL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "make_attention_mask: argument \"pairwise_fn\": expected a result of shape [1, 1, 100,"
                + " 100], got [1, 1, 100, 1]");
    BinaryOperator<Array> ofFew =
        Masks.elementwise((q, k) -> q.size() > 2 ? q : Compare.less(q, k));
    Array mask = Masks.makeAttentionMask(x, x, ofFew, 0, DType.BOOL);
    assertThatThrownBy(mask::toBooleanArray)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "pairwise function: expected a result of shape [1, 1, 100, 100], got [1, 1, 100, 1]");
    assertThatThrownBy(() -> ArrayInspection.tile(mask, 0, 3, 0, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "pairwise function: expected a result for each of 3 queries and 5 keys, got shape [1, 1,"
                + " 3, 1]");
  }

  @Test
  void aMaskOfALengthWhoseSquareNoArrayCouldHold() {
    int length = 70_000;
    int there = 5;
    Array query = Numbers.of(1, DType.FLOAT32, 1, length, 1, 4);
    Array key = Numbers.of(2, DType.FLOAT32, 1, length, 1, 4);
    Array tokens =
        Compare.less(Creation.arange(length), Array.scalar(there, DType.INT32)).reshape(1, -1);
    Array all = Array.full(1, DType.BOOL, 1, length);
    Array mask = Form.both(Masks.makeCausalMask(all), Masks.makeAttentionMask(all, tokens));

    Array out = attend(query, key, key, mask);

    Array few = Array.of(Arrays.copyOf(key.toFloatArray(), there * 4), 1, there, 1, 4);
    Array causal = read(Masks.makeCausalMask(Array.zeros(DType.INT32, 1, there)));
    Array ofAll = attend(query, few, few, null);
    Array ofFirst = attend(few(query, there), few, few, causal);
    float[] expected = ofAll.toFloatArray();
    System.arraycopy(ofFirst.toFloatArray(), 0, expected, 0, there * 4);
    assertThat(out).isEqualTo(Array.of(expected, 1, length, 1, 4));
    assertThat(ArrayInspection.isLazy(mask)).isTrue();
    assertThatThrownBy(mask::toFloatArray)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "shape: expected at most 2147483639 elements, got [1, 1, 70000, 70000], which has more");
  }

  private static Array few(Array x, int count) {
    return Array.of(Arrays.copyOf(x.toFloatArray(), count * 4), 1, count, 1, 4);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void anArrayThatIsCausalIsKnownAsOne(DType dtype) {
    Array causal = read(Masks.makeCausalMask(Array.zeros(DType.INT32, 3, 9))).astype(dtype);

    assertThat(ArrayInspection.isCausal(causal)).isTrue();
    assertThat(ArrayInspection.isCausal(causal.times(causal))).isTrue();
    for (int at : new int[] {0, 1, 8, 80, 81 + 9, 3 * 81 - 1, 2 * 81 + 8}) {
      double[] changed = causal.toDoubleArray();
      changed[at] = 1 - changed[at];
      assertThat(ArrayInspection.isCausal(Array.of(changed, 3, 1, 9, 9).astype(dtype)))
          .as("at %d", at)
          .isFalse();
    }
    assertThat(ArrayInspection.isCausal(causal.reshape(3, 9, 9, 1))).isFalse();
    assertThat(ArrayInspection.isCausal(causal.reshape(27, 9))).isFalse();
  }

  @Test
  void masksStayLazyUnderMoreAxesAndOtherTypes() {
    Array padding = Form.PADDING.mask(100);
    Array segments = Form.SEGMENTS.mask(100);
    for (Array mask : new Array[] {Form.CAUSAL.mask(100), padding, segments}) {
      Array moved = Reshape.expandDims(mask, 0, 2).astype(DType.INT32).astype(DType.BOOL);
      assertThat(moved.shape()).isEqualTo(Shape.of(1, BATCH, 1, 1, 100, 100));
      assertThat(Reshape.squeeze(moved).shape()).isEqualTo(Shape.of(BATCH, 100, 100));
      assertThat(ArrayInspection.isLazy(Reshape.squeeze(moved))).isTrue();
      assertThat(Reshape.squeeze(moved).toBooleanArray()).isEqualTo(mask.toBooleanArray());
      assertThat(mask.reshape(BATCH * 100, 100).toFloatArray()).isEqualTo(mask.toFloatArray());
    }
  }

  private static Array read(Array mask) {
    return Array.of(mask.toBooleanArray(), mask.shape().dims());
  }

  private static Array attend(Array query, Array key, Array value, @Nullable Array mask) {
    AttentionOptions options = AttentionOptions.builder().mask(mask).build();
    return DotProductAttention.dotProductAttention(query, key, value, options);
  }

  @Test
  void masksAreMadeOfArraysWithALength() {
    Array scalar = Array.scalar(1, DType.FLOAT32);
    Array row = Array.zeros(DType.FLOAT32, 3);
    assertThatThrownBy(() -> Masks.makeCausalMask(scalar))
        .hasMessage("make_causal_mask: argument \"x\": expected shape [B..., L], got a scalar");
    assertThatThrownBy(() -> Masks.makeCausalMask(row, -1, DType.FLOAT32))
        .hasMessage("make_causal_mask: argument \"extra_batch_dims\": expected 0 or more, got -1");
    assertThatThrownBy(() -> Masks.makeAttentionMask(scalar, row))
        .hasMessage(
            "make_attention_mask: argument \"query_input\": expected shape [B..., L], got a"
                + " scalar");
    assertThatThrownBy(() -> Masks.makeAttentionMask(row, scalar))
        .hasMessageStartingWith("make_attention_mask: argument \"key_input\": expected shape");
    assertThat(Masks.makeCausalMask(row, 2, DType.FLOAT32).shape())
        .isEqualTo(Shape.of(1, 1, 1, 3, 3));
  }
}
