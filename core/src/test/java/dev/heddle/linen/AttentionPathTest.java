package dev.heddle.linen;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.Creation;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.Shape;
import dev.heddle.array.Tracer;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.DotGeneral;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Which operations a call of attention runs: one for the whole layer, and single parts only where
 * something needs the result of a part. The bits are the same both ways.
 */
class AttentionPathTest {
  private static final String LAYER = "multi_head_dot_product_attention";

  /** Captures nothing, but has every submodule called. */
  private static final Capture OBSERVER = (module, method) -> false;

  /** Lists the operations on an array that it traces. */
  private static final class Operations implements Tracer {
    private final List<String> names = new ArrayList<>();

    @Override
    public long level() {
      return 1;
    }

    @Override
    public boolean isRecording() {
      return false;
    }

    @Override
    public Array record(Op op, List<Array> inputs, List<Array> primals, Op.ForwardResult result) {
      names.add(op.name());
      return result.output().traced(this, names.size());
    }
  }

  /** The operations of a call of self-attention, without reshapes and casts. */
  private static List<String> operations(AttentionBuilder builder) {
    return operations(builder, Mutable.none(), null, UnaryOperator.identity());
  }

  private static List<String> operations(
      AttentionBuilder builder,
      Mutable mutable,
      Capture capture,
      UnaryOperator<AttentionInputs> change) {
    MultiHeadDotProductAttention attention = builder.build();
    Array x = Numbers.of(1, DType.FLOAT32, 2, 1, 8);
    Variables variables = attention.init(Rngs.of(0), x);
    Operations operations = new Operations();
    AttentionInputs in = change.apply(AttentionInputs.of(x.traced(operations, 0)));
    Rngs rngs = Rngs.of("dropout", 2);
    if (capture == null) {
      attention.apply(variables, in, rngs, mutable);
    } else {
      attention.apply(variables, in, rngs, mutable, capture);
    }
    operations.names.removeAll(List.of("astype", "reshape"));
    return operations.names;
  }

  private static AttentionBuilder builder() {
    return MultiHeadDotProductAttention.builder().numHeads(2);
  }

  @Test
  void isOneOperation() {
    assertThat(operations(builder())).containsExactly(LAYER);
    assertThat(operations(builder().useBias(false))).containsExactly(LAYER);
    assertThat(operations(builder().dtype(DType.BFLOAT16))).containsExactly(LAYER);
    assertThat(operations(builder().dtype(DType.FLOAT64))).containsExactly(LAYER);
    assertThat(operations(builder().dtype(DType.FLOAT16).forceFp32ForSoftmax(true)))
        .containsExactly(LAYER);
    assertThat(operations(builder().dropoutRate(0.5).deterministic(false))).containsExactly(LAYER);
    assertThat(
            operations(
                builder(), Mutable.none(), null, in -> in.mask(Array.of(new boolean[] {true}, 1))))
        .containsExactly(LAYER);
  }

  @Test
  void sownWeightsNeedQueriesAndKeys() {
    Mutable mutable = Mutable.of("intermediates");
    assertThat(operations(builder(), mutable, null, in -> in.sowWeights(true)))
        .containsExactly("dot_general", "dot_general", "dot_product_attention_weights", LAYER);
    assertThat(operations(builder(), Mutable.none(), null, in -> in.sowWeights(true)))
        .containsExactly(LAYER);
  }

  @Test
  void decodingNeedsKeysAndValues() {
    assertThat(operations(builder().decode(true), Mutable.of("cache"), null, in -> in))
        .containsExactly(
            "dot_general", "dot_general", "dynamic_update_slice", "dynamic_update_slice", LAYER);
  }

  @Test
  void normalizationNeedsQueriesAndKeys() {
    assertThat(operations(builder().normalizeQk(true)))
        .containsExactly("dot_general", "dot_general", "norm", "norm", LAYER);
  }

  @Test
  void anotherProductReplacesOnlyItsProjections() {
    DotGeneral product = DotGeneral.standard()::dotGeneral;
    assertThat(operations(builder().outDotGeneral(product)))
        .containsExactly(LAYER, "dot_general", "add");
    assertThat(operations(builder().useBias(false).qkvDotGeneralCls(() -> product)))
        .containsExactly("dot_general", "dot_general", "dot_general", LAYER);
  }

  @Test
  void anotherAttentionFunctionReplacesAttention() {
    assertThat(operations(builder().attentionFn((query, key, value, options) -> value)))
        .containsExactly("dot_general", "dot_general", "dot_general", "dot_general");
  }

  @Test
  void anObserverSeesEveryPart() {
    assertThat(operations(builder(), Mutable.none(), OBSERVER, in -> in))
        .containsExactly(
            "dot_general", "dot_general", "dot_general", "dot_product_attention", "dot_general");
  }

  private record Sizes(List<Integer> batch, int queries, int keys, int features, int heads) {}

  private static final List<Sizes> SIZES =
      List.of(
          new Sizes(List.of(), 1, 1, 4, 1),
          new Sizes(List.of(2), 7, 7, 12, 3),
          new Sizes(List.of(3, 2), 70, 33, 128, 4), // heads enough for a task each
          new Sizes(List.of(1), 130, 130, 64, 1));

  @TestFactory
  List<DynamicTest> hasTheBitsOfItsParts() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Sizes sizes : SIZES) {
      for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
        for (boolean self : List.of(true, false)) {
          for (String between : List.of("nothing", "mask", "causal", "dropout")) {
            String name = sizes + ", " + dtype + (self ? ", self, " : ", cross, ") + between;
            tests.add(DynamicTest.dynamicTest(name, () -> compare(sizes, dtype, self, between)));
          }
        }
      }
    }
    return tests;
  }

  private static void compare(Sizes sizes, DType dtype, boolean self, String between) {
    Array q = Numbers.of(1, DType.FLOAT32, shape(sizes, sizes.queries, sizes.features));
    Array kv = self ? q : Numbers.of(2, DType.FLOAT32, shape(sizes, sizes.keys, 10));
    double rate = between.equals("dropout") ? 0.4 : 0;
    var attention =
        MultiHeadDotProductAttention.builder()
            .numHeads(sizes.heads)
            .outFeatures(9)
            .dropoutRate(rate)
            .dtype(dtype)
            .biasInit(Initializers.normal(1))
            .build();
    AttentionInputs in = AttentionInputs.of(q, kv).deterministic(rate == 0);
    Variables variables = attention.init(Rngs.of(0).and("dropout", 3), in);
    int keys = kv.shape().dim(-2);
    switch (between) {
      case "mask" ->
          in =
              in.mask(
                  Array.of(
                      Numbers.of(4, DType.FLOAT32, sizes.queries, keys).toBooleanArray(),
                      sizes.queries,
                      keys));
      case "causal" -> in = in.mask(causal(sizes.queries, keys));
      default -> {}
    }
    Rngs rngs = Rngs.of("dropout", 5);
    for (int call = 0; call < 3; call++) { // parameters change their layout when used again
      Array whole = attention.apply(variables, in, rngs);
      Array parts = attention.apply(variables, in, rngs, Mutable.none(), OBSERVER).output();
      assertThatArray(whole).hasSameBitsAs(parts);
    }
  }

  /** A query sees the keys up to its own position, also if there are more or fewer of them. */
  private static Array causal(int queries, int keys) {
    return queries == keys
        ? Masks.makeCausalMask(Array.zeros(DType.INT32, queries))
        : Creation.tri(queries, keys, 0, DType.BOOL).reshape(1, queries, keys);
  }

  private static int[] shape(Sizes sizes, int length, int features) {
    return Shape.of(sizes.batch.stream().mapToInt(Integer::intValue).toArray())
        .append(length, features)
        .dims();
  }

  /** Types that differ from part to part are those of Flax's parts. */
  @Test
  void mixedTypesHaveTheBitsOfTheirParts() {
    for (DType query : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
      for (DType keys : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT64)) {
        for (boolean forced : List.of(true, false)) {
          var attention = builder().paramDtype(DType.BFLOAT16).forceFp32ForSoftmax(forced).build();
          AttentionInputs in =
              AttentionInputs.of(Numbers.of(1, query, 2, 5, 8), Numbers.of(2, keys, 2, 6, 8));
          Variables variables = attention.init(Rngs.of(0), in);
          Array parts =
              attention.apply(variables, in, Rngs.none(), Mutable.none(), OBSERVER).output();
          assertThatArray(attention.apply(variables, in)).hasSameBitsAs(parts);
        }
      }
    }
  }

  @Test
  void submodulesAreMadeOncePerNumberOfFeatures() {
    var attention = builder().build();
    List<Module<?, ?>> seen = new ArrayList<>();
    Capture modules =
        (module, method) -> {
          seen.add(module);
          return false;
        };
    for (int features : List.of(8, 8, 6)) {
      Array x = Numbers.of(1, DType.FLOAT32, 1, features);
      Variables variables = attention.init(Rngs.of(0), x);
      attention.apply(variables, AttentionInputs.of(x), Rngs.none(), Mutable.none(), modules);
    }
    assertThat(seen.subList(0, 5)).doesNotHaveDuplicates().isEqualTo(seen.subList(5, 10));
    assertThat(seen.subList(10, 14)).doesNotContainAnyElementsOf(seen.subList(0, 4));
  }
}
