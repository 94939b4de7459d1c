package dev.heddle.linen;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.op.Creation;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The layer as one operation has the bits of its parts, and runs where it can. */
class FusedLayerTest {
  /** Keeps no output, but has every part called. */
  private static final Capture PARTS = (module, method) -> false;

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
      for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
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

  /** V shares Q's workspace, which goes back once: else later calls would share it too. */
  @Test
  void callsInARowOfWhichVIsQButNotKHaveTheSameBits() {
    Array q = Numbers.of(1, DType.BFLOAT16, 2, 33, 24);
    Array k = Numbers.of(2, DType.BFLOAT16, 2, 33, 24);
    var attention =
        MultiHeadDotProductAttention.builder().numHeads(3).dtype(DType.BFLOAT16).build();
    AttentionInputs in = AttentionInputs.of(q, k, q);
    Variables variables = attention.init(Rngs.of(0), in);
    Array parts = attention.apply(variables, in, Rngs.none(), Mutable.none(), PARTS).output();
    for (int call = 0; call < 4; call++) {
      assertThatArray(attention.apply(variables, in)).hasSameBitsAs(parts);
    }
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
      AttentionInputs given = in;
      AtomicInteger fused = new AtomicInteger();
      Array whole =
          ScopedValue.where(FusedLayer.CALLS, fused)
              .call(() -> attention.apply(variables, given, rngs));
      assertThat(fused).hasValue(1);
      Array parts =
          ScopedValue.where(FusedLayer.CALLS, fused)
              .call(() -> attention.apply(variables, given, rngs, Mutable.none(), PARTS).output());
      assertThat(fused).hasValue(1);
      assertThatArray(whole).hasSameBitsAs(parts);
    }
  }

  /** A query sees the keys up to its own position, also where there are more or fewer of them. */
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

  @Test
  void isOnlyForTheUsualParts() {
    AttentionBuilder usual = MultiHeadDotProductAttention.builder().numHeads(2);

    assertThat(isFused(usual)).isTrue();
    assertThat(isFused(usual.dtype(DType.BFLOAT16))).isTrue();
    assertThat(isFused(usual.forceFp32ForSoftmax(true))).isFalse();
    assertThat(isFused(usual.dtype(DType.FLOAT64))).isFalse();
    assertThat(isFused(usual.dtype(null).normalizeQk(true))).isFalse();
  }

  private static boolean isFused(AttentionBuilder builder) {
    MultiHeadDotProductAttention attention = builder.build();
    AttentionInputs in = AttentionInputs.of(Numbers.of(1, DType.FLOAT32, 3, 8));
    Variables variables = attention.init(Rngs.of(0), in);
    return attention.applyMethod(
        variables, scope -> FusedLayer.of(scope, attention.config(), in) != null);
  }
}
