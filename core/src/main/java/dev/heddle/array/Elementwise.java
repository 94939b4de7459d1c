package dev.heddle.array;

import dev.heddle.array.Binary.Function;
import dev.heddle.kernel.UnaryFunction;

/**
 * Elementwise arithmetic and elementary functions, with NumPy's broadcasting.
 *
 * <p>Two arrays are converted to their common type first ({@link dev.heddle.array.DType#promote}).
 * 16-bit floats are computed in float32 and each function rounds once. Integers wrap; for functions
 * without integer results they become float32. All methods throw {@code IllegalArgumentException}
 * for shapes that do not broadcast.
 */
public final class Elementwise {
  private Elementwise() {}

  /** x + y, {@code jnp.add}; logical or for bool. */
  public static Array add(Array x, Array y) {
    return Binary.of(Function.ADD, x, y);
  }

  /** x - y, {@code jnp.subtract}; not for bool. */
  public static Array subtract(Array x, Array y) {
    return Binary.of(Function.SUBTRACT, x, y);
  }

  /** x * y, {@code jnp.multiply}; logical and for bool. */
  public static Array multiply(Array x, Array y) {
    return Binary.of(Function.MULTIPLY, x, y);
  }

  /** x / y, {@code jnp.divide}; integers give float32. */
  public static Array divide(Array x, Array y) {
    return Binary.of(Function.DIVIDE, x, y);
  }

  /**
   * x / y rounded down, {@code jnp.floor_divide}. An integer divided by 0 gives, as in JAX on a
   * CPU, all bits set if unsigned, -1 for a signed 0, and -2 for other signed integers.
   */
  public static Array floorDivide(Array x, Array y) {
    return Binary.of(Function.FLOOR_DIVIDE, x, y);
  }

  /**
   * The remainder of {@link #floorDivide}, with the sign of y, {@code jnp.remainder}; 0 for an
   * integer divided by 0.
   */
  public static Array remainder(Array x, Array y) {
    return Binary.of(Function.REMAINDER, x, y);
  }

  /** x to the power of y, {@code jnp.power}; truncated for integers to a negative power. */
  public static Array power(Array x, Array y) {
    return Binary.of(Function.POWER, x, y);
  }

  /** The larger one, NaN if either is, {@code jnp.maximum}. */
  public static Array maximum(Array x, Array y) {
    return Binary.of(Function.MAXIMUM, x, y);
  }

  /** The smaller one, NaN if either is, {@code jnp.minimum}. */
  public static Array minimum(Array x, Array y) {
    return Binary.of(Function.MINIMUM, x, y);
  }

  /** min(max(x, low), high), {@code jnp.clip}. */
  public static Array clip(Array x, Array low, Array high) {
    return minimum(maximum(x, low), high);
  }

  /** -x; not for bool. */
  public static Array negative(Array x) {
    return Unary.of(UnaryFunction.NEGATIVE, x);
  }

  /** |x|. */
  public static Array abs(Array x) {
    return Unary.of(UnaryFunction.ABS, x);
  }

  /** -1, 0 or 1; NaN for NaN. */
  public static Array sign(Array x) {
    return Unary.of(UnaryFunction.SIGN, x);
  }

  /** x * x. */
  public static Array square(Array x) {
    return Unary.of(UnaryFunction.SQUARE, x);
  }

  /** 1 / x. */
  public static Array reciprocal(Array x) {
    return Unary.of(UnaryFunction.RECIPROCAL, x);
  }

  /** The square root, correctly rounded. */
  public static Array sqrt(Array x) {
    return Unary.of(UnaryFunction.SQRT, x);
  }

  /** 1 / sqrt(x), {@code lax.rsqrt}: root and quotient in float64, rounded once. */
  public static Array rsqrt(Array x) {
    return Unary.of(UnaryFunction.RSQRT, x);
  }

  /** The cube root. */
  public static Array cbrt(Array x) {
    return Unary.of(UnaryFunction.CBRT, x);
  }

  /** e to the power of x; exactly 0 in float32 for x at most -104. */
  public static Array exp(Array x) {
    return Unary.of(UnaryFunction.EXP, x);
  }

  /** 2 to the power of x. */
  public static Array exp2(Array x) {
    return Unary.of(UnaryFunction.EXP2, x);
  }

  /** exp(x) - 1, accurate near 0. */
  public static Array expm1(Array x) {
    return Unary.of(UnaryFunction.EXPM1, x);
  }

  /** The natural logarithm. */
  public static Array log(Array x) {
    return Unary.of(UnaryFunction.LOG, x);
  }

  /** The logarithm to base 2. */
  public static Array log2(Array x) {
    return Unary.of(UnaryFunction.LOG2, x);
  }

  /** log(1 + x), accurate near 0. */
  public static Array log1p(Array x) {
    return Unary.of(UnaryFunction.LOG1P, x);
  }

  /** The sine. */
  public static Array sin(Array x) {
    return Unary.of(UnaryFunction.SIN, x);
  }

  /** The cosine. */
  public static Array cos(Array x) {
    return Unary.of(UnaryFunction.COS, x);
  }

  /** The hyperbolic tangent. */
  public static Array tanh(Array x) {
    return Unary.of(UnaryFunction.TANH, x);
  }

  /** 1 / (1 + exp(-x)), {@code jax.nn.sigmoid}. */
  public static Array sigmoid(Array x) {
    return Unary.of(UnaryFunction.SIGMOID, x);
  }

  /** The error function, {@code lax.erf}. */
  public static Array erf(Array x) {
    return Unary.of(UnaryFunction.ERF, x);
  }

  /** 1 - erf(x), accurate in the tail, {@code lax.erfc}. */
  public static Array erfc(Array x) {
    return Unary.of(UnaryFunction.ERFC, x);
  }

  /** The inverse of {@link #erf}, {@code lax.erf_inv}, with XLA's bits in float32. */
  public static Array erfInv(Array x) {
    return Unary.of(UnaryFunction.ERF_INV, x);
  }

  /** max(x, 0), {@code jax.nn.relu}. */
  public static Array relu(Array x) {
    return Unary.of(UnaryFunction.RELU, x);
  }

  /** x * sigmoid(x), {@code jax.nn.silu}, rounded once. */
  public static Array silu(Array x) {
    return Unary.of(UnaryFunction.SILU, x);
  }

  /**
   * JAX's default {@code jax.nn.gelu}, with tanh: x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2,
   * rounded once.
   */
  public static Array gelu(Array x) {
    return Unary.of(UnaryFunction.GELU_TANH, x);
  }

  /** {@code jax.nn.gelu(x, approximate=False)}: x (1 + erf(x / sqrt 2)) / 2, rounded once. */
  public static Array geluExact(Array x) {
    return Unary.of(UnaryFunction.GELU, x);
  }

  /** log(1 + exp(x)), {@code jax.nn.softplus}, rounded once. */
  public static Array softplus(Array x) {
    return Unary.of(UnaryFunction.SOFTPLUS, x);
  }

  /** The largest integer not above x. */
  public static Array floor(Array x) {
    return Unary.of(UnaryFunction.FLOOR, x);
  }

  /** The smallest integer not below x. */
  public static Array ceil(Array x) {
    return Unary.of(UnaryFunction.CEIL, x);
  }

  /** The nearest integer, ties to even. */
  public static Array round(Array x) {
    return Unary.of(UnaryFunction.ROUND, x);
  }
}
