package dev.heddle.simd;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes {@link WideFunctions}. No vector is passed in a call (docs/kernels.md), so each method
 * repeats the polynomials that it uses; here they are written once, as macros: {@code @name} or
 * {@code @name(arguments)}.
 */
enum WideFunctionSource {
  EXPM1(
      """
      @load
      DoubleVector t = w;
      @expm1
      FloatVector y = (FloatVector) e.castShape(F, 0);
      y.blend(x, x.compare(VectorOperators.EQ, 0)).intoArray(out, at + i, LOWER);
      """),

  LOG1P(
      """
      @load
      LongVector bits = w.add(ONE).reinterpretAsLongs();
      @exponent
      LongVector mantissa = bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS));
      VectorMask<Double> same = exponent.compare(VectorOperators.EQ, 0).cast(D);
      DoubleVector f = mantissa.reinterpretAsDoubles().sub(ONE).blend(w, same);
      @whole
      @logarithm(p)
      FloatVector y = (FloatVector) whole.mul(LN2).add(p).castShape(F, 0);
      VectorMask<Float> finite = x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY);
      y = x.blend(y, finite).blend(Float.NaN, x.compare(VectorOperators.LT, -1));
      y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1));
      y.blend(x, x.compare(VectorOperators.EQ, 0)).intoArray(out, at + i, LOWER);
      """),

  TANH(
      """
      @load
      w = w.abs();
      w = w.blend(TANH_ONE, w.compare(VectorOperators.GT, TANH_ONE));
      DoubleVector t = w.mul(TWO);
      @expm1
      FloatVector y = (FloatVector) e.div(e.add(TWO)).castShape(F, 0);
      @storeWithSign
      """),

  SIGMOID(
      """
      @load
      DoubleVector t = w.neg();
      @expm1
      ((FloatVector) ONE.div(e.add(TWO)).castShape(F, 0)).intoArray(out, at + i, LOWER);
      """),

  ERF(
      """
      @load
      w = w.abs();
      w = w.blend(ERF_ONE, w.compare(VectorOperators.GT, ERF_ONE));
      @polynomial(polynomial, w, ERF, 12)
      DoubleVector t = w.neg().mul(polynomial);
      @expm1
      FloatVector y = (FloatVector) e.neg().castShape(F, 0);
      @storeWithSign
      """),

  SILU(
      """
      @load
      DoubleVector t = w.neg();
      @expm1
      @storeGated
      """),

  GELU_TANH(
      """
      @load
      DoubleVector gate = w.add(w.mul(TANH_CUBIC).mul(w).mul(w)).mul(TANH_SCALE);
      DoubleVector t = gate.neg();
      @expm1
      @storeGated
      """),

  EXP2(
      """
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      DoubleVector t = (DoubleVector) x.castShape(D, 0);
      t = t.blend(MAX_EXPONENT_OF_2, t.compare(VectorOperators.GT, MAX_EXPONENT_OF_2));
      t = t.blend(MIN_EXPONENT_OF_2, t.compare(VectorOperators.LT, MIN_EXPONENT_OF_2));
      DoubleVector shifted = t.add(ROUNDER);
      DoubleVector r = t.sub(shifted.sub(ROUNDER)).mul(LN2);
      @polynomial(p, r, EXPM1, 8)
      @scaled(power)
      ((FloatVector) power.castShape(F, 0)).intoArray(out, at + i, LOWER);
      """),

  LOG2(
      """
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      LongVector bits = ((DoubleVector) x.castShape(D, 0)).reinterpretAsLongs();
      @exponent
      @mantissa
      @whole
      @logarithm(p)
      FloatVector y = (FloatVector) whole.add(p.mul(LOG2_E)).castShape(F, 0);
      y = x.blend(y, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
      y = y.blend(Float.NaN, x.compare(VectorOperators.LT, 0));
      y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
      y.intoArray(out, at + i, LOWER);
      """),

  CBRT(
      """
      FloatVector x = FloatVector.fromArray(F, in, from + i);
      FloatVector size = x.abs();
      LongVector bits = ((DoubleVector) size.castShape(D, 0)).reinterpretAsLongs();
      @exponent
      @mantissa
      @whole
      @logarithm(value)
      DoubleVector third = whole.mul(LN2).add(value).mul(THIRD);
      @exp(third, root)
      FloatVector y = (FloatVector) root.castShape(F, 0);
      IntVector sign = x.reinterpretAsInts().and(SIGN);
      y = y.reinterpretAsInts().and(~SIGN).or(sign).reinterpretAsFloats();
      VectorMask<Float> finite = size.compare(VectorOperators.LT, Float.POSITIVE_INFINITY);
      finite = finite.and(size.compare(VectorOperators.GT, 0));
      x.blend(y, finite).intoArray(out, at + i, LOWER);
      """),

  SOFTPLUS(
      """
      @widen
      DoubleVector size = x.abs();
      DoubleVector below =
          size.blend(SOFTPLUS_FAR, size.compare(VectorOperators.GT, SOFTPLUS_FAR)).neg();
      @exp(below, power)
      DoubleVector s = power.div(power.add(TWO));
      DoubleVector square = s.mul(s);
      @polynomial(value, square, LOG1P, 6)
      value = s.mul(TWO).add(s.mul(square).mul(value));
      ((FloatVector) x.max(0).add(value).castShape(F, 0)).intoArray(out, at + i, LOWER);
      """),

  ERFC(
      """
      @tail(ERFC_SCALE, neg())
      DoubleVector tail = bell.mul(t.mul(value));
      DoubleVector y = tail.blend(TWO.sub(tail), x.compare(VectorOperators.LT, ZERO));
      @store
      """),

  GELU(
      """
      @tail(GELU_SCALE, mul(MINUS_HALF))
      DoubleVector tail = bell.mul(t.mul(value));
      DoubleVector twice = tail.blend(TWO.sub(tail), x.compare(VectorOperators.GT, ZERO));
      DoubleVector y = x.mul(ONE_HALF).mul(twice);
      y = y.blend(NAN, x.compare(VectorOperators.EQ, NEGATIVE_INFINITY));
      @store
      """),

  GELU_DERIVATIVE(
      """
      @tail(GELU_SCALE, mul(MINUS_HALF))
      DoubleVector below = bell.mul(t.mul(value).mul(ONE_HALF));
      below = below.sub(size.mul(bell.mul(NORMAL_DENSITY)));
      DoubleVector y = below.blend(ONE.sub(below), x.compare(VectorOperators.GT, ZERO));
      @store
      """),

  SIN(
      """
      @near(sin)
      DoubleVector shifted = x.mul(PI_INVERSE).add(ROUNDER);
      DoubleVector turns = shifted.sub(ROUNDER);
      LongVector sign = shifted.reinterpretAsLongs().lanewise(VectorOperators.LSHL, SIGN_BIT);
      @sine
      FloatVector rounded = (FloatVector) y.castShape(F, 0);
      rounded.blend(floats, floats.compare(VectorOperators.EQ, 0)).intoArray(out, at + i, LOWER);
      """),

  COS(
      """
      @near(cos)
      DoubleVector shifted = x.mul(PI_INVERSE).sub(ONE_HALF).add(ROUNDER);
      DoubleVector turns = shifted.sub(ROUNDER).add(ONE_HALF);
      LongVector sign =
          shifted.reinterpretAsLongs().add(1).lanewise(VectorOperators.LSHL, SIGN_BIT);
      @sine
      @store
      """);

  private static final Pattern MACRO =
      Pattern.compile("@(\\w+)(?:\\(((?:[^()]|\\([^()]*\\))*)\\))?\\n");

  /** Vectors of a constant that is not in WidePolynomials: its name and value. */
  private static final List<String> OTHERS =
      List.of(
          "MAX_EXPONENT = all(WidePolynomials.EXP_BOUND)",
          "MIN_EXPONENT = all(-WidePolynomials.EXP_BOUND)",
          "MAX_EXPONENT_OF_2 = all(WidePolynomials.EXP2_BOUND)",
          "MIN_EXPONENT_OF_2 = all(-WidePolynomials.EXP2_BOUND)",
          "TANH_CUBIC = all(SpecialFunctions.GELU_CUBIC)",
          "TANH_SCALE = all(SpecialFunctions.GELU_SCALE)",
          "NEGATIVE_INFINITY = all(Double.NEGATIVE_INFINITY)",
          "NAN = all(Double.NaN)",
          "ZERO = all(0)",
          "ONE_HALF = all(0.5)",
          "MINUS_HALF = all(-0.5)",
          "ONE = all(1)",
          "TWO = all(2)");

  /** The words in capitals that name a vector of a constant. */
  private static final Pattern CONSTANT =
      Pattern.compile(
          "(?<![.\\w])(?!(?:SIGN|SIGN_BIT|MANTISSA_BITS|LOWER|STEP|BIAS|ROUNDER_BITS|LANES)\\b)"
              + "[A-Z][A-Z0-9_]+\\b");

  private final String body;

  WideFunctionSource(String body) {
    this.body = body;
  }

  /** The source of the class, not formatted. */
  static String text() {
    StringBuilder methods = new StringBuilder();
    for (WideFunctionSource function : values()) {
      methods.append(
          "static int %s(float[] in, int from, float[] out, int at, int n) {%n"
              .formatted(function.methodName()));
      methods.append("int i = 0;\nfor (; i + LANES <= n; i += STEP) {\n");
      methods.append(expand(function.body)).append("}\nreturn i;\n}\n\n");
    }
    return """
    // Generated by WideFunctionSource, in this module's tests: -Dheddle.sources=write
    package dev.heddle.simd;

    import static dev.heddle.simd.Species.D;
    import static dev.heddle.simd.Species.F;
    import static dev.heddle.simd.Species.LANES;

    import dev.heddle.kernel.Polynomials;
    import dev.heddle.kernel.SpecialFunctions;
    import dev.heddle.kernel.WidePolynomials;
    import jdk.incubator.vector.DoubleVector;
    import jdk.incubator.vector.FloatVector;
    import jdk.incubator.vector.IntVector;
    import jdk.incubator.vector.LongVector;
    import jdk.incubator.vector.VectorMask;
    import jdk.incubator.vector.VectorOperators;

    /**
     * The functions of {@link Polynomials} that compute in float64 and round once, on half as many
     * elements at a time as a float32 vector holds. Each method returns the number of elements done;
     * the caller computes the remaining ones. Sine and cosine compute a vector with an element far
     * from 0 element by element.
     */
    final class WideFunctions {
      /** How many elements are done at a time. */
      static final int STEP = Species.DOUBLE_LANES;

      /**
       * The lanes of a vector of float32 that are done at a time, the lower half. There is no narrower
       * vector of float32 here: methods of the JDK that have seen two classes of vectors are compiled
       * with calls that box them (docs/kernels.md).
       */
      static final VectorMask<Float> LOWER = VectorMask.fromLong(F, (1L << STEP) - 1);

      private static final int SIGN = 0x80000000;
      private static final int SIGN_BIT = 63;
      private static final int MANTISSA_BITS = 52;
      private static final long ROUNDER_BITS = Double.doubleToRawLongBits(WidePolynomials.ROUNDER);
      private static final long BIAS = 1023 - ROUNDER_BITS;
    CONSTANTS
      private WideFunctions() {}

      private static DoubleVector all(double value) {
        return DoubleVector.broadcast(D, value);
      }

    METHODS}
    """
        .replace("CONSTANTS", constants(methods.toString()))
        .replace("METHODS", methods);
  }

  private static String constants(String methods) {
    StringBuilder constants = new StringBuilder();
    TreeSet<String> names =
        CONSTANT
            .matcher(methods)
            .results()
            .map(word -> word.group())
            .collect(Collectors.toCollection(TreeSet::new));
    for (String other : OTHERS) {
      names.remove(other.substring(0, other.indexOf(' ')));
      constants.append("private static final DoubleVector %s;%n".formatted(other));
    }
    for (String name : names) {
      constants.append(
          "private static final DoubleVector %s = all(WidePolynomials.%s);%n"
              .formatted(name, name.replaceFirst("_(\\d+)$", ".coefficient($1)")));
    }
    return constants.toString();
  }

  /** The name in camel case. */
  private String methodName() {
    return Pattern.compile("_(\\w)")
        .matcher(name().toLowerCase(Locale.ROOT))
        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
  }

  private static String expand(String text) {
    return MACRO
        .matcher(text)
        .replaceAll(macro -> {
          String[] arguments = macro.group(2) == null ? new String[0] : macro.group(2).split(", ");
          return Matcher.quoteReplacement(expand(macro(macro.group(1), arguments)));
        });
  }

  private static String macro(String name, String... arguments) {
    String text =
        switch (name) {
          case "load" ->
              """
              FloatVector x = FloatVector.fromArray(F, in, from + i);
              DoubleVector w = (DoubleVector) x.castShape(D, 0);
              """;
          case "widen" ->
              """
              DoubleVector x = (DoubleVector) FloatVector.fromArray(F, in, from + i).castShape(D, 0);
              """;
          case "store" -> "((FloatVector) y.castShape(F, 0)).intoArray(out, at + i, LOWER);\n";
          case "storeWithSign" ->
              """
              IntVector sign = x.reinterpretAsInts().and(SIGN);
              IntVector size = y.reinterpretAsInts().and(~SIGN);
              size.or(sign).reinterpretAsFloats().intoArray(out, at + i, LOWER);
              """;
          case "storeGated" ->
              """
              DoubleVector y = w.mul(ONE.div(e.add(TWO)));
              y = y.blend(NAN, w.compare(VectorOperators.EQ, NEGATIVE_INFINITY));
              @store
              """;
          case "expm1" -> // e = exp(t) - 1, with a reduction in two parts
              """
              t = t.blend(MAX_EXPONENT, t.compare(VectorOperators.GT, MAX_EXPONENT));
              t = t.blend(MIN_EXPONENT, t.compare(VectorOperators.LT, MIN_EXPONENT));
              DoubleVector shifted = t.mul(LOG2_E).add(ROUNDER);
              DoubleVector whole = shifted.sub(ROUNDER);
              DoubleVector r = t.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW));
              @polynomial(p, r, EXPM1, 8)
              p = r.add(r.mul(r).mul(p));
              @scale
              DoubleVector e = p.mul(scale).add(scale.sub(ONE));
              """;
          case "exp" -> // $2 = exp($1), short
              """
              DoubleVector shifted = $1.mul(LOG2_E).add(ROUNDER);
              DoubleVector r = $1.sub(shifted.sub(ROUNDER).mul(LN2));
              @polynomial(p, r, SHORT, 6)
              @scaled($2)
              """;
          case "scaled" -> // $1 = (1 + r + r^2 p) 2^n
              """
              p = r.add(r.mul(r).mul(p));
              @scale
              DoubleVector $1 = p.mul(scale).add(scale);
              """;
          case "scale" -> // 2^n
              """
              LongVector biased = shifted.reinterpretAsLongs().add(BIAS);
              DoubleVector scale =
                  biased.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsDoubles();
              """;
          case "exponent" ->
              """
              LongVector exponent =
                  bits.sub(WidePolynomials.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA_BITS);
              """;
          case "mantissa" ->
              """
              LongVector mantissa = bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS));
              DoubleVector f = mantissa.reinterpretAsDoubles().sub(ONE);
              """;
          case "whole" ->
              """
              DoubleVector whole = exponent.add(ROUNDER_BITS).reinterpretAsDoubles().sub(ROUNDER);
              """;
          case "logarithm" -> // $1 = log(1 + f)
              """
              DoubleVector s = f.div(f.add(TWO)); // twice its inverse hyperbolic tangent
              DoubleVector square = s.mul(s);
              @polynomial($1, square, ATANH, 5)
              $1 = s.mul(TWO).add(s.mul(square).mul($1));
              """;
          case "tail" -> // bell and value: the factors of the tail of the normal distribution
              """
              @widen
              DoubleVector size = x.abs();
              size = size.blend(TAIL_END, size.compare(VectorOperators.GT, TAIL_END));
              DoubleVector t = ONE.div(ONE.add(size.mul($1)));
              DoubleVector power = size.mul(size).$2;
              @exp(power, bell)
              @polynomial(value, t, ERFC, 11)
              """;
          case "near" -> // x, if all elements are near 0
              """
              FloatVector floats = FloatVector.fromArray(F, in, from + i);
              if (!floats.abs().compare(VectorOperators.LT, WidePolynomials.CIRCULAR_FAR).allTrue()) {
                for (int j = i; j < i + STEP; j++) {
                  out[at + j] = Polynomials.$1(in[from + j]);
                }
                continue;
              }
              DoubleVector x = (DoubleVector) floats.castShape(D, 0);
              """;
          case "sine" ->
              """
              DoubleVector r = x.sub(turns.mul(PI_HIGH)).sub(turns.mul(PI_MIDDLE)).sub(turns.mul(PI_LOW));
              DoubleVector square = r.mul(r);
              @polynomial(p, square, SIN, 5)
              LongVector size = r.add(r.mul(square).mul(p)).reinterpretAsLongs();
              DoubleVector y = size.lanewise(VectorOperators.XOR, sign).reinterpretAsDoubles();
              """;
          case "polynomial" ->
              polynomial(arguments[0], arguments[1], arguments[2], Integer.parseInt(arguments[3]));
          default -> throw new IllegalArgumentException("macro " + name);
        };
    for (int i = 0; i < arguments.length; i++) {
      text = text.replace("$" + (i + 1), arguments[i]);
    }
    return text;
  }

  /** Horner's rule, from the coefficient of the highest power. */
  private static String polynomial(String sum, String x, String coefficients, int degree) {
    StringBuilder text = new StringBuilder();
    text.append(
        "DoubleVector %s = %s.mul(%s_%d).add(%s_%d);%n"
            .formatted(sum, x, coefficients, degree, coefficients, degree - 1));
    for (int power = degree - 2; power >= 0; power--) {
      text.append("%s = %s.mul(%s).add(%s_%d);%n".formatted(sum, sum, x, coefficients, power));
    }
    return text.toString();
  }
}
