package dev.heddle.linen.initializers;

import dev.heddle.array.Array;
import dev.heddle.linen.initializers.Initializer.Spec;
import dev.heddle.linen.initializers.VarianceScaling.Axes;
import dev.heddle.linen.initializers.VarianceScaling.Distribution;
import dev.heddle.linen.initializers.VarianceScaling.Mode;
import dev.heddle.random.Random;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The initializers of {@code flax.linen.initializers}, by their names in Java's spelling or, with
 * {@link #byName}, in Flax's.
 *
 * <pre>{@code
 * Initializer kernel = Initializers.xavierUniform();
 * Initializer bias = Initializers.byName("normal", Map.of("stddev", 1e-6));
 * Array w = kernel.init(Key.of(0), Shape.of(512, 64), DType.FLOAT32);
 * }</pre>
 *
 * <p>Values are equal to Flax's bit by bit in float32, bfloat16 and float16, but for {@code
 * orthogonal} and {@code delta_orthogonal}, which are equal to rounding; see {@link Random}.
 */
public final class Initializers {
  /** The default scale of {@code uniform} and standard deviation of {@code normal}. */
  static final double SMALL = 1e-2;

  /** Where a truncated normal distribution is cut by default, in standard deviations. */
  static final double CUT = 2;

  private static final Initializer ZEROS = full("zeros", 0, Map.of());
  private static final Initializer ONES = full("ones", 1, Map.of());
  private static final Initializer LECUN_NORMAL = scaled("lecun_normal", Axes.DEFAULT);

  private Initializers() {}

  /**
   * The initializer of Flax's name with its defaults.
   *
   * @throws IllegalArgumentException if there is none of that name, or it cannot do without
   *     parameters
   */
  public static Initializer byName(String name) {
    return byName(name, Map.of());
  }

  /**
   * The initializer of Flax's name.
   *
   * @param name as {@code variance_scaling}
   * @param parameters arguments by Flax's names, as {@code scale}; numbers, strings, and for axes
   *     an integer or a list of them. {@code dtype} is checked and has no effect, since layers
   *     always say what type they want
   * @throws IllegalArgumentException if there is none of that name, a parameter is unknown or
   *     missing, or a value is not right for it
   */
  public static Initializer byName(String name, Map<String, ?> parameters) {
    return InitializerNames.make(name, parameters);
  }

  /** The names that {@link #byName} knows, in Flax's spelling, in alphabetical order. */
  public static Set<String> names() {
    return InitializerNames.names();
  }

  /** Zeros. */
  public static Initializer zeros() {
    return ZEROS;
  }

  /** Zeros; Flax's function that makes {@link #zeros}. */
  public static Initializer zerosInit() {
    return full("zeros_init", 0, Map.of());
  }

  /** Ones. */
  public static Initializer ones() {
    return ONES;
  }

  /** Ones; Flax's function that makes {@link #ones}. */
  public static Initializer onesInit() {
    return full("ones_init", 1, Map.of());
  }

  /** The same number everywhere. */
  public static Initializer constant(double value) {
    return full("constant", value, Map.of("value", value));
  }

  private static Initializer full(String name, double value, Map<String, Object> parameters) {
    return new NamedInitializer(
        new Spec(name, parameters),
        (key, shape, dtype) ->
            Array.full(RoundedScalars.constant(value, dtype), dtype, shape.dims()));
  }

  /** Even from 0 to 0.01. */
  public static Initializer uniform() {
    return uniform(SMALL);
  }

  /** Even from 0 to a scale. */
  public static Initializer uniform(double scale) {
    requireNumber("uniform", "scale", scale);
    return new NamedInitializer(
        spec("uniform").with("scale", scale, SMALL).done(),
        (key, shape, dtype) ->
            RoundedScalars.times(
                Random.uniform(key, dtype, shape.dims()), RoundedScalars.constant(scale, dtype)));
  }

  /** Normal, with a standard deviation of 0.01. */
  public static Initializer normal() {
    return normal(SMALL);
  }

  /** Normal, with a standard deviation. */
  public static Initializer normal(double stddev) {
    requireNumber("normal", "stddev", stddev);
    return new NamedInitializer(
        spec("normal").with("stddev", stddev, SMALL).done(),
        (key, shape, dtype) ->
            RoundedScalars.times(
                Random.normal(key, dtype, shape.dims()), RoundedScalars.constant(stddev, dtype)));
  }

  /** Normal, cut at -2 and 2, times 0.01. */
  public static Initializer truncatedNormal() {
    return truncatedNormal(SMALL);
  }

  /** Normal, cut at -2 and 2, times a number, which is not the standard deviation that results. */
  public static Initializer truncatedNormal(double stddev) {
    return truncatedNormal(stddev, -CUT, CUT);
  }

  /**
   * Normal, cut at two bounds, times a number, which is not the standard deviation that results.
   *
   * @param lower the lower bound before the multiplication
   * @param upper the upper bound before the multiplication
   */
  public static Initializer truncatedNormal(double stddev, double lower, double upper) {
    requireNumber("truncated_normal", "stddev", stddev);
    if (!(lower < upper)) {
      throw new IllegalArgumentException(
          "truncated_normal: arguments \"lower\" and \"upper\": expected lower < upper, got "
              + lower
              + " and "
              + upper);
    }
    return new NamedInitializer(
        spec("truncated_normal")
            .with("stddev", stddev, SMALL)
            .with("lower", lower, -CUT)
            .with("upper", upper, CUT)
            .done(),
        (key, shape, dtype) ->
            RoundedScalars.times(
                Random.truncatedNormal(key, lower, upper, dtype, shape.dims()),
                RoundedScalars.constant(stddev, dtype)));
  }

  /** A variance of {@code scale / n}; see {@link VarianceScaling}. */
  public static Initializer varianceScaling(double scale, Mode mode, Distribution distribution) {
    return varianceScaling(scale, mode, distribution, Axes.DEFAULT);
  }

  /** A variance of {@code scale / n}, with other roles of axes; see {@link VarianceScaling}. */
  public static Initializer varianceScaling(
      double scale, Mode mode, Distribution distribution, Axes axes) {
    Spec spec =
        spec("variance_scaling")
            .with("scale", scale)
            .with("mode", mode.toString())
            .with("distribution", distribution.toString())
            .with(axes)
            .done();
    return new NamedInitializer(spec, new VarianceScaling(scale, mode, distribution, axes));
  }

  /** Xavier Glorot's, even: a variance of 1 / the mean of inputs and outputs. */
  public static Initializer glorotUniform() {
    return scaled("glorot_uniform", Axes.DEFAULT);
  }

  /** {@link #glorotUniform()} by Glorot's first name. */
  public static Initializer xavierUniform() {
    return scaled("xavier_uniform", Axes.DEFAULT);
  }

  /** Xavier Glorot's, truncated normal: a variance of 1 / the mean of inputs and outputs. */
  public static Initializer glorotNormal() {
    return scaled("glorot_normal", Axes.DEFAULT);
  }

  /** {@link #glorotNormal()} by Glorot's first name. */
  public static Initializer xavierNormal() {
    return scaled("xavier_normal", Axes.DEFAULT);
  }

  /** Yann LeCun's, even: a variance of 1 / inputs. */
  public static Initializer lecunUniform() {
    return scaled("lecun_uniform", Axes.DEFAULT);
  }

  /** Yann LeCun's, truncated normal: a variance of 1 / inputs. The default of kernels. */
  public static Initializer lecunNormal() {
    return LECUN_NORMAL;
  }

  /** Kaiming He's, even: a variance of 2 / inputs. */
  public static Initializer heUniform() {
    return scaled("he_uniform", Axes.DEFAULT);
  }

  /** {@link #heUniform()} by He's first name. */
  public static Initializer kaimingUniform() {
    return scaled("kaiming_uniform", Axes.DEFAULT);
  }

  /** Kaiming He's, truncated normal: a variance of 2 / inputs. */
  public static Initializer heNormal() {
    return scaled("he_normal", Axes.DEFAULT);
  }

  /** {@link #heNormal()} by He's first name. */
  public static Initializer kaimingNormal() {
    return scaled("kaiming_normal", Axes.DEFAULT);
  }

  /** One of the ten above, by name, as {@code lecun_normal}. */
  static Initializer scaled(String name, Axes axes) {
    double scale = name.startsWith("he_") || name.startsWith("kaiming_") ? 2 : 1;
    Mode mode =
        name.startsWith("glorot_") || name.startsWith("xavier_") ? Mode.FAN_AVG : Mode.FAN_IN;
    Distribution distribution =
        name.endsWith("_normal") ? Distribution.TRUNCATED_NORMAL : Distribution.UNIFORM;
    return new NamedInitializer(
        spec(name).with(axes).done(), new VarianceScaling(scale, mode, distribution, axes));
  }

  /** An orthogonal matrix; the last axis is its columns. */
  public static Initializer orthogonal() {
    return orthogonal(1, -1);
  }

  /**
   * An orthogonal matrix times a number.
   *
   * @param columnAxis the axis that is its columns; all others are its rows
   */
  public static Initializer orthogonal(double scale, int columnAxis) {
    requireNumber("orthogonal", "scale", scale);
    return new NamedInitializer(
        orthogonalSpec("orthogonal", scale, columnAxis),
        (key, shape, dtype) -> OrthogonalMatrices.orthogonal(scale, columnAxis, key, shape, dtype));
  }

  /** A convolution that is an orthogonal matrix in its middle and zero elsewhere. */
  public static Initializer deltaOrthogonal() {
    return deltaOrthogonal(1, -1);
  }

  /**
   * A convolution that is an orthogonal matrix times a number in its middle and zero elsewhere.
   *
   * @param columnAxis the axis of the matrix that is its columns, of its two
   */
  public static Initializer deltaOrthogonal(double scale, int columnAxis) {
    requireNumber("delta_orthogonal", "scale", scale);
    return new NamedInitializer(
        orthogonalSpec("delta_orthogonal", scale, columnAxis),
        (key, shape, dtype) -> OrthogonalMatrices.delta(scale, columnAxis, key, shape, dtype));
  }

  private static Spec orthogonalSpec(String name, double scale, int columnAxis) {
    return spec(name).with("scale", scale, 1.0).with("column_axis", columnAxis, -1).done();
  }

  private static void requireNumber(String initializer, String argument, double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          initializer + ": argument \"" + argument + "\": expected a finite number, got " + value);
    }
  }

  private static SpecBuilder spec(String name) {
    return new SpecBuilder(name, new LinkedHashMap<>());
  }

  /** A spec in the making. */
  private record SpecBuilder(String name, Map<String, Object> parameters) {
    SpecBuilder with(String parameter, Object value) {
      parameters.put(parameter, value);
      return this;
    }

    SpecBuilder with(String parameter, Object value, Object usual) {
      return value.equals(usual) ? this : with(parameter, value);
    }

    SpecBuilder with(Axes axes) {
      return with("in_axis", axes.in(), Axes.DEFAULT.in())
          .with("out_axis", axes.out(), Axes.DEFAULT.out())
          .with("batch_axis", axes.batch(), List.of());
    }

    Spec done() {
      return new Spec(name, parameters);
    }
  }
}
