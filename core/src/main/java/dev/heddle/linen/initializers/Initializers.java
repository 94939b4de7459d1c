package dev.heddle.linen.initializers;

import dev.heddle.linen.initializers.VarianceScaling.Axes;
import dev.heddle.linen.initializers.VarianceScaling.Distribution;
import dev.heddle.linen.initializers.VarianceScaling.Mode;
import dev.heddle.random.Random;
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
  private static final Initializer ZEROS = byName("zeros");
  private static final Initializer ONES = byName("ones");
  private static final Initializer LECUN_NORMAL = byName("lecun_normal");

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
    return byName("zeros_init");
  }

  /** Ones. */
  public static Initializer ones() {
    return ONES;
  }

  /** Ones; Flax's function that makes {@link #ones}. */
  public static Initializer onesInit() {
    return byName("ones_init");
  }

  /** The same value everywhere. */
  public static Initializer constant(double value) {
    return byName("constant", Map.of("value", value));
  }

  /** Uniform in [0, 0.01). */
  public static Initializer uniform() {
    return byName("uniform");
  }

  /** Uniform in [0, scale). */
  public static Initializer uniform(double scale) {
    return byName("uniform", Map.of("scale", scale));
  }

  /** Normal, with a standard deviation of 0.01. */
  public static Initializer normal() {
    return byName("normal");
  }

  /** Normal, with a standard deviation. */
  public static Initializer normal(double stddev) {
    return byName("normal", Map.of("stddev", stddev));
  }

  /** Normal, truncated to [-2, 2], times 0.01. */
  public static Initializer truncatedNormal() {
    return byName("truncated_normal");
  }

  /** Normal, truncated to [-2, 2], times a factor, which is not the resulting deviation. */
  public static Initializer truncatedNormal(double stddev) {
    return byName("truncated_normal", Map.of("stddev", stddev));
  }

  /**
   * Normal, truncated, times a factor, which is not the resulting standard deviation.
   *
   * @param lower the lower bound before the multiplication
   * @param upper the upper bound before the multiplication
   */
  public static Initializer truncatedNormal(double stddev, double lower, double upper) {
    return byName("truncated_normal", Map.of("stddev", stddev, "lower", lower, "upper", upper));
  }

  /** A variance of {@code scale / n}; see {@link VarianceScaling}. */
  public static Initializer varianceScaling(double scale, Mode mode, Distribution distribution) {
    return varianceScaling(scale, mode, distribution, Axes.DEFAULT);
  }

  /** A variance of {@code scale / n}, with other roles of axes; see {@link VarianceScaling}. */
  public static Initializer varianceScaling(
      double scale, Mode mode, Distribution distribution, Axes axes) {
    return byName(
        "variance_scaling",
        Map.of(
            "scale", scale,
            "mode", mode.toString(),
            "distribution", distribution.toString(),
            "in_axis", axes.in(),
            "out_axis", axes.out(),
            "batch_axis", axes.batch()));
  }

  /** Glorot uniform: a variance of 1 / the mean of inputs and outputs. */
  public static Initializer glorotUniform() {
    return byName("glorot_uniform");
  }

  /** {@link #glorotUniform()} by its other name. */
  public static Initializer xavierUniform() {
    return byName("xavier_uniform");
  }

  /** Glorot normal, truncated: a variance of 1 / the mean of inputs and outputs. */
  public static Initializer glorotNormal() {
    return byName("glorot_normal");
  }

  /** {@link #glorotNormal()} by its other name. */
  public static Initializer xavierNormal() {
    return byName("xavier_normal");
  }

  /** LeCun uniform: a variance of 1 / inputs. */
  public static Initializer lecunUniform() {
    return byName("lecun_uniform");
  }

  /** LeCun normal, truncated: a variance of 1 / inputs. The default of kernels. */
  public static Initializer lecunNormal() {
    return LECUN_NORMAL;
  }

  /** He uniform: a variance of 2 / inputs. */
  public static Initializer heUniform() {
    return byName("he_uniform");
  }

  /** {@link #heUniform()} by its other name. */
  public static Initializer kaimingUniform() {
    return byName("kaiming_uniform");
  }

  /** He normal, truncated: a variance of 2 / inputs. */
  public static Initializer heNormal() {
    return byName("he_normal");
  }

  /** {@link #heNormal()} by its other name. */
  public static Initializer kaimingNormal() {
    return byName("kaiming_normal");
  }

  /** An orthogonal matrix; the last axis is its columns. */
  public static Initializer orthogonal() {
    return byName("orthogonal");
  }

  /**
   * An orthogonal matrix times a number.
   *
   * @param columnAxis the axis of its columns; all others are its rows
   */
  public static Initializer orthogonal(double scale, int columnAxis) {
    return byName("orthogonal", Map.of("scale", scale, "column_axis", columnAxis));
  }

  /** A convolution kernel: an orthogonal matrix in its middle, zero elsewhere. */
  public static Initializer deltaOrthogonal() {
    return byName("delta_orthogonal");
  }

  /**
   * A convolution kernel: an orthogonal matrix times a number in its middle, zero elsewhere.
   *
   * @param columnAxis the axis of the matrix's columns, of its two
   */
  public static Initializer deltaOrthogonal(double scale, int columnAxis) {
    return byName("delta_orthogonal", Map.of("scale", scale, "column_axis", columnAxis));
  }
}
