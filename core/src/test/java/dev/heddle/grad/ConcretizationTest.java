package dev.heddle.grad;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.Attention;
import dev.heddle.array.Compare;
import dev.heddle.array.ConcretizationTypeException;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Op;
import dev.heddle.array.Sort;
import dev.heddle.array.TreePair;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.linen.attention.Masks;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Elements of a traced array cannot be read, so no gradient is silently incomplete. */
class ConcretizationTest {
  private static final Array X = Array.of(new float[] {1, 2, 3});

  /** d/dx of sum(x) sum(x) is 2 sum(x); with s as a constant it would be sum(x). */
  @Test
  void anElementThatIsReadWouldBeAConstant() {
    Function<Array, Array> read = x -> x.times(x.sum().item()).sum();
    assertThatThrownBy(() -> Grad.valueAndGrad(read, X))
        .isInstanceOf(ConcretizationTypeException.class)
        .hasMessage(
            "item: expected an array that is not being differentiated, got a traced float32[]: what"
                + " is computed from its elements would be a constant for the gradient; use"
                + " operations on arrays, or Grad.stopGradient(array) where a constant is meant");
    assertThat(Grad.grad(x -> x.times(x.sum()).sum(), X))
        .isEqualTo(Array.full(12, DType.FLOAT32, 3));
    assertThat(Grad.grad(x -> x.times(Grad.stopGradient(x.sum()).item()).sum(), X))
        .isEqualTo(Array.full(6, DType.FLOAT32, 3));
    assertThat(read.apply(X).item()).isEqualTo(36); // not differentiated
  }

  @TestFactory
  List<DynamicTest> everyWayToReadIsClosed() {
    Map<String, Consumer<Array>> ways = new LinkedHashMap<>();
    ways.put("item", x -> x.sum().item());
    ways.put("toFloatArray", Array::toFloatArray);
    ways.put("toDoubleArray", Array::toDoubleArray);
    ways.put("toLongArray", Array::toLongArray);
    ways.put("toBooleanArray", Array::toBooleanArray);
    ways.put("toBytes", Array::toBytes);
    ways.put("copyTo", x -> x.copyTo(MemorySegment.ofArray(new byte[12])));
    ways.put("equals", x -> assertThat(x.equals(X)).isTrue());
    ways.put("equals of another", x -> assertThat(X.equals(x)).isTrue());
    ways.put("hashCode", x -> assertThat(x.hashCode()).isEqualTo(X.hashCode()));
    ways.put("itemAsLong", x -> x.sum().itemAsLong());
    ways.put("toIntArray", Array::toIntArray);
    ways.put("copyTo a buffer", x -> x.copyTo(FloatBuffer.allocate(3)));
    ways.put("internal access", ArrayInternals::floats);
    return ways.entrySet().stream()
        .map(way -> DynamicTest.dynamicTest(way.getKey(), () -> isClosed(way.getValue())))
        .toList();
  }

  private static void isClosed(Consumer<Array> read) {
    read.accept(X);
    Function<Array, Array> program =
        x -> {
          read.accept(x);
          return x.sum();
        };
    Function<Array, Array> ofAResult = x -> program.apply(x.times(1));
    Function<Array, Array> outer = // an inner differentiation that has ended leaves the outer one
        x -> program.apply(Grad.grad(y -> y.times(y).times(x).sum(), x));
    Function<Array, Array> inner = // an outer array, which the inner one does not trace
        x -> Grad.grad(y -> program.apply(x).times(y).sum(), X).sum();
    Function<Array, Array> checkpoint = x -> Grad.checkpoint(program).apply(x);
    for (var each : List.of(program, ofAResult, outer, inner, checkpoint)) {
      assertThatThrownBy(() -> Grad.grad(each, X)).isInstanceOf(ConcretizationTypeException.class);
      assertThatThrownBy(() -> Grad.vjp(each, X)).isInstanceOf(ConcretizationTypeException.class);
    }
  }

  @Test
  void anArrayOfAnInnerDifferentiationThatHasEndedStillDependsOnTheOuterOne() {
    Function<Array, Array> outer =
        x -> {
          Array[] stored = new Array[1];
          Grad.grad(
              y -> {
                stored[0] = y.times(x);
                return stored[0].sum();
              },
              X);
          assertThat(stored[0].toFloatArray()).isNotEmpty();
          return x.sum();
        };
    assertThatThrownBy(() -> Grad.grad(outer, X)).isInstanceOf(ConcretizationTypeException.class);
    assertThat(outer.apply(X).item()).isEqualTo(6);
  }

  @Test
  void anotherThreadReadsNoMoreThanThisOne() {
    assertThatThrownBy(() ->
            Grad.grad(
                x -> {
                  CompletableFuture.supplyAsync(x.sum()::item).join();
                  return x.sum();
                },
                X))
        .hasCauseInstanceOf(ConcretizationTypeException.class);
  }

  @Test
  void aFunctionOfAMaskCannotReadEither() {
    assertThatThrownBy(() ->
            Grad.grad(
                x -> {
                  Array each = x.reshape(1, 3);
                  return Masks.makeAttentionMask(
                          each,
                          each,
                          (q, k) -> q.times(k.toFloatArray()[0]).plus(k),
                          0,
                          DType.FLOAT32)
                      .sum();
                },
                X))
        .isInstanceOf(ConcretizationTypeException.class)
        .hasMessageStartingWith("toFloatArray: ");
  }

  @Test
  void theFunctionOfACustomDerivativeReadsUnlessThatIsDifferentiatedAgain() {
    CustomVjp cube =
        CustomVjp.of(
            "cube",
            in -> {
              double[] x = in.getFirst().toDoubleArray();
              return new Op.ForwardResult(Array.of(new double[] {x[0] * x[0] * x[0]}), in);
            },
            (in, g) -> List.of(g.times(in.getFirst()).times(in.getFirst()).times(3)));
    Array two = Array.of(new double[] {2});
    Function<Array, Array> once = x -> Grad.grad(y -> cube.apply(y).sum(), x);
    assertThat(once.apply(two)).isEqualTo(Array.of(new double[] {12}));
    assertThatThrownBy(() -> Grad.grad(x -> once.apply(x).sum(), two))
        .isInstanceOf(ConcretizationTypeException.class);
  }

  @Test
  void whatHasNoDerivativeCanBeRead() {
    Function<Array, Array> program =
        x -> {
          assertThat(Compare.greater(x.sum(), Array.scalar(5, DType.FLOAT32)).item()).isEqualTo(1);
          assertThat(Sort.argmax(x, 0).item()).isEqualTo(2);
          assertThat(x.astype(DType.INT32).toLongArray()).containsExactly(1, 2, 3);
          assertThat(x.shape().dims()).containsExactly(3);
          assertThat(x.equals(x)).isTrue();
          assertThat(x.equals(X.astype(DType.FLOAT64))).isFalse();
          assertThat(x.toString()).contains("1.0, 2.0, 3.0"); // for debugging
          assertThat(x.isTraced()).isTrue();
          return Elementwise.square(x).sum();
        };
    assertThat(Grad.grad(program, X)).isEqualTo(X.times(2));
  }

  /** Whether a number is zero has no derivative, so attention may look at it. */
  @Test
  void aMaskMayDependOnWhatIsDifferentiatedBy() {
    Function<Array, Array> numbers = x -> x.reshape(1, 1, 1, 3);
    Function<Array, Array> flags = x -> Compare.greater(x, Array.scalar(1, DType.FLOAT32));
    assertThat(Grad.grad(x -> attended(x, numbers.apply(x.minus(1))), X))
        .isEqualTo(Grad.grad(x -> attended(x, flags.apply(x).reshape(1, 1, 1, 3)), X));
  }

  private static Array attended(Array x, Array mask) {
    Array each = x.reshape(1, 3, 1, 1);
    return Elementwise.square(
            Attention.attend(each, each, each, null, Attention.Options.NONE.withMask(mask)))
        .sum();
  }

  @Test
  void whatADifferentiationHasMadeIsAnOrdinaryArray() {
    Array[] stored = new Array[1];
    Array gradient =
        Grad.grad(
            x -> {
              stored[0] = x.times(2);
              return stored[0].sum();
            },
            X);
    assertThatArray(stored[0]).hasSameBitsAs(X.times(2));
    assertThat(stored[0].isTraced()).isFalse();
    assertThat(gradient.toFloatArray()).containsExactly(2, 2, 2);
    var both =
        Grad.vjp((TreePair<Array, Array> t) -> t.first().times(t.second()), TreePair.of(X, X));
    assertThat(both.output()).isEqualTo(Array.of(new float[] {1, 4, 9}));
    assertThat(both.pullback(X).second()).isEqualTo(Array.of(new float[] {1, 4, 9}));
  }
}
