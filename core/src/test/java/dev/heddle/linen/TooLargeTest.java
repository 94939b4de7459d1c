package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.Concatenate;
import dev.heddle.array.Creation;
import dev.heddle.array.DType;
import dev.heddle.array.Einsum;
import dev.heddle.array.Gather;
import dev.heddle.array.MatMul;
import dev.heddle.array.Repeat;
import dev.heddle.array.Reshape;
import dev.heddle.array.Shape;
import dev.heddle.array.Where;
import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Embed;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What would have more elements than an array can index is an error before any work. */
class TooLargeTest {
  private static final int MANY = 50_000;
  private static final String LIMIT = "expected at most 2147483639 elements, got [";

  private final Map<String, Runnable> calls = new LinkedHashMap<>();

  @TestFactory
  Stream<DynamicTest> isRefusedWithShapeAndLimit() {
    arrays();
    randomNumbers();
    masks();
    layers();
    return calls.entrySet().stream()
        .map(call ->
            DynamicTest.dynamicTest(
                call.getKey(),
                () ->
                    assertThatThrownBy(() -> call.getValue().run())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(LIMIT)));
  }

  private void arrays() {
    Array column = Array.zeros(DType.FLOAT32, MANY, 1);
    Array row = Array.zeros(DType.FLOAT32, 1, MANY);
    Array line = Array.zeros(DType.UINT8, MANY);
    for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.FLOAT64, DType.INT32}) {
      refuse("matmul " + dtype, () -> MatMul.matmul(column.astype(dtype), row.astype(dtype)));
      refuse("plus " + dtype, () -> column.astype(dtype).plus(row.astype(dtype)));
      refuse("less " + dtype, () -> Compare.less(column.astype(dtype), row.astype(dtype)));
      refuse("zeros " + dtype, () -> Array.zeros(dtype, MANY, MANY));
    }
    Array wide = Array.zeros(DType.FLOAT32, 3, 1, MANY);
    refuse("matmul of batches", () -> MatMul.matmul(Reshape.reshape(column, 1, MANY, 1), wide));
    refuse("zeros of all", () -> Array.zeros(DType.UINT8, 1 << 30, 1 << 30, 1 << 30));
    refuse("values of a shape", () -> Array.of(new float[4], 1 << 16, 1 << 16));
    refuse("broadcastTo", () -> Reshape.broadcastTo(column, MANY, MANY));
    refuse("where", () -> Where.where(column, row, column));
    refuse("einsum", () -> Einsum.einsum("ij,jk->ik", column, row));
    refuse("pad", () -> Concatenate.pad(column, new int[2], new int[] {0, MANY}, 0));
    refuse("concatenate", () -> Concatenate.concatenate(Collections.nCopies(MANY, line), 0));
    refuse("stack", () -> Concatenate.stack(Collections.nCopies(MANY, line), 0));
    refuse("arange", () -> Creation.arange(0, 1e12, 1, DType.FLOAT32));
    refuse("linspace", () -> Creation.linspace(0, 1, Integer.MAX_VALUE, DType.FLOAT32));
    refuse("eye", () -> Creation.eye(MANY, DType.UINT8));
    refuse("oneHot", () -> Creation.oneHot(line, MANY, DType.UINT8));
    refuse("tile", () -> Repeat.tile(line, MANY));
    refuse("repeat", () -> Repeat.repeat(line, MANY, 0));
    refuse("take", () -> Gather.take(row, Array.zeros(DType.INT32, MANY), 0));
    Array lazy = Masks.makeCausalMask(Array.zeros(DType.UINT8, 20_000), 0, DType.FLOAT64);
    refuse("bytes", lazy::toBytes);
  }

  private void randomNumbers() {
    Shape square = Shape.of(MANY, MANY);
    Key key = Key.of(0);
    refuse("bits", () -> Random.bits(key, 32, square.dims()));
    refuse("uniform", () -> Random.uniform(key, DType.FLOAT32, square.dims()));
    refuse("normal", () -> Random.normal(key, DType.FLOAT64, square.dims()));
    refuse(
        "bernoulli, read",
        () -> Random.bernoulli(key, .5, DType.FLOAT32, square.dims()).toBooleanArray());
    refuse("randint", () -> Random.randint(key, 0, 3, DType.INT32, square.dims()));
    refuse("orthogonal", () -> Random.orthogonal(key, MANY, MANY, DType.FLOAT32));
  }

  private void masks() {
    Array line = Array.zeros(DType.UINT8, MANY);
    refuse("a causal mask, read", () -> Masks.makeCausalMask(line).toFloatArray());
    refuse("a mask of pairs, read", () -> Masks.makeAttentionMask(line, line).toFloatArray());
    Array few = Array.zeros(DType.FLOAT32, MANY, 1, 1);
    refuse(
        "weights",
        () -> DotProductAttention.dotProductAttentionWeights(few, few, AttentionOptions.DEFAULT));
  }

  private void layers() {
    Array one = Array.zeros(DType.FLOAT32, 1, 1);
    Array many = Array.zeros(DType.FLOAT32, 70_000, 1);
    AttentionBuilder wide = MultiHeadDotProductAttention.builder().numHeads(1).qkvFeatures(MANY);
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16}) {
      MultiHeadDotProductAttention layer = wide.dtype(dtype).build();
      Variables variables = layer.init(Rngs.of(0), one);
      refuse("queries " + dtype, () -> layer.apply(variables, many, one));
      refuse("keys " + dtype, () -> layer.apply(variables, one, many));
      refuse("init " + dtype, () -> layer.init(Rngs.of(0), many));
    }
    var outward = MultiHeadDotProductAttention.builder().numHeads(1).outFeatures(MANY).build();
    Variables variables = outward.init(Rngs.of(0), one);
    refuse("output", () -> outward.apply(variables, many));
    refuse(
        "sown weights",
        () ->
            outward.apply(
                variables,
                AttentionInputs.of(Array.zeros(DType.FLOAT32, 47_000, 1), many).sowWeights(true),
                Rngs.none(),
                Mutable.of("intermediates")));
    Array features = Array.zeros(DType.FLOAT32, 1, MANY);
    refuse("a kernel", () -> Dense.of(MANY).init(Rngs.of(0), features));
    refuse(
        "an embedding", () -> Embed.of(MANY, MANY).init(Rngs.of(0), Array.zeros(DType.INT32, 1)));
  }

  private void refuse(String name, Runnable call) {
    calls.put(name, call);
  }

  @Test
  void aMaskTooLargeToReadHasAShapeAndAText() {
    Array causal = Masks.makeCausalMask(Array.zeros(DType.UINT8, MANY));

    assertThat(causal.shape()).isEqualTo(Shape.of(1, MANY, MANY));
    assertThat(causal).hasToString("float32[1, 50000, 50000]");
  }
}
