package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.ErfInv;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.SpecialFunctions;
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

  /** A function of one float32. */
  interface FloatUnary {
    float apply(float x);
  }

  /** The functions, each in the types it is computed in. */
  enum Function {
    NEGATIVE("negative", x -> -x, x -> -x, x -> -x),
    ABS("abs", Math::abs, Math::abs, Math::abs),
    SIGN("sign", Math::signum, Math::signum, Long::signum),
    SQUARE("square", x -> x * x, x -> x * x, x -> x * x),
    RECIPROCAL("reciprocal", x -> 1 / x, x -> 1 / x),
    SQRT("sqrt", Polynomials::sqrt, Math::sqrt),
    RSQRT("rsqrt", Polynomials::rsqrt, x -> 1 / Math.sqrt(x)),
    CBRT("cbrt", Polynomials::cbrt, StrictMath::cbrt),
    EXP("exp", Polynomials::exp, StrictMath::exp),
    EXP2("exp2", Polynomials::exp2, x -> StrictMath.pow(2, x)),
    EXPM1("expm1", Polynomials::expm1, StrictMath::expm1),
    LOG("log", Polynomials::log, StrictMath::log),
    LOG2("log2", Polynomials::log2, x -> StrictMath.log(x) / StrictMath.log(2)),
    LOG1P("log1p", Polynomials::log1p, StrictMath::log1p),
    SIN("sin", Polynomials::sin, StrictMath::sin),
    COS("cos", Polynomials::cos, StrictMath::cos),
    TANH("tanh", Polynomials::tanh, StrictMath::tanh),
    SIGMOID("sigmoid", Polynomials::sigmoid, SpecialFunctions::sigmoid),
    ERF("erf", Polynomials::erf, SpecialFunctions::erf),
    ERFC("erfc", Polynomials::erfc, SpecialFunctions::erfc),
    ERF_INV("erf_inv", ErfInv::erfInv, ErfInv::erfInv),
    RELU("relu", x -> Math.max(x, 0), x -> Math.max(x, 0), x -> Math.max(x, 0)),
    SILU("silu", Polynomials::silu, x -> x * SpecialFunctions.sigmoid(x)),
    GELU("gelu", x -> (float) SpecialFunctions.gelu(x), SpecialFunctions::gelu),
    GELU_TANH(
        "gelu",
        Polynomials::geluTanh,
        x -> x * SpecialFunctions.sigmoid(SpecialFunctions.geluGate(x))),
    SOFTPLUS("softplus", x -> (float) SpecialFunctions.softplus(x), SpecialFunctions::softplus),
    FLOOR("floor", x -> (float) Math.floor(x), Math::floor, x -> x),
    CEIL("ceil", x -> (float) Math.ceil(x), Math::ceil, x -> x),
    ROUND("round", x -> (float) Math.rint(x), Math::rint, x -> x);

    private final String label;
    private final FloatUnary ofFloat;
    private final DoubleUnaryOperator ofDouble;
    private final @Nullable LongUnaryOperator ofLong;

    Function(String label, FloatUnary ofFloat, DoubleUnaryOperator ofDouble) {
      this(label, ofFloat, ofDouble, null);
    }

    Function(
        String label,
        FloatUnary ofFloat,
        DoubleUnaryOperator ofDouble,
        @Nullable LongUnaryOperator ofLong) {
      this.label = label;
      this.ofFloat = ofFloat;
      this.ofDouble = ofDouble;
      this.ofLong = ofLong;
    }

    private Storage apply(Storage x) {
      int n = x.size();
      if (x.dtype() == DType.FLOAT64) {
        double[] in = x.doubles();
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
          out[i] = ofDouble.applyAsDouble(in[i]);
        }
        return new Storage.F64(out);
      }
      if (x.dtype().isFloating()) {
        float[] in = x.floats();
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
          out[i] = ofFloat.apply(in[i]);
        }
        return Storage.ofFloats(x.dtype(), out);
      }
      if (ofLong == null) {
        throw new IllegalStateException(label + ": not converted to floating point: " + x.dtype());
      }
      long[] in = x.longs();
      long[] out = new long[n];
      for (int i = 0; i < n; i++) {
        out[i] = ofLong.applyAsLong(in[i]);
      }
      return Storage.ofLongs(x.dtype(), out);
    }
  }
}
