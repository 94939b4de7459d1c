package dev.heddle.kernel;

/**
 * The float32 functions of {@link ElementKernels#map}, with the bits of {@link Polynomials}, {@link
 * ErfInv} and IEEE operations.
 */
public enum UnaryFunction {
  /** -x. */
  NEGATIVE(Cost.CHEAP),
  /** |x|. */
  ABS(Cost.CHEAP),
  /** -1, 0 or 1; zeros keep their sign. */
  SIGN(Cost.CHEAP),
  /** x * x. */
  SQUARE(Cost.CHEAP),
  /** 1 / x. */
  RECIPROCAL(Cost.CHEAP),
  /** {@link Polynomials#sqrt}. */
  SQRT(Cost.CHEAP),
  /** {@link Polynomials#rsqrt}. */
  RSQRT(Cost.FLOAT),
  /** {@link Polynomials#cbrt}. */
  CBRT(Cost.DOUBLE),
  /** {@link Polynomials#exp}. */
  EXP(Cost.FLOAT),
  /** {@link Polynomials#exp2}. */
  EXP2(Cost.DOUBLE),
  /** {@link Polynomials#expm1}. */
  EXPM1(Cost.DOUBLE),
  /** {@link Polynomials#log}. */
  LOG(Cost.FLOAT),
  /** {@link Polynomials#log2}. */
  LOG2(Cost.DOUBLE),
  /** {@link Polynomials#log1p}. */
  LOG1P(Cost.DOUBLE),
  /** {@link Polynomials#sin}. */
  SIN(Cost.DOUBLE),
  /** {@link Polynomials#cos}. */
  COS(Cost.DOUBLE),
  /** {@link Polynomials#tanh}. */
  TANH(Cost.DOUBLE),
  /** {@link Polynomials#sigmoid}. */
  SIGMOID(Cost.DOUBLE),
  /** {@link Polynomials#erf}. */
  ERF(Cost.DOUBLE),
  /** {@link Polynomials#erfc}. */
  ERFC(Cost.DOUBLE),
  /** {@link ErfInv#erfInv(float)}. */
  ERF_INV(Cost.DOUBLE),
  /** max(x, 0), NaN for NaN. */
  RELU(Cost.CHEAP),
  /** {@link Polynomials#silu}. */
  SILU(Cost.DOUBLE),
  /** {@link Polynomials#gelu}. */
  GELU(Cost.DOUBLE),
  /** {@link Polynomials#geluDerivative}. */
  GELU_DERIVATIVE(Cost.DOUBLE),
  /** {@link Polynomials#geluTanh}. */
  GELU_TANH(Cost.DOUBLE),
  /** {@link Polynomials#softplus}. */
  SOFTPLUS(Cost.DOUBLE),
  /** The integer at or below x. */
  FLOOR(Cost.CHEAP),
  /** The integer at or above x. */
  CEIL(Cost.CHEAP),
  /** The nearest integer, the even one of two. */
  ROUND(Cost.CHEAP);

  private final int cost;

  UnaryFunction(int cost) {
    this.cost = cost;
  }

  /** Approximate cost of one element, in multiply-adds of a matrix product. */
  public int cost() {
    return cost;
  }

  private static final class Cost {
    static final int CHEAP = 16;
    static final int FLOAT = 48;
    static final int DOUBLE = 160;
  }
}
