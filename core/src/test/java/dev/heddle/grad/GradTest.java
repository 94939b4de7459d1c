package dev.heddle.grad;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Op;
import dev.heddle.array.Sort;
import dev.heddle.array.TreePair;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Gradients, pullbacks, constants, user-defined derivatives, and the messages for misuse. */
class GradTest {
  private static Array vector(double... values) {
    return Array.of(values);
  }

  @Test
  void aValueAndItsGradient() {
    var found = Grad.valueAndGrad(x -> x.times(x).sum(), vector(1, -2, 3));
    assertThat(found.value().item()).isEqualTo(14);
    assertThat(found.value().tracer()).isNull();
    assertThat(found.gradient()).isEqualTo(vector(2, -4, 6));
  }

  @Test
  void aTreeIsDifferentiatedByAllOfItsLeaves() {
    var at = TreePair.of(vector(2), TreePair.of(vector(5), vector(7)));
    var gradient = Grad.grad(t -> t.first().times(t.second().first()).sum(), at);
    assertThat(gradient)
        .isEqualTo(TreePair.of(vector(5), TreePair.of(vector(2), vector(0)))); // 7 is not used
  }

  @Test
  void aPullbackMayBeCalledSeveralTimes() {
    var back = Grad.vjp((Array x) -> Elementwise.square(x), vector(1, 2, 3));
    assertThat(back.output()).isEqualTo(vector(1, 4, 9));
    assertThat(back.pullback(vector(1, 0, 0))).isEqualTo(vector(2, 0, 0));
    assertThat(back.pullback(vector(0, 1, 1))).isEqualTo(vector(0, 4, 6));
    assertThat(back.pullback(vector(1, 0, 0))).isEqualTo(vector(2, 0, 0));
  }

  @Test
  void aProgramOfSeveralOutputs() {
    var back = Grad.vjp((Array x) -> TreePair.of(x.times(2), x.times(x)), vector(3));
    assertThat(back.pullback(TreePair.of(vector(1), vector(10)))).isEqualTo(vector(62));
    var constant = Grad.vjp((Array x) -> TreePair.of(x, vector(8)), vector(3));
    assertThat(constant.pullback(TreePair.of(vector(1), vector(10)))).isEqualTo(vector(1));
  }

  @Test
  void anAuxiliaryOutputIsNotTraced() {
    var found =
        Grad.valueGradAndAux(
            x -> {
              Array doubled = x.times(2);
              return new Grad.WithAux<>(doubled.sum(), doubled);
            },
            vector(1, 2));
    assertThat(found.value().item()).isEqualTo(6);
    assertThat(found.gradient()).isEqualTo(vector(2, 2));
    assertThat(found.aux()).isEqualTo(vector(2, 4));
    assertThat(found.aux().tracer()).isNull();
    assertThat(found.aux().plus(1)).isEqualTo(vector(3, 5));
  }

  @Test
  void aConstantHasNoGradient() {
    assertThat(Grad.grad(x -> x.times(Grad.stopGradient(x)).sum(), vector(3, 4)))
        .isEqualTo(vector(3, 4));
    Function<Array, Array> inner = x -> Grad.grad(y -> y.times(Grad.stopGradient(x)).sum(), x);
    assertThat(Grad.grad(x -> inner.apply(x).sum(), vector(3))).isEqualTo(vector(0));
    assertThat(Grad.grad(x -> Sort.argmax(x, 0).astype(DType.FLOAT64), vector(3, 4)))
        .isEqualTo(vector(0, 0));
  }

  @Test
  void derivativesOfDerivatives() {
    Function<Array, Array> cube = x -> x.times(x).times(x).sum();
    Function<Array, Array> first = x -> Grad.grad(cube, x);
    Function<Array, Array> second = x -> Grad.grad(y -> first.apply(y).sum(), x);
    Function<Array, Array> third = x -> Grad.grad(y -> second.apply(y).sum(), x);
    assertThat(first.apply(vector(2))).isEqualTo(vector(12));
    assertThat(second.apply(vector(2))).isEqualTo(vector(12));
    assertThat(third.apply(vector(2))).isEqualTo(vector(6));
  }

  /** d/dx of x d/dy (x + y): the inner y is not taken for the outer x. */
  @Test
  void nestedDifferentiationsAreNotConfused() {
    Array one = vector(1);
    Function<Array, Array> outer = x -> x.times(Grad.grad(y -> x.plus(y).sum(), one)).sum();
    assertThat(Grad.grad(outer, one)).isEqualTo(one);
    Function<Array, Array> product =
        x -> Grad.grad(y -> x.times(y).times(y).sum(), vector(3)).times(x).sum();
    assertThat(Grad.grad(product, vector(5))).isEqualTo(vector(60)); // of 6 x^2
  }

  @Test
  void aPullbackCanBeDifferentiatedByItsCotangent() {
    var back = Grad.vjp((Array x) -> Elementwise.square(x), vector(1, 2));
    assertThat(Grad.grad(c -> back.pullback(c).times(c).sum(), vector(10, 10)))
        .isEqualTo(vector(40, 80));
  }

  /** (1e16 + 1) - 1e16 is 0 in float64, and 1 in another order. */
  @Test
  void cotangentsAddInTheOrderOfUse() {
    Array x = vector(1);
    Function<Array, Array> inOrder = v -> v.times(1e16).plus(v.times(1)).plus(v.times(-1e16)).sum();
    Function<Array, Array> another = v -> v.times(1e16).plus(v.times(-1e16)).plus(v.times(1)).sum();
    assertThat(Grad.grad(inOrder, x)).isEqualTo(vector((1e16 + 1) - 1e16));
    assertThat(Grad.grad(another, x)).isEqualTo(vector((1e16 - 1e16) + 1));
    assertThat(Grad.grad(Grad.checkpoint(inOrder), x)).isEqualTo(Grad.grad(inOrder, x));
    assertThat(Grad.grad(v -> v.times(v).sum(), vector(3))).isEqualTo(vector(6));
  }

  @Test
  void aUserDefinedDerivative() {
    CustomVjp clipped =
        CustomVjp.of(
            "clip_gradient",
            in -> new Op.ForwardResult(in.getFirst().times(in.getLast()), List.of(in.getLast())),
            (kept, g) -> {
              List<@Nullable Array> all = new ArrayList<>();
              Array limit = Array.scalar(1, g.dtype());
              all.add(Elementwise.clip(g.times(kept.getFirst()), limit.negate(), limit));
              all.add(null);
              return all;
            });
    Array scale = vector(0.5, 5);
    assertThat(clipped.apply(vector(1, 2), scale)).isEqualTo(vector(0.5, 10));
    assertThat(Grad.grad(x -> clipped.apply(x, scale).sum(), vector(1, 2)))
        .isEqualTo(vector(0.5, 1));
    Function<Array, Array> once = s -> Grad.grad(x -> clipped.apply(x, s).sum(), vector(1, 2));
    assertThat(Grad.grad(s -> once.apply(s).sum(), vector(0.5, 5))).isEqualTo(vector(1, 0));
    CustomVjp wrong =
        CustomVjp.of(
            "wrong", in -> new Op.ForwardResult(in.getFirst(), List.of()), (k, g) -> List.of());
    assertThatThrownBy(() -> Grad.grad(x -> wrong.apply(x).sum(), vector(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("wrong: expected a derivative of 1 cotangents, got 0");
    CustomVjp bent =
        CustomVjp.of(
            "bent",
            in -> new Op.ForwardResult(in.getFirst(), List.of()),
            (k, g) -> Arrays.asList(g.sum()));
    assertThatThrownBy(() -> Grad.grad(x -> bent.apply(x).sum(), vector(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bent: expected a cotangent of input 0 of float64[1], got float64[]");
  }

  @Test
  void aDerivativeThatFailsNamesItsOperation() {
    CustomVjp broken =
        CustomVjp.of(
            "broken",
            in -> new Op.ForwardResult(in.getFirst().times(in.getLast()), List.of()),
            (kept, g) -> List.of(kept.get(2), kept.getFirst()));
    assertThatThrownBy(() ->
            Grad.grad(x -> broken.apply(x.times(2), Array.of(new int[] {5})).sum(), vector(1, 2)))
        .isInstanceOf(DerivativeException.class)
        .hasCauseInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(
            "broken: its derivative failed, for inputs float64[2], int32[1] and a cotangent of"
                + " float64[2], at index 2 of the tape: Index 2 out of bounds for length 0");
    CustomVjp silent =
        CustomVjp.of(
            "silent",
            in -> new Op.ForwardResult(in.getFirst(), List.of()),
            (kept, g) -> {
              throw new ArithmeticException();
            });
    Function<Array, Array> inner = x -> Grad.grad(y -> silent.apply(y).times(x).sum(), x);
    assertThatThrownBy(() -> Grad.grad(x -> inner.apply(x).sum(), vector(1)))
        .isInstanceOf(DerivativeException.class)
        .hasMessage(
            "silent: its derivative failed, for inputs float64[1] and a cotangent of float64[1], at"
                + " index 1 of the tape: ArithmeticException");
    CustomVjp none =
        CustomVjp.of(
            "none",
            in -> new Op.ForwardResult(in.getFirst(), List.of()),
            (kept, g) -> {
              throw new UnsupportedOperationException("none: has no derivative");
            });
    assertThatThrownBy(() -> Grad.grad(x -> none.apply(x).sum(), vector(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("none: has no derivative");
  }

  @Test
  void theOperationThatMakesNanIsNamed() {
    assertThatThrownBy(() ->
            Grad.stoppingAtNaN(
                () -> Grad.grad(x -> Elementwise.log(x.minus(2)).sum(), vector(1, 3))))
        .isInstanceOf(NotANumberException.class)
        .hasMessage("log: produced NaN from inputs of float64[2] without NaN");
    assertThatThrownBy(() ->
            Grad.stoppingAtNaN(() -> Grad.grad(x -> Elementwise.sqrt(x).times(0).sum(), vector(0))))
        .isInstanceOf(NotANumberException.class)
        .hasMessage("sqrt: its derivative produced NaN from a cotangent of float64[1] without NaN");
    assertThat(Grad.grad(x -> Elementwise.sqrt(x).times(0).sum(), vector(0)).item()).isNaN();
  }

  @Test
  void misuseIsExplained() {
    var mixed = TreePair.of(vector(1), Array.of(new int[] {1, 2}));
    assertThatThrownBy(() -> Grad.grad(t -> t.first().sum(), mixed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "grad: argument \"at\": expected floating-point arrays, got int32[2] at second/0");
    assertThatThrownBy(() -> Grad.grad(x -> x, vector(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "grad: argument \"loss\": expected a floating-point scalar as its result, got float64[2]");
    var back = Grad.vjp((Array x) -> x.times(2), vector(1, 2));
    assertThatThrownBy(() -> back.pullback(vector(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "vjp: argument \"cotangent\": expected float64[2], as the output, got float64[1]");
    List<Array> stored = new ArrayList<>();
    Grad.grad(
        x -> {
          stored.add(x);
          return x.sum();
        },
        vector(1));
    assertThatThrownBy(() -> stored.getFirst().times(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "multiply: an array is used that belongs to a differentiation which has ended; return"
                + " it as an auxiliary output instead of storing it");
    assertThat(stored.getFirst().toDoubleArray()).containsExactly(1);
  }

  @Test
  void checksFindWrongDerivatives() {
    Array x = Numbers.of(1, DType.FLOAT64, 2, 3);
    assertThat(Checks.checkGradient(in -> Elementwise.sin(in.getFirst()), x)).isLessThan(1e-9);
    CustomVjp wrong =
        CustomVjp.of(
            "wrong",
            in -> new Op.ForwardResult(Elementwise.square(in.getFirst()), in),
            (in, g) -> Arrays.asList(g.times(in.getFirst())));
    assertThatThrownBy(() -> Checks.checkGradient(in -> wrong.apply(in.getFirst()), vector(3)))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("input 0, element 0 of [1]: the derivative is 2.52")
        .hasMessageContaining("differences give 5.04")
        .hasMessageContaining("more than 1.0E-6");
    assertThatThrownBy(
            () -> Checks.checkGradient(in -> in.getFirst(), Array.of(new float[] {1, 2})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("checkGradient: expected float64 inputs, got float32[2]");
    assertThatArray(x).hasTypeAndShapeOf(x);
  }
}
