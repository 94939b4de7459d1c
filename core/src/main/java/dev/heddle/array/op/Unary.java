package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.ErfInv;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.SpecialFunctions;
import dev.heddle.kernel.Stretches;
import dev.heddle.kernel.UnaryFunction;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A function of each element alone.
 *
 * <p>float32 goes through {@link Polynomials}, float64 through {@link StrictMath}; 16-bit floats
 * are computed in float32 and rounded once. Integers keep their type where the function has a value
 * for them, otherwise they become float32 first.
 */
record Unary(Function function) implements Op {

  static Array of(Function function, Array x) {
    DType dtype = x.dtype();
    if (dtype == DType.BOOL && function == Function.NEGATIVE) {
      throw new IllegalArgumentException(
          "negative: expected numbers, got bool; for \"not\" there is Compare.logicalNot");
    }
    boolean kept = dtype.isFloating() || (function.ofLong != null && dtype.isInteger());
    return Op.run(new Unary(function), kept ? x : Cast.astype(x, DType.FLOAT32));
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

  /** The functions, each in the types it is computed in. */
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

    private static final int DOUBLE_COST = 2000; // StrictMath, mostly
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
        throw new IllegalStateException(label + ": not converted to floating point: " + x.dtype());
      }
      return Storage.ofLongs(x.dtype(), apply(x.longs(), ofLong));
    }

    private double[] apply(double[] in) {
      double[] out = new double[in.length];
      Stretches.run(
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
      Stretches.run(
          in.length,
          ofFloat.cost(),
          (from, count) -> kernels.map(ofFloat, in, from, out, from, count));
      return out;
    }

    private static long[] apply(long[] in, LongUnaryOperator function) {
      long[] out = new long[in.length];
      Stretches.run(
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
