package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.ScalarDerivatives;
import dev.heddle.kernel.SpecialFunctions;
import dev.heddle.kernel.UnaryFunction;
import java.util.List;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An elementwise function of one array.
 *
 * <p>float32 uses {@link Polynomials}, float64 {@link StrictMath}; 16-bit floats are computed in
 * float32 and rounded once. Integers keep their type if the function is defined for integers,
 * otherwise they become float32 first.
 */
record Unary(UnaryFunction function) implements Op {
  private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;
  private static final double SQRT_HALF = 0.7071067811865476;
  private static final double NORMAL_DENSITY = 0.3989422804014327; // 1 / sqrt(2 pi)

  private static final int DOUBLE_COST = 2000; // mostly StrictMath
  private static final int LONG_COST = 32;

  static Array of(UnaryFunction function, Array x) {
    DType dtype = x.dtype();
    if (dtype == DType.BOOL && function == UnaryFunction.NEGATIVE) {
      throw new IllegalArgumentException(
          "negative: expected numbers, got bool; use Compare.logicalNot");
    }
    boolean keepsType = dtype.isFloating() || (function.ofLong() != null && dtype.isInteger());
    return Op.run(new Unary(function), keepsType ? x : Cast.astype(x, DType.FLOAT32));
  }

  @Override
  public String name() {
    return function.label();
  }

  @Override
  public Array forward(List<Array> inputs) {
    Array x = inputs.getFirst();
    return Array.wrap(apply(x.storage()), x.shape());
  }

  @Override
  public List<@Nullable Array> vjp(VjpContext call, Array g) {
    Array x = call.input(0);
    if (!call.isNested() && ActivationGradient.has(function, x.dtype())) {
      return List.of(ActivationGradient.times(function, x, g));
    }
    if (function == UnaryFunction.ABS || function == UnaryFunction.RELU) {
      boolean isAbs = function == UnaryFunction.ABS;
      Array rises =
          isAbs ? Compare.greaterEqual(x, scalar(x, 0)) : Compare.greater(x, scalar(x, 0));
      return List.of(Where.where(rises, g, isAbs ? g.negate() : scalar(x, 0)));
    }
    Array derivative = derivative(x, call.output());
    return derivative == null ? Gradients.none(1) : List.of(g.times(derivative));
  }

  /** The derivative at x, where the function's value is y; null if it is zero. */
  private @Nullable Array derivative(Array x, Array y) {
    return switch (function) {
      case NEGATIVE -> Array.scalar(-1, x.dtype());
      case ABS, RELU, GELU_DERIVATIVE ->
          throw new IllegalStateException(name()); // handled in vjp; none
      case SIGN, FLOOR, CEIL, ROUND -> null;
      case SQUARE -> x.times(2);
      case RECIPROCAL -> Elementwise.square(y).negate();
      case SQRT -> scalar(x, 0.5).dividedBy(y);
      case RSQRT -> y.dividedBy(x).times(-0.5);
      case CBRT -> scalar(x, 1).dividedBy(Elementwise.square(y).times(3));
      case EXP -> y;
      case EXP2 -> y.times(StrictMath.log(2));
      case EXPM1 -> y.plus(1);
      case LOG -> Elementwise.reciprocal(x);
      case LOG2 -> Elementwise.reciprocal(x.times(StrictMath.log(2)));
      case LOG1P -> Elementwise.reciprocal(x.plus(1));
      case SIN -> Elementwise.cos(x);
      case COS -> Elementwise.sin(x).negate();
      case TANH -> y.plus(1).times(scalar(x, 1).minus(y));
      case SIGMOID -> y.times(scalar(x, 1).minus(y));
      case ERF -> Elementwise.exp(Elementwise.square(x).negate()).times(TWO_OVER_SQRT_PI);
      case ERFC -> Elementwise.exp(Elementwise.square(x).negate()).times(-TWO_OVER_SQRT_PI);
      case ERF_INV -> Elementwise.exp(Elementwise.square(y)).times(1 / TWO_OVER_SQRT_PI);
      case SILU -> {
        Array sigmoid = Elementwise.sigmoid(x);
        yield sigmoid.times(x.times(scalar(x, 1).minus(sigmoid)).plus(1));
      }
      case GELU -> {
        Array below = Elementwise.erfc(x.times(-SQRT_HALF)).times(0.5);
        Array density = Elementwise.exp(Elementwise.square(x).times(-0.5)).times(NORMAL_DENSITY);
        yield below.plus(x.times(density));
      }
      case GELU_TANH -> {
        Array clipped =
            Elementwise.clip(
                x, scalar(x, -ScalarDerivatives.FAR), scalar(x, ScalarDerivatives.FAR));
        Array square = Elementwise.square(clipped).times(SpecialFunctions.GELU_CUBIC);
        Array gate = clipped.times(square.plus(1).times(SpecialFunctions.GELU_SCALE));
        Array gateDerivative = square.times(3).plus(1).times(SpecialFunctions.GELU_SCALE);
        Array sigmoid = Elementwise.sigmoid(gate);
        Array sigmoidDerivative = sigmoid.times(scalar(x, 1).minus(sigmoid));
        yield sigmoid.plus(clipped.times(sigmoidDerivative).times(gateDerivative));
      }
      case SOFTPLUS -> Elementwise.sigmoid(x);
    };
  }

  private static Array scalar(Array x, double number) {
    return Array.scalar(number, x.dtype());
  }

  private Storage apply(Storage x) {
    Kernels kernels = KernelChoice.current().kernels();
    LongUnaryOperator ofLong = function.ofLong();
    int n = x.size();
    return x.mapped(
        n,
        (in, out) ->
            ParallelFor.run(
                n, function.cost(), (from, m) -> kernels.map(function, in, from, out, from, m)),
        (in, out) ->
            ParallelFor.run(
                n, DOUBLE_COST, (from, m) -> kernels.map(function, in, from, out, from, m)),
        (in, out) ->
            ParallelFor.eachRow(
                n, 1, LONG_COST, i -> out[i] = Objects.requireNonNull(ofLong).applyAsLong(in[i])));
  }
}
