package dev.heddle.array;

import dev.heddle.kernel.ErfInv;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.ScalarDerivatives;
import dev.heddle.kernel.SpecialFunctions;
import dev.heddle.kernel.UnaryFunction;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An elementwise function of one array.
 *
 * <p>float32 uses {@link Polynomials}, float64 {@link StrictMath}; 16-bit floats are computed in
 * float32 and rounded once. Integers keep their type if the function is defined for integers,
 * otherwise they become float32 first.
 */
record Unary(Function function) implements Op {
  private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;
  private static final double SQRT_HALF = 0.7071067811865476;
  private static final double NORMAL_DENSITY = 0.3989422804014327; // 1 / sqrt(2 pi)

  static Array of(Function function, Array x) {
    DType dtype = x.dtype();
    if (dtype == DType.BOOL && function == Function.NEGATIVE) {
      throw new IllegalArgumentException(
          "negative: expected numbers, got bool; use Compare.logicalNot");
    }
    boolean keepsType = dtype.isFloating() || (function.ofLong != null && dtype.isInteger());
    return Op.run(new Unary(function), keepsType ? x : Cast.astype(x, DType.FLOAT32));
  }

  @Override
  public String name() {
    return function.label;
  }

  @Override
  public Array forward(List<Array> inputs) {
    Array x = inputs.getFirst();
    return Array.wrap(function.apply(x.storage()), x.shape());
  }

  @Override
  public List<@Nullable Array> vjp(VjpContext call, Array g) {
    Array x = call.input(0);
    if (!call.isNested() && ActivationGradient.has(function, x.dtype())) {
      return List.of(ActivationGradient.times(function, x, g));
    }
    if (function == Function.ABS || function == Function.RELU) {
      boolean isAbs = function == Function.ABS;
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
      case ABS, RELU -> throw new IllegalStateException(name()); // handled in vjp
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

  /** The functions, each for every type it is computed in. */
  enum Function {
    NEGATIVE("negative", UnaryFunction.NEGATIVE, x -> -x, x -> -x),
    ABS("abs", UnaryFunction.ABS, Math::abs, Math::abs),
    SIGN("sign", UnaryFunction.SIGN, Math::signum, Long::signum),
    SQUARE("square", UnaryFunction.SQUARE, x -> x * x, x -> x * x),
    RECIPROCAL("reciprocal", UnaryFunction.RECIPROCAL, x -> 1 / x),
    SQRT("sqrt", UnaryFunction.SQRT, Math::sqrt),
    RSQRT("rsqrt", UnaryFunction.RSQRT, x -> 1 / Math.sqrt(x)),
    CBRT("cbrt", UnaryFunction.CBRT, StrictMath::cbrt),
    EXP("exp", UnaryFunction.EXP, StrictMath::exp),
    EXP2("exp2", UnaryFunction.EXP2, x -> StrictMath.pow(2, x)),
    EXPM1("expm1", UnaryFunction.EXPM1, StrictMath::expm1),
    LOG("log", UnaryFunction.LOG, StrictMath::log),
    LOG2("log2", UnaryFunction.LOG2, x -> StrictMath.log(x) / StrictMath.log(2)),
    LOG1P("log1p", UnaryFunction.LOG1P, StrictMath::log1p),
    SIN("sin", UnaryFunction.SIN, StrictMath::sin),
    COS("cos", UnaryFunction.COS, StrictMath::cos),
    TANH("tanh", UnaryFunction.TANH, StrictMath::tanh),
    SIGMOID("sigmoid", UnaryFunction.SIGMOID, SpecialFunctions::sigmoid),
    ERF("erf", UnaryFunction.ERF, SpecialFunctions::erf),
    ERFC("erfc", UnaryFunction.ERFC, SpecialFunctions::erfc),
    ERF_INV("erf_inv", UnaryFunction.ERF_INV, ErfInv::erfInv),
    RELU("relu", UnaryFunction.RELU, x -> Math.max(x, 0), x -> Math.max(x, 0)),
    SILU("silu", UnaryFunction.SILU, x -> x * SpecialFunctions.sigmoid(x)),
    GELU("gelu", UnaryFunction.GELU, SpecialFunctions::gelu),
    GELU_TANH(
        "gelu",
        UnaryFunction.GELU_TANH,
        x -> x * SpecialFunctions.sigmoid(SpecialFunctions.geluGate(x))),
    SOFTPLUS("softplus", UnaryFunction.SOFTPLUS, SpecialFunctions::softplus),
    FLOOR("floor", UnaryFunction.FLOOR, Math::floor, x -> x),
    CEIL("ceil", UnaryFunction.CEIL, Math::ceil, x -> x),
    ROUND("round", UnaryFunction.ROUND, Math::rint, x -> x);

    private static final int DOUBLE_COST = 2000; // mostly StrictMath
    private static final int LONG_COST = 32;

    private final String label;
    private final UnaryFunction ofFloat;
    private final DoubleUnaryOperator ofDouble;
    private final @Nullable LongUnaryOperator ofLong;

    Function(String label, UnaryFunction ofFloat, DoubleUnaryOperator ofDouble) {
      this(label, ofFloat, ofDouble, null);
    }

    Function(
        String label,
        UnaryFunction ofFloat,
        DoubleUnaryOperator ofDouble,
        @Nullable LongUnaryOperator ofLong) {
      this.label = label;
      this.ofFloat = ofFloat;
      this.ofDouble = ofDouble;
      this.ofLong = ofLong;
    }

    private Storage apply(Storage x) {
      if (x.dtype() == DType.FLOAT64) {
        return new Storage.F64(apply(x.doubles()));
      }
      if (x.dtype().isFloating()) {
        return Storage.ofFloats(x.dtype(), apply(x.floats()));
      }
      if (ofLong == null) {
        throw new IllegalStateException(
            label + ": expected a floating-point type, got " + x.dtype());
      }
      return Storage.ofLongs(x.dtype(), apply(x.longs(), ofLong));
    }

    private double[] apply(double[] in) {
      double[] out = new double[in.length];
      ParallelFor.run(
          in.length,
          DOUBLE_COST,
          (from, count) -> {
            for (int i = from; i < from + count; i++) {
              out[i] = ofDouble.applyAsDouble(in[i]);
            }
          });
      return out;
    }

    private float[] apply(float[] in) {
      Kernels kernels = KernelChoice.current().kernels();
      float[] out = new float[in.length];
      ParallelFor.run(
          in.length,
          ofFloat.cost(),
          (from, count) -> kernels.map(ofFloat, in, from, out, from, count));
      return out;
    }

    private static long[] apply(long[] in, LongUnaryOperator function) {
      long[] out = new long[in.length];
      ParallelFor.run(
          in.length,
          LONG_COST,
          (from, count) -> {
            for (int i = from; i < from + count; i++) {
              out[i] = function.applyAsLong(in[i]);
            }
          });
      return out;
    }
  }
}
