package dev.heddle.linen.initializers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Random numbers of variance {@code scale / n}, where n is the number of inputs, of outputs or a
 * mean of both: the rule behind {@code lecun_normal} and similar ones, {@code
 * jax.nn.initializers.variance_scaling}.
 *
 * @param scale a factor of 0 or more
 * @param mode what n is
 * @param distribution how numbers are drawn
 * @param axes which axes are inputs, outputs and batches
 */
public record VarianceScaling(double scale, Mode mode, Distribution distribution, Axes axes)
    implements Initializer {
  private static final double TRUNCATED_STDDEV =
      .87962566103423978; // of a normal truncated to [-2, 2]

  /**
   * Checks the scale.
   *
   * @throws IllegalArgumentException if it is negative or not finite, which is NaN in Flax
   */
  public VarianceScaling {
    if (!(scale >= 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "variance_scaling: argument \"scale\": expected a finite number of 0 or more, got "
              + scale);
    }
  }

  /** What the variance is divided by. */
  public enum Mode {
    /** The number of inputs. */
    FAN_IN,
    /** The number of outputs. */
    FAN_OUT,
    /** The arithmetic mean of both. */
    FAN_AVG,
    /** The geometric mean of both. */
    FAN_GEO_AVG;

    /** Flax's name. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the numbers are drawn. */
  public enum Distribution {
    /** A normal distribution truncated at two standard deviations, rescaled to the variance. */
    TRUNCATED_NORMAL,
    /** A normal distribution. */
    NORMAL,
    /** Uniform between two bounds. */
    UNIFORM;

    /** Flax's name. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The roles of a parameter's axes; those without one are a receptive field, as of a convolution.
   * Axes may be counted from the end with negative numbers.
   *
   * @param in the inputs' axes
   * @param out the outputs' axes
   * @param batch the axes of independent parameters
   */
  public record Axes(List<Integer> in, List<Integer> out, List<Integer> batch) {
    /** Inputs on the last axis but one, outputs on the last. */
    public static final Axes DEFAULT = new Axes(List.of(-2), List.of(-1), List.of());

    /** Axes with their own copies of the lists. */
    public Axes {
      in = List.copyOf(in);
      out = List.copyOf(out);
      batch = List.copyOf(batch);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the shape lacks one of the axes, an axis is empty, or the
   *     type is not floating-point
   */
  @Override
  public Array init(Key key, Shape shape, DType dtype) {
    double variance = RoundedScalars.constant(scale / fan(shape), dtype);
    return switch (distribution) {
      case TRUNCATED_NORMAL -> {
        double root = RoundedScalars.to(Math.sqrt(variance), dtype);
        double stddev =
            RoundedScalars.to(root / RoundedScalars.constant(TRUNCATED_STDDEV, dtype), dtype);
        yield RoundedScalars.times(Random.truncatedNormal(key, -2, 2, dtype, shape.dims()), stddev);
      }
      case NORMAL -> {
        double stddev = RoundedScalars.to(Math.sqrt(variance), dtype);
        yield RoundedScalars.times(Random.normal(key, dtype, shape.dims()), stddev);
      }
      case UNIFORM -> {
        double bound = RoundedScalars.to(Math.sqrt(RoundedScalars.to(3 * variance, dtype)), dtype);
        yield RoundedScalars.times(Random.uniform(key, -1, 1, dtype, shape.dims()), bound);
      }
    };
  }

  private double fan(Shape shape) {
    if (shape.size() == 0) {
      throw new IllegalArgumentException(
          ("initializer: argument \"shape\": expected no empty axis, since the variance is"
                  + " divided by the number of inputs or outputs, got %s")
              .formatted(shape));
    }
    double in = size("in_axis", axes.in, shape);
    double out = size("out_axis", axes.out, shape);
    double batch = size("batch_axis", axes.batch, shape);
    double receptiveField = product(shape) / in / out / batch;
    double fanIn = in * receptiveField;
    double fanOut = out * receptiveField;
    return switch (mode) {
      case FAN_IN -> fanIn;
      case FAN_OUT -> fanOut;
      case FAN_AVG -> (fanIn + fanOut) / 2;
      case FAN_GEO_AVG -> Math.sqrt(fanIn * fanOut);
    };
  }

  private static double size(String role, List<Integer> places, Shape shape) {
    double size = 1;
    for (int axis : places) {
      if (axis < -shape.rank() || axis >= shape.rank()) {
        throw new IllegalArgumentException(
            "initializer: argument \"shape\": expected one that has %s %s%s, got %s"
                .formatted(
                    role,
                    axis,
                    shape.rank() < 2 ? " (at least two axes, or other roles of axes)" : "",
                    shape));
      }
      size *= shape.dim(axis);
    }
    return size;
  }

  private static double product(Shape shape) {
    return Arrays.stream(shape.dims()).asDoubleStream().reduce(1, (a, b) -> a * b);
  }
}
