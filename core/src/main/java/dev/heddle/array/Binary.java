package dev.heddle.array;

import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.SpecialFunctions;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An elementwise function of two arrays, which broadcast. Both have been converted to their common
 * type.
 */
record Binary(Function function) implements Op {
  private static final int COST = 16;
  private static final int POWER_COST = 300;

  static Array of(Function function, Array x, Array y) {
    DType dtype = DType.promote(x.dtype(), y.dtype());
    if (dtype == DType.BOOL && function.forbidsBool) {
      throw new IllegalArgumentException(
          function.label
              + ": expected numbers, got bool and bool; use Compare's logical functions");
    }
    if (function.ofLong == null && !dtype.isFloating()) {
      dtype = DType.FLOAT32;
    }
    return Op.run(new Binary(function), Cast.astype(x, dtype), Cast.astype(y, dtype));
  }

  @Override
  public String name() {
    return function.label;
  }

  @Override
  public Array forward(List<Array> inputs) {
    Array x = inputs.get(0);
    Array y = inputs.get(1);
    Shape shape = StridedIterator.broadcast(name(), x.shape(), y.shape());
    DType dtype = x.dtype();
    StridedIterator.Row row;
    Storage out;
    if (dtype == DType.FLOAT64) {
      double[] a = x.storage().doubles();
      double[] b = y.storage().doubles();
      double[] c = new double[shape.size()];
      out = new Storage.F64(c);
      row =
          (o, i, si, j, sj, m) -> {
            for (int k = 0; k < m; k++) {
              c[o + k] = function.ofDouble.applyAsDouble(a[i + k * si], b[j + k * sj]);
            }
          };
    } else if (dtype.isFloating()) {
      float[] a = x.storage().floats();
      float[] b = y.storage().floats();
      float[] c = new float[shape.size()];
      out = new Storage.F32(c);
      row = (o, i, si, j, sj, m) -> floats(c, o, a, i, si, b, j, sj, m);
    } else {
      LongBinaryOperator ofLong = integerFunction(dtype);
      long[] a = x.storage().longs();
      long[] b = y.storage().longs();
      long[] c = new long[shape.size()];
      out = new Storage.I64(c);
      row =
          (o, i, si, j, sj, m) -> {
            for (int k = 0; k < m; k++) {
              c[o + k] = ofLong.applyAsLong(a[i + k * si], b[j + k * sj]);
            }
          };
    }
    StridedIterator.rows(shape, x.shape(), y.shape(), cost(), row);
    return Array.wrap(out.to(dtype), shape);
  }

  private LongBinaryOperator integerFunction(DType dtype) {
    boolean signed = dtype == DType.INT32 || dtype == DType.INT64;
    LongBinaryOperator ofLong =
        function == Function.FLOOR_DIVIDE && signed ? Function::signedFloorDivide : function.ofLong;
    if (ofLong == null) {
      throw new IllegalStateException(name() + ": expected a floating-point type, got " + dtype);
    }
    return ofLong;
  }

  @Override
  public List<@Nullable Array> vjp(VjpContext call, Array g) {
    Array x = call.input(0);
    Array y = call.input(1);
    Array out = call.output();
    return switch (function) {
      case ADD -> Gradients.two(call, () -> g, () -> g);
      case SUBTRACT -> Gradients.two(call, () -> g, g::negate);
      case MULTIPLY -> Gradients.two(call, () -> g.times(y), () -> g.times(x));
      case DIVIDE ->
          Gradients.two(call, () -> g.dividedBy(y), () -> g.dividedBy(y).times(out).negate());
      case FLOOR_DIVIDE -> Gradients.none(2);
      case REMAINDER ->
          Gradients.two(call, () -> g, () -> g.times(Elementwise.floorDivide(x, y)).negate());
      case POWER -> Gradients.two(call, () -> byBase(x, y, g), () -> byExponent(x, out, g));
      case MAXIMUM, MINIMUM ->
          Gradients.two(call, () -> selected(x, y, out, g), () -> selected(y, x, out, g));
    };
  }

  /** y x^(y - 1), and 0 for y = 0 even where x is 0. */
  private static Array byBase(Array x, Array y, Array g) {
    Array isZero = Compare.equal(y, Array.scalar(0, y.dtype()));
    Array derivative = y.times(Elementwise.power(x, Where.where(isZero, y, y.minus(1))));
    return g.times(Where.where(isZero, Array.scalar(0, y.dtype()), derivative));
  }

  /** log(x) x^y, with log(0) taken for 0. */
  private static Array byExponent(Array x, Array out, Array g) {
    Array isZero = Compare.equal(x, Array.scalar(0, x.dtype()));
    Array log = Elementwise.log(Where.where(isZero, Array.scalar(1, x.dtype()), x));
    return g.times(log.times(out));
  }

  /** The cotangent where x was selected, half of it where x and y are equal, else 0. */
  private static Array selected(Array x, Array y, Array out, Array g) {
    Array half = g.times(0.5);
    Array share = Where.where(Compare.equal(y, out), half, g);
    return Where.where(Compare.equal(x, out), share, 0);
  }

  private int cost() {
    return function == Function.POWER ? POWER_COST : COST;
  }

  private void floats(
      float[] out, int o, float[] a, int i, int si, float[] b, int j, int sj, int m) {
    boolean isArithmetic = BinaryLoops.has(function);
    if (isArithmetic && si == 1 && sj == 1) {
      BinaryLoops.rows(function, out, o, a, i, b, j, m);
    } else if (isArithmetic && si == 1 && sj == 0) {
      BinaryLoops.rowAndScalar(function, out, o, a, i, b[j], m);
    } else if (isArithmetic && si == 0 && sj == 1) {
      BinaryLoops.scalarAndRow(function, out, o, a[i], b, j, m);
    } else {
      for (int k = 0; k < m; k++) {
        out[o + k] = function.ofFloat.apply(a[i + k * si], b[j + k * sj]);
      }
    }
  }

  /** A function of two float32. */
  interface FloatBinary {
    float apply(float x, float y);
  }

  /** The functions, each for every type it is computed in. */
  enum Function {
    ADD("add", (x, y) -> x + y, (x, y) -> x + y, (x, y) -> x + y, false),
    SUBTRACT("subtract", (x, y) -> x - y, (x, y) -> x - y, (x, y) -> x - y, true),
    MULTIPLY("multiply", (x, y) -> x * y, (x, y) -> x * y, (x, y) -> x * y, false),
    DIVIDE("divide", (x, y) -> x / y, (x, y) -> x / y, null, false),
    FLOOR_DIVIDE(
        "floor_divide",
        (x, y) -> (float) floorDivide(x, y, (x - x % y) / y),
        (x, y) -> floorDivide(x, y, (x - x % y) / y),
        (x, y) -> y == 0 ? -1 : Math.floorDiv(x, y),
        true),
    REMAINDER(
        "remainder",
        (x, y) -> (float) remainder(x, y),
        Function::remainder,
        (x, y) -> y == 0 ? 0 : Math.floorMod(x, y),
        true),
    POWER("power", Polynomials::pow, SpecialFunctions::pow, Function::integerPower, true),
    MAXIMUM("maximum", Math::max, Math::max, Math::max, false),
    MINIMUM("minimum", Math::min, Math::min, Math::min, false);

    private final String label;
    private final FloatBinary ofFloat;
    private final DoubleBinaryOperator ofDouble;
    private final @Nullable LongBinaryOperator ofLong;
    private final boolean forbidsBool;

    Function(
        String label,
        FloatBinary ofFloat,
        DoubleBinaryOperator ofDouble,
        @Nullable LongBinaryOperator ofLong,
        boolean forbidsBool) {
      this.label = label;
      this.ofFloat = ofFloat;
      this.ofDouble = ofDouble;
      this.ofLong = ofLong;
      this.forbidsBool = forbidsBool;
    }

    private static double floorDivide(double x, double y, double quotient) {
      double rest = x % y;
      boolean down = rest != 0 && (rest < 0) != (y < 0);
      return y == 0 ? x / y : Math.rint(down ? quotient - 1 : quotient);
    }

    /** For y = 0 XLA's quotient of -1, which JAX rounds down to -2 unless x is 0. */
    private static long signedFloorDivide(long x, long y) {
      return y == 0 ? (x == 0 ? -1 : -2) : Math.floorDiv(x, y);
    }

    private static double remainder(double x, double y) {
      double rest = x % y;
      return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
    }

    /** Repeated squaring, wrapping; for a negative power 1 / x^-y, truncated. */
    private static long integerPower(long x, long y) {
      if (y < 0) {
        return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
      }
      long result = 1;
      long base = x;
      for (long exponent = y; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) != 0) {
          result *= base;
        }
        base *= base;
      }
      return result;
    }
  }
}
