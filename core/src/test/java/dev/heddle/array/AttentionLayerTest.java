package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.AttentionLayer.Operand;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The layer as one operation has the bits of its parts, in output and derivatives. */
class AttentionLayerTest {
  /** Which projections a layer has, what its inputs share, and its sizes. */
  private enum Layout {
    SELF(true, true, true, true),
    SELF_WITHOUT_BIAS(true, true, true, true),
    CROSS(true, true, true, true),
    KEYS_AND_VALUES_GIVEN(true, false, false, true),
    QUERIES_AND_KEYS_GIVEN(false, false, true, true),
    ALL_GIVEN(false, false, false, true),
    GROUPED(true, true, true, true),
    GROUPED_SELF(true, true, true, true),
    GROUPED_GIVEN(false, false, false, true),
    WITHOUT_OUT(true, true, true, false);

    private final boolean query;
    private final boolean key;
    private final boolean value;
    private final boolean out;

    Layout(boolean query, boolean key, boolean value, boolean out) {
      this.query = query;
      this.key = key;
      this.value = value;
      this.out = out;
    }

    /** All arrays of a layer, in the order of use. */
    List<Array> arrays(int batch, int queries, int keys, int heads, int depth) {
      int shared = keyHeads(heads);
      List<Array> all = new ArrayList<>();
      Array x = array(1, batch, queries, 6);
      Array memory = isSelf() ? x : array(2, batch, keys, 6);
      add(all, query, x, batch, queries, heads, depth);
      add(all, key, memory, batch, keys, shared, depth);
      add(all, value, memory, batch, keys, shared, depth);
      if (out) {
        all.add(array(20, heads, depth, 5));
        all.add(array(21, 5));
      }
      return all;
    }

    private boolean isSelf() {
      return this == SELF || this == SELF_WITHOUT_BIAS || this == GROUPED_SELF;
    }

    /**
     * The heads of keys and values: half as many if the heads of queries can share them, or one.
     */
    private int keyHeads(int heads) {
      boolean isGrouped = this == GROUPED || this == GROUPED_SELF || this == GROUPED_GIVEN;
      return !isGrouped ? heads : heads % 2 == 0 ? heads / 2 : 1;
    }

    private void add(
        List<Array> all, boolean has, Array x, int batch, int length, int heads, int depth) {
      if (has) {
        all.add(x);
        all.add(array(all.size() + 3, 6, heads, depth));
        if (this != SELF_WITHOUT_BIAS) {
          all.add(array(all.size() + 3, heads, depth));
        }
      } else {
        all.add(array(all.size() + 3, batch, length, heads, depth));
      }
    }

    private Operand operand(List<Array> rest, boolean has) {
      Array first = rest.removeFirst();
      if (!has) {
        return Operand.of(first);
      }
      Array kernel = rest.removeFirst();
      return new Operand(
          first, new Projection(kernel, this == SELF_WITHOUT_BIAS ? null : rest.removeFirst()));
    }

    Array layer(List<Array> arrays, DType dtype, Attention.Options options) {
      List<Array> rest = new ArrayList<>(arrays);
      Operand q = operand(rest, query);
      Operand k = operand(rest, key);
      Operand v = operand(rest, value);
      Projection last = out ? new Projection(rest.removeFirst(), rest.removeFirst()) : null;
      return AttentionLayer.apply(q, k, v, last, dtype, options);
    }

    Array parts(List<Array> arrays, DType dtype, Attention.Options options) {
      List<Array> rest = new ArrayList<>(arrays);
      Array q = operand(rest, query).heads(dtype);
      Array k = operand(rest, key).heads(dtype);
      Array v = operand(rest, value).heads(dtype);
      Array attended = Attention.attend(q, k, v, null, options);
      return out
          ? new Projection(rest.removeFirst(), rest.removeFirst()).apply(attended, 2, dtype)
          : attended;
    }
  }

  /** Arrays as one argument of a differentiation; equal ones stay one. */
  private record Arrays(List<Array> leaves, List<Integer> places) implements ArrayTree<Arrays> {
    static Arrays of(List<Array> all) {
      List<Array> distinct = new ArrayList<>();
      List<Integer> places = new ArrayList<>();
      for (Array array : all) {
        if (!distinct.contains(array)) {
          distinct.add(array);
        }
        places.add(distinct.indexOf(array));
      }
      return new Arrays(distinct, places);
    }

    List<Array> all() {
      return places.stream().map(leaves::get).toList();
    }

    @Override
    public Arrays withLeaves(List<Array> leaves) {
      return new Arrays(leaves, places);
    }
  }

  private static final List<String> BETWEEN =
      List.of("nothing", "mask", "causal", "dropout", "scale", "soft cap", "float32 softmax");

  private static Array array(int seed, int... shape) {
    return Numbers.of(seed, DType.FLOAT32, shape);
  }

  private static Attention.Options options(String name, int queries, int keys) {
    return switch (name) {
      case "mask" ->
          new Attention.Options(
              Numbers.of(30, DType.FLOAT32, queries, keys).astype(DType.BOOL), null, 1, false);
      case "causal" ->
          new Attention.Options(
              Creation.tri(queries, keys, 0, DType.BOOL).reshape(1, queries, keys), null, 1, false);
      case "dropout" ->
          new Attention.Options(
              null,
              Compare.greater(array(31, queries, keys), Array.scalar(0, DType.FLOAT32)),
              1.5,
              false);
      case "scale" -> Attention.Options.NONE.withScale(-0.3);
      case "soft cap" -> Attention.Options.NONE.withSoftCap(0.8);
      case "float32 softmax" -> new Attention.Options(null, null, 1, true);
      default -> Attention.Options.NONE;
    };
  }

  @TestFactory
  List<DynamicTest> hasTheBitsOfItsParts() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64)) {
        for (String between : BETWEEN) {
          String name = layout + ", " + dtype + ", " + between;
          tests.add(
              DynamicTest.dynamicTest(
                  name,
                  () -> {
                    compare(layout, dtype, between, 1, 1, 1, 1, 4);
                    compare(layout, dtype, between, 2, 7, 5, 3, 4);
                    compare(layout, dtype, between, 1, 70, 33, 2, 16);
                    compare(layout, dtype, between, 5, 9, 12, 8, 16); // a task for each head
                  }));
        }
      }
    }
    return tests;
  }

  private static void compare(
      Layout layout,
      DType dtype,
      String between,
      int batch,
      int queries,
      int keys,
      int heads,
      int depth) {
    Arrays arrays = Arrays.of(layout.arrays(batch, queries, keys, heads, depth));
    Attention.Options options = options(between, queries, layout.isSelf() ? queries : keys);
    Array layer = layout.layer(arrays.all(), dtype, options);
    Vjp<Arrays, Array> ofParts = Grad.vjp(in -> layout.parts(in.all(), dtype, options), arrays);
    assertThatArray(layer).hasSameBitsAs(ofParts.output());

    Vjp<Arrays, Array> ofLayer = Grad.vjp(in -> layout.layer(in.all(), dtype, options), arrays);
    assertThatArray(ofLayer.output()).hasSameBitsAs(ofParts.output());
    Array cotangent = Numbers.of(40, DType.FLOAT32, layer.shape().dims()).astype(layer.dtype());
    assertThatLeaves(ofLayer.pullback(cotangent), ofParts.pullback(cotangent));
  }

  private static void assertThatLeaves(Arrays actual, Arrays expected) {
    for (int i = 0; i < expected.leaves().size(); i++) {
      assertThatArray(actual.leaves().get(i)).hasSameBitsAs(expected.leaves().get(i));
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2", "9", "10"}) // x, kernel and bias of the query, kernel and bias of out
  void hasTheDerivativeWithRespectToOneInput(int index) {
    List<Array> arrays = Layout.SELF.arrays(2, 7, 7, 3, 4);
    Array layer =
        Grad.grad(
            one -> Layout.SELF.layer(with(arrays, index, one), DType.FLOAT32, NONE).sum(),
            arrays.get(index));
    Array parts =
        Grad.grad(
            one -> Layout.SELF.parts(with(arrays, index, one), DType.FLOAT32, NONE).sum(),
            arrays.get(index));
    assertThatArray(layer).hasSameBitsAs(parts);
  }

  private static final Attention.Options NONE = Attention.Options.NONE;

  private static List<Array> with(List<Array> arrays, int index, Array array) {
    List<Array> changed = new ArrayList<>(arrays);
    changed.set(index, array);
    return changed;
  }

  @ParameterizedTest
  @CsvSource({"SELF", "CROSS", "KEYS_AND_VALUES_GIVEN", "WITHOUT_OUT", "GROUPED"})
  void hasTheSecondDerivativeOfItsParts(Layout layout) {
    List<Array> float64 =
        layout.arrays(2, 5, 4, 2, 4).stream().map(a -> a.astype(DType.FLOAT64)).toList();
    Arrays arrays = Arrays.of(float64);
    Arrays layer = Grad.grad(in -> squaredGradient(layout, in, true), arrays);
    Arrays parts = Grad.grad(in -> squaredGradient(layout, in, false), arrays);
    double largest = 0;
    for (Array leaf : parts.leaves()) {
      largest = Math.max(largest, Elementwise.abs(leaf).max().item());
    }
    for (int i = 0; i < arrays.leaves().size(); i++) { // sums in another order
      Array difference = Elementwise.abs(layer.leaves().get(i).minus(parts.leaves().get(i)));
      assertThat(difference.max().item()).isLessThan(1e-12 * largest);
    }
  }

  private static Array squaredGradient(Layout layout, Arrays at, boolean isLayer) {
    Arrays gradient =
        Grad.grad(
            in -> {
              Array y =
                  isLayer
                      ? layout.layer(in.all(), DType.FLOAT64, NONE)
                      : layout.parts(in.all(), DType.FLOAT64, NONE);
              return y.times(y).sum();
            },
            at);
    Array sum = Array.scalar(0, DType.FLOAT64);
    for (Array leaf : gradient.leaves()) {
      sum = sum.plus(leaf.times(leaf).sum());
    }
    return sum;
  }

  /** V shares Q's workspace, which is given back once: later calls would share it otherwise. */
  @Test
  void callsInARowOfWhichVIsQButNotKHaveTheSameBits() {
    List<Array> arrays = Layout.CROSS.arrays(2, 33, 33, 3, 8);
    arrays.set(6, arrays.get(0));
    Array parts = Layout.CROSS.parts(arrays, DType.BFLOAT16, NONE);
    for (int call = 0; call < 4; call++) {
      assertThatArray(Layout.CROSS.layer(arrays, DType.BFLOAT16, NONE)).hasSameBitsAs(parts);
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "2 3 2 4, 2 5 2 4, 2 5 2 3, none",
        "3 2 4, 5 2 4, 5 2 4, 2 4 9",
        "2 3 4 4, 2 5 2 4, 2 5 2 3, 4 3 9",
      })
  void operandsThatFit(String q, String k, String v, @Nullable String out) {
    assertThat(apply(q, k, v, out).rank()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "2 4, 2 4, 2 4, none",
        "2 3 2 4, 2 5 2 3, 2 5 2 4, none",
        "2 3 2 4, 2 5 3 4, 2 5 3 4, none",
        "2 3 2 4, 1 5 2 4, 1 5 2 4, none",
        "3 2 4, 2 5 2 4, 2 5 2 4, none",
        "2 3 2 4, 2 5 2 4, 2 6 2 4, none",
        "3 2 4, 5 2 4, 5 2 4, 4 2 9",
      })
  void operandsThatDoNotFit(String q, String k, String v, @Nullable String out) {
    assertThatThrownBy(() -> apply(q, k, v, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "attention layer: expected query [B..., Q, H, D], key [B..., K, H, D], value [B..., K,"
                + " H, V] and the kernel [H, V, F] of the projection out, got %s, %s, %s, %s"
                    .formatted(
                        array(q).shape(),
                        array(k).shape(),
                        array(v).shape(),
                        out == null ? "none" : array(out).shape()));
  }

  private static Array apply(String q, String k, String v, @Nullable String out) {
    Projection last = out == null ? null : new Projection(array(out), null);
    return AttentionLayer.apply(
        Operand.of(array(q)),
        Operand.of(array(k)),
        Operand.of(array(v)),
        last,
        DType.FLOAT32,
        NONE);
  }

  private static Array array(String shape) {
    return array(1, List.of(shape.split(" ")).stream().mapToInt(Integer::parseInt).toArray());
  }
}
