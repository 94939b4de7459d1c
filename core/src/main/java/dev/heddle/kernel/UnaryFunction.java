package dev.heddle.kernel;

import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The elementwise functions of one operand. Those of float32 are {@link ElementKernels#map}, with
 * the bits of {@link Polynomials}, {@link ErfInv} and IEEE operations.
 */
public enum UnaryFunction {
  /** -x. */
  NEGATIVE(Cost.CHEAP, x -> -x, x -> -x),
  /** |x|. */
  ABS(Cost.CHEAP, Math::abs, Math::abs),
  /** -1, 0 or 1; zeros keep their sign. */
  SIGN(Cost.CHEAP, Math::signum, Long::signum),
  /** x * x. */
  SQUARE(Cost.CHEAP, x -> x * x, x -> x * x),
  /** 1 / x. */
  RECIPROCAL(Cost.CHEAP, x -> 1 / x),
  /** {@link Polynomials#sqrt}. */
  SQRT(Cost.CHEAP, Math::sqrt),
  /** {@link Polynomials#rsqrt}. */
  RSQRT(Cost.FLOAT, x -> 1 / Math.sqrt(x)),
  /** {@link Polynomials#cbrt}. */
  CBRT(Cost.DOUBLE, StrictMath::cbrt),
  /** {@link Polynomials#exp}. */
  EXP(Cost.FLOAT, StrictMath::exp),
  /** {@link Polynomials#exp2}. */
  EXP2(Cost.DOUBLE, x -> StrictMath.pow(2, x)),
  /** {@link Polynomials#expm1}. */
  EXPM1(Cost.DOUBLE, StrictMath::expm1),
  /** {@link Polynomials#log}. */
  LOG(Cost.FLOAT, StrictMath::log),
  /** {@link Polynomials#log2}. */
  LOG2(Cost.DOUBLE, x -> StrictMath.log(x) / StrictMath.log(2)),
  /** {@link Polynomials#log1p}. */
  LOG1P(Cost.DOUBLE, StrictMath::log1p),
  /** {@link Polynomials#sin}. */
  SIN(Cost.DOUBLE, StrictMath::sin),
  /** {@link Polynomials#cos}. */
  COS(Cost.DOUBLE, StrictMath::cos),
  /** {@link Polynomials#tanh}. */
  TANH(Cost.DOUBLE, StrictMath::tanh),
  /** {@link Polynomials#sigmoid}. */
  SIGMOID(Cost.DOUBLE, SpecialFunctions::sigmoid),
  /** {@link Polynomials#erf}. */
  ERF(Cost.DOUBLE, SpecialFunctions::erf),
  /** {@link Polynomials#erfc}. */
  ERFC(Cost.DOUBLE, SpecialFunctions::erfc),
  /** {@link ErfInv#erfInv(float)}. */
  ERF_INV(Cost.DOUBLE, ErfInv::erfInv),
  /** max(x, 0), NaN for NaN. */
  RELU(Cost.CHEAP, x -> Math.max(x, 0), x -> Math.max(x, 0)),
  /** {@link Polynomials#silu}. */
  SILU(Cost.DOUBLE, x -> x * SpecialFunctions.sigmoid(x)),
  /** {@link Polynomials#gelu}. */
  GELU(Cost.DOUBLE, SpecialFunctions::gelu),
  /** {@link Polynomials#geluDerivative}. */
  GELU_DERIVATIVE(Cost.DOUBLE),
  /** {@link Polynomials#geluTanh}. */
  GELU_TANH(Cost.DOUBLE, x -> x * SpecialFunctions.sigmoid(SpecialFunctions.geluGate(x))),
  /** {@link Polynomials#softplus}. */
  SOFTPLUS(Cost.DOUBLE, SpecialFunctions::softplus),
  /** The integer at or below x. */
  FLOOR(Cost.CHEAP, Math::floor, x -> x),
  /** The integer at or above x. */
  CEIL(Cost.CHEAP, Math::ceil, x -> x),
  /** The nearest integer, the even one of two. */
  ROUND(Cost.CHEAP, Math::rint, x -> x);

  private final String label = name().replace("_TANH", "").toLowerCase(Locale.ROOT);
  private final int cost;
  private final DoubleUnaryOperator ofDouble;
  private final @Nullable LongUnaryOperator ofLong;

  UnaryFunction(int cost) {
    this(
        cost,
        x -> {
          throw new UnsupportedOperationException("a function of float32 alone");
        });
  }

  UnaryFunction(int cost, DoubleUnaryOperator ofDouble) {
    this(cost, ofDouble, null);
  }

  UnaryFunction(int cost, DoubleUnaryOperator ofDouble, @Nullable LongUnaryOperator ofLong) {
    this.cost = cost;
    this.ofDouble = ofDouble;
    this.ofLong = ofLong;
  }

  /** The name of the operation on arrays, as in JAX. */
  public String label() {
    return label;
  }

  /** Approximate cost of one element of float32, in multiply-adds of a matrix product. */
  public int cost() {
    return cost;
  }

  /** The function of float64, with {@link StrictMath}. */
  public DoubleUnaryOperator ofDouble() {
    return ofDouble;
  }

  /** The function of integers, wrapping; null if it is not defined for them. */
  public @Nullable LongUnaryOperator ofLong() {
    return ofLong;
  }

  private static final class Cost {
    static final int CHEAP = 16;
    static final int FLOAT = 48;
    static final int DOUBLE = 160;
  }
}
